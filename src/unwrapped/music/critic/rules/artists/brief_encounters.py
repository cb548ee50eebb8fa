"""Rules about encounters that stayed short."""

from datetime import date

from unwrapped.music.critic.base_rates import acquaintance as base_rates
from unwrapped.music.critic.evidence import fact
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.profile.taste import TasteProfile

FEWEST_DAYS = 60
FEWEST_DAYS_AFTER = 30
"""An artist who came yesterday has not stayed away yet."""


def _is_over(profile: TasteProfile, day: date) -> bool:
    volume = profile.volume
    after = (volume.last_day - day).days
    return volume.days >= FEWEST_DAYS and after >= FEWEST_DAYS_AFTER


def _one_day_artist(profile: TasteProfile) -> Finding | None:
    met = profile.encounters.one_day_artist
    if met is None or not _is_over(profile, met.day):
        return None
    return Finding(
        met.plays,
        {
            "artist": fact(
                "most played artist of one day alone, without a play on another",
                met.artist,
                "artist",
            ),
            "plays": fact("plays of theirs", met.plays, "plays"),
            "tracks": fact("different tracks among them", met.tracks, "tracks"),
            "day": fact("the day", met.day, "day"),
        },
    )


def _one_day_track(profile: TasteProfile) -> Finding | None:
    met = profile.encounters.one_day_track
    if met is None or not _is_over(profile, met.day):
        return None
    return Finding(
        met.plays,
        {
            "artist": fact("its artist", met.artist, "artist"),
            "title": fact(
                "most played track of one day alone, without a play on another",
                met.title,
                "title",
            ),
            "plays": fact("its plays", met.plays, "plays"),
            "day": fact("the day", met.day, "day"),
        },
    )


def _fling(profile: TasteProfile) -> Finding | None:
    met = profile.encounters.fling
    if met is None:
        return None
    return Finding(
        met.plays,
        {
            "artist": fact(
                "most played artist of one month alone, without a play beyond",
                met.artist,
                "artist",
            ),
            "plays": fact("plays of theirs", met.plays, "plays"),
            "first": fact("first play", met.first_day, "day"),
            "last": fact("last play", met.last_day, "day"),
            "days": fact(
                "days from the first to the last",
                (met.last_day - met.first_day).days + 1,
                "days",
            ),
        },
    )


ENCOUNTERS: tuple[Rule, ...] = (
    Rule(
        name="one_day_artist",
        family="encounters",
        claim="An artist had many plays, and all on one day.",
        side="high",
        base_rate=base_rates.ONE_DAY_ARTIST,
        find=_one_day_artist,
    ),
    Rule(
        name="one_day_track",
        family="encounters",
        claim="A track had many plays, and all on one day.",
        side="high",
        base_rate=base_rates.ONE_DAY_TRACK,
        find=_one_day_track,
    ),
    Rule(
        name="fling",
        family="encounters",
        claim="An artist had many plays within a month, and none besides.",
        side="high",
        base_rate=base_rates.FLING,
        find=_fling,
    ),
)
