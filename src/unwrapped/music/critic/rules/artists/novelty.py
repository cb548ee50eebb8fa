"""Rules about new and old acquaintances."""

from unwrapped.music.critic.base_rates import acquaintance as base_rates
from unwrapped.music.critic.evidence import Evidence, fact
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.critic.rules.artists.bonds import best_of
from unwrapped.music.profile.artists.novelty import PAST
from unwrapped.music.profile.taste_profile import TasteProfile

FEWEST_JUDGED = 100
YEARS_OF_PAST = PAST.days // 365


def enough_judged(profile: TasteProfile, judged: int) -> bool:
    """Whether the judged plays are enough to stand for all plays.

    At the beginning of a log and after a gap, artists look new however long they have
    been known.
    """
    return not profile.gaps and judged >= max(FEWEST_JUDGED, profile.volume.plays / 2)


def past() -> Evidence:
    """The length of the history before each judged play."""
    return fact("history before a play that could be judged", YEARS_OF_PAST, "years")


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
        "window": fact("time for which an artist is new", 90, "days"),
        "artists": fact("new artists", novelty.new_artists, "artists"),
        "plays": fact("plays that could be judged", novelty.judged_plays, "plays"),
        "past": past(),
    }
    if novelty.discovery:
        facts["artist"] = fact(
            "new artist with the most plays", novelty.discovery, "artist"
        )
        facts["best"] = fact("plays of that artist", novelty.discovery_plays, "plays")
    if novelty.discovery_day:
        facts["day"] = fact("first play of that artist", novelty.discovery_day, "day")
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
            "day": fact("first play of that artist", novelty.discovery_day, "day"),
            "plays": fact("plays since that day", novelty.discovery_plays, "plays"),
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
                "share of plays of artists known for a shorter time",
                1 - loyalty.share,
                "share",
            ),
            "window": fact("time after which an artist is old", 365, "days"),
            "plays": fact("plays that could be judged", loyalty.judged_plays, "plays"),
            "past": past(),
            **_eldest_and_youngest(profile),
        },
    )


def _eldest_and_youngest(profile: TasteProfile) -> dict[str, Evidence]:
    """The ones with the earliest and the latest first play of the ten most played
    artists."""
    artists = profile.charts.artists
    if len(artists) < 2:
        return {}
    elder, *_, newest = sorted(artists, key=lambda artist: artist.first_day)
    return {
        "elder": fact(
            "artist of the ten with the earliest first play", elder.artist, "artist"
        ),
        "elder_day": fact("first play of that artist", elder.first_day, "day"),
        "newest": fact(
            "artist of the ten with the latest first play", newest.artist, "artist"
        ),
        "newest_day": fact("first play of that artist", newest.first_day, "day"),
    }


NOVELTY: tuple[Rule, ...] = (
    Rule(
        name="explorer",
        family="time",
        claim="Many plays go to artists who are new to the log.",
        side="high",
        base_rate=base_rates.NEW_SHARE,
        find=_novelty,
    ),
    Rule(
        name="closed_book",
        family="time",
        claim="Few plays go to artists who are new to the log.",
        side="low",
        base_rate=base_rates.NEW_SHARE,
        find=_novelty,
    ),
    Rule(
        name="discovery",
        family="bonds",
        claim="A new artist has many plays.",
        side="high",
        base_rate=base_rates.DISCOVERY,
        find=_discovery,
    ),
    Rule(
        name="old_friends",
        family="time",
        claim="Most plays go to artists logged for over a year.",
        side="high",
        base_rate=base_rates.OLD_SHARE,
        find=_loyalty,
    ),
    Rule(
        name="fresh_faces",
        family="time",
        claim="Few plays go to artists logged for over a year.",
        side="low",
        base_rate=base_rates.OLD_SHARE,
        find=_loyalty,
    ),
)
