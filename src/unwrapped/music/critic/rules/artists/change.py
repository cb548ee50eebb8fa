"""Rules about new and old acquaintances, and what the years change."""

from collections import Counter

from unwrapped.music.critic.evidence import Evidence, fact
from unwrapped.music.critic.grounds import acquaintance as grounds
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.critic.rules.artists.bonds import best_of
from unwrapped.music.critic.rules.times.calendar import (
    WHOLE_YEAR_DAYS,
    days_covered,
    tops_of,
    whole_years,
)
from unwrapped.music.profile.artists.novelty import PAST
from unwrapped.music.profile.most_played.turnover import Turnover
from unwrapped.music.profile.taste import TasteProfile
from unwrapped.music.profile.volume import Year

FEWEST_JUDGED = 100
FEWEST_YEARS = 3
YEARS_OF_PAST = PAST.days // 365


def enough_judged(profile: TasteProfile, judged: int) -> bool:
    """Whether the plays that could be judged may stand for the others: the log begins
    with strangers, however long they had been known, and so it does after a gap."""
    return not profile.gaps and judged >= max(FEWEST_JUDGED, profile.volume.plays / 2)


def past() -> Evidence:
    """How much log lies before each play that could be judged."""
    return fact("log before a play that could be judged", YEARS_OF_PAST, "years")


def _novelty(profile: TasteProfile) -> Finding | None:
    novelty = profile.novelty
    if novelty is None or not enough_judged(profile, novelty.judged_plays):
        return None
    facts = {
        "share": fact(
            "share of plays whose artist was first logged in the 90 days before",
            novelty.share,
            "share",
        ),
        "window": fact("an artist is new for", 90, "days"),
        "artists": fact("new artists", novelty.new_artists, "artists"),
        "plays": fact("plays that could be judged", novelty.judged_plays, "plays"),
        "past": past(),
    }
    if novelty.discovery:
        facts["artist"] = fact(
            "new artist with the most plays", novelty.discovery, "artist"
        )
        facts["best"] = fact("plays of theirs", novelty.discovery_plays, "plays")
    if novelty.discovery_day:
        facts["day"] = fact("day of their first play", novelty.discovery_day, "day")
    return Finding(novelty.share, facts)


def _discovery(profile: TasteProfile) -> Finding | None:
    novelty = profile.novelty
    if novelty is None or novelty.discovery_day is None or profile.gaps:
        return None
    return Finding(
        novelty.discovery_plays / profile.volume.plays,
        {
            "artist": fact(
                "new artist with the most plays", novelty.discovery, "artist"
            ),
            "day": fact("day of the first play", novelty.discovery_day, "day"),
            "plays": fact("plays since", novelty.discovery_plays, "plays"),
            "artists": fact("new artists", novelty.new_artists, "artists"),
            **best_of(profile, novelty.discovery),
        },
    )


def _loyalty(profile: TasteProfile) -> Finding | None:
    loyalty = profile.loyalty
    if loyalty is None or not enough_judged(profile, loyalty.judged_plays):
        return None
    return Finding(
        loyalty.share,
        {
            "share": fact(
                "share of plays whose artist was first logged over 365 days before",
                loyalty.share,
                "share",
            ),
            "rest": fact(
                "share of plays of younger acquaintances", 1 - loyalty.share, "share"
            ),
            "window": fact("an acquaintance is old after", 365, "days"),
            "plays": fact("plays that could be judged", loyalty.judged_plays, "plays"),
            "past": past(),
            **_eldest_and_youngest(profile),
        },
    )


def _eldest_and_youngest(profile: TasteProfile) -> dict[str, Evidence]:
    """Of the ten most played artists, by their first play."""
    artists = profile.charts.artists
    if len(artists) < 2:
        return {}
    elder, *_, newest = sorted(artists, key=lambda artist: artist.first_day)
    return {
        "elder": fact(
            "artist of the ten with the earliest first play", elder.artist, "artist"
        ),
        "elder_day": fact("day of their first play", elder.first_day, "day"),
        "newest": fact(
            "artist of the ten with the latest first play", newest.artist, "artist"
        ),
        "newest_day": fact("day of their first play", newest.first_day, "day"),
    }


def _of_whole_years(profile: TasteProfile) -> Turnover | None:
    """The comparison of the last two whole years in a row."""
    whole = whole_years(profile)
    if whole is None:
        return None
    years = tuple(year.year for year in whole)
    entries = profile.turnover or []
    return next((t for t in entries if (t.previous, t.year) == years), None)


def _turnover(profile: TasteProfile) -> Finding | None:
    last, whole = _of_whole_years(profile), whole_years(profile)
    if last is None or whole is None:
        return None
    before, now = whole
    return Finding(
        last.distance,
        {
            "year": fact("the later year", last.year, "year"),
            "before": fact("the year before", last.previous, "year"),
            "kept": fact("artists among the top in both years", last.kept, "number"),
            "compared": fact(
                "artists at the top of the later year", last.compared, "number"
            ),
            "distance": fact(
                "Jaccard distance of the two top lists", last.distance, "share"
            ),
            **tops_of(before, now),
        },
    )


def _year_that_changed(profile: TasteProfile) -> Finding | None:
    # The last year may be a part of one, as may the first.
    entries = [
        entry
        for entry in (profile.turnover or [])[:-1]
        if days_covered(entry.previous, profile) >= WHOLE_YEAR_DAYS
    ]
    if len(entries) < FEWEST_YEARS:
        return None
    most = max(entries, key=lambda entry: entry.distance)
    years = {year.year: year for year in profile.years}
    if most.previous not in years or most.year not in years:
        return None
    return Finding(
        most.distance,
        {
            "year": fact("year with the greatest change", most.year, "year"),
            "before": fact("the year before", most.previous, "year"),
            "kept": fact("artists among the top in both years", most.kept, "number"),
            "compared": fact("artists at the top of the year", most.compared, "number"),
            **tops_of(years[most.previous], years[most.year]),
        },
    )


def _judged_years(profile: TasteProfile) -> list[Year]:
    return [year for year in profile.years if year.plays >= FEWEST_JUDGED]


def _dynasty(profile: TasteProfile) -> Finding | None:
    years = _judged_years(profile)
    tops = [year.top_artist for year in years]
    if len(tops) < FEWEST_YEARS:
        return None
    artist, reign = Counter(sorted(tops)).most_common(1)[0]
    if 2 * reign <= len(tops):
        return None
    facts = {
        "artist": fact("artist most often on top of a year", artist, "artist"),
        "reign": fact("years on top", reign, "number"),
        "years": fact("years compared", len(tops), "years"),
    }
    if lost := [year for year in years if year.top_artist != artist]:
        facts |= {
            "lost": fact("latest year that another led", lost[-1].year, "year"),
            "other": fact("most played artist of it", lost[-1].top_artist, "artist"),
            "other_plays": fact(
                "plays of theirs in it", lost[-1].top_artist_plays, "plays"
            ),
        }
    return Finding(reign, facts)


def _leaders(profile: TasteProfile) -> Finding | None:
    years = _judged_years(profile)
    tops = [year.top_artist for year in years]
    leaders = list(dict.fromkeys(tops))
    if len(tops) < FEWEST_YEARS or len(leaders) < FEWEST_YEARS:
        return None
    if tops[-1] != leaders[-1]:  # the lead has gone back to one of them
        return None
    return Finding(
        len(leaders) / len(tops),
        {
            "years": fact("years compared", len(tops), "years"),
            "leaders": fact("artists on top of a year", len(leaders), "artists"),
            "first": fact("the earliest of them", leaders[0], "artist"),
            "next": fact("the next of them", leaders[1], "artist"),
            "last": fact("the latest of them", leaders[-1], "artist"),
            "begin": fact("the first year compared", years[0].year, "year"),
            "until": fact("the latest year compared", years[-1].year, "year"),
            "first_plays": fact(
                "plays of the earliest that year", years[0].top_artist_plays, "plays"
            ),
            "last_plays": fact(
                "plays of the latest that year", years[-1].top_artist_plays, "plays"
            ),
        },
    )


CHANGE: tuple[Rule, ...] = (
    Rule(
        name="explorer",
        family="time",
        claim="Many plays go to artists who are new to the log.",
        side="high",
        ground=grounds.NEW_SHARE,
        find=_novelty,
    ),
    Rule(
        name="closed_book",
        family="time",
        claim="Few plays go to artists who are new to the log.",
        side="low",
        ground=grounds.NEW_SHARE,
        find=_novelty,
    ),
    Rule(
        name="discovery",
        family="bonds",
        claim="A new artist was taken up with many plays.",
        side="high",
        ground=grounds.DISCOVERY,
        find=_discovery,
    ),
    Rule(
        name="old_friends",
        family="time",
        claim="Most plays go to artists logged for over a year.",
        side="high",
        ground=grounds.OLD_SHARE,
        find=_loyalty,
    ),
    Rule(
        name="fresh_faces",
        family="time",
        claim="Few plays go to artists logged for over a year.",
        side="low",
        ground=grounds.OLD_SHARE,
        find=_loyalty,
    ),
    Rule(
        name="clean_sweep",
        family="time",
        claim="Nearly the whole of a year's favourite artists was replaced.",
        side="high",
        ground=grounds.TURNOVER,
        find=_turnover,
    ),
    Rule(
        name="same_again",
        family="time",
        claim="The favourite artists of a year are those of the year before.",
        side="low",
        ground=grounds.TURNOVER,
        find=_turnover,
    ),
    Rule(
        name="year_that_changed",
        family="time",
        claim="From one year to the next, nearly the whole top list changed.",
        side="high",
        ground=grounds.YEAR_OF_CHANGE,
        find=_year_that_changed,
    ),
    Rule(
        name="dynasty",
        family="throne",
        claim="The same artist is the most played of most years.",
        side="high",
        ground=grounds.REIGN,
        find=_dynasty,
    ),
    Rule(
        name="crown_changes",
        family="throne",
        claim="Nearly each year has a leader of its own.",
        side="high",
        ground=grounds.LEADERS,
        find=_leaders,
    ),
)
