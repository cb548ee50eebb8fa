"""Rules about changes from year to year: favourites, and the leading artist."""

from collections import Counter

from unwrapped.music.critic.base_rates import acquaintance as base_rates
from unwrapped.music.critic.evidence import fact
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.critic.rules.artists.novelty import FEWEST_JUDGED
from unwrapped.music.critic.rules.times.calendar import (
    WHOLE_YEAR_DAYS,
    days_covered,
    tops_of,
    whole_years,
)
from unwrapped.music.profile.most_played.turnover import Turnover
from unwrapped.music.profile.taste_profile import TasteProfile
from unwrapped.music.profile.volume import Year

FEWEST_YEARS = 3


def _of_whole_years(profile: TasteProfile) -> Turnover | None:
    """The turnover between the last two consecutive whole years; None if there are
    none."""
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
            "year": fact("later of the two years", last.year, "year"),
            "before": fact("year before", last.previous, "year"),
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
    # The last year may be incomplete, as may the first.
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
            "before": fact("year before", most.previous, "year"),
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
            "lost": fact(
                "latest year with another artist on top", lost[-1].year, "year"
            ),
            "other": fact(
                "most played artist of that year", lost[-1].top_artist, "artist"
            ),
            "other_plays": fact(
                "plays of that artist in that year", lost[-1].top_artist_plays, "plays"
            ),
        }
    return Finding(reign, facts)


def _leaders(profile: TasteProfile) -> Finding | None:
    years = _judged_years(profile)
    tops = [year.top_artist for year in years]
    leaders = list(dict.fromkeys(tops))
    if len(tops) < FEWEST_YEARS or len(leaders) < FEWEST_YEARS:
        return None
    if tops[-1] != leaders[-1]:  # the lead went back to an earlier leader
        return None
    return Finding(
        len(leaders) / len(tops),
        {
            "years": fact("years compared", len(tops), "years"),
            "leaders": fact("artists on top of a year", len(leaders), "artists"),
            "first": fact("first of these artists", leaders[0], "artist"),
            "next": fact("next of these artists", leaders[1], "artist"),
            "last": fact("latest of these artists", leaders[-1], "artist"),
            "begin": fact("first year compared", years[0].year, "year"),
            "until": fact("latest year compared", years[-1].year, "year"),
            "first_plays": fact(
                "plays of the first artist in the first year",
                years[0].top_artist_plays,
                "plays",
            ),
            "last_plays": fact(
                "plays of the latest artist in the latest year",
                years[-1].top_artist_plays,
                "plays",
            ),
        },
    )


FAVOURITES_BY_YEAR: tuple[Rule, ...] = (
    Rule(
        name="clean_sweep",
        family="time",
        claim="Nearly all favourite artists of a year were replaced.",
        side="high",
        base_rate=base_rates.TURNOVER,
        find=_turnover,
    ),
    Rule(
        name="same_again",
        family="time",
        claim="The favourite artists of a year are those of the year before.",
        side="low",
        base_rate=base_rates.TURNOVER,
        find=_turnover,
    ),
    Rule(
        name="year_that_changed",
        family="time",
        claim="From one year to the next, nearly the whole top list changed.",
        side="high",
        base_rate=base_rates.YEAR_OF_CHANGE,
        find=_year_that_changed,
    ),
    Rule(
        name="dynasty",
        family="throne",
        claim="The same artist is the most played one in most years.",
        side="high",
        base_rate=base_rates.REIGN,
        find=_dynasty,
    ),
    Rule(
        name="crown_changes",
        family="throne",
        claim="Nearly every year has a different leading artist.",
        side="high",
        base_rate=base_rates.LEADERS,
        find=_leaders,
    ),
)
