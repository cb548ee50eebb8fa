"""Rules about artists and tracks that were played briefly and never again."""

from datetime import date

from unwrapped.music.critic.base_rates import acquaintance as base_rates
from unwrapped.music.critic.evidence import fact
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.profile.taste_profile import TasteProfile

FEWEST_DAYS = 60
FEWEST_DAYS_AFTER = 30
"""Only after this many days without a play an encounter counts as over."""


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
                "most played artist with plays on one day only",
                met.artist,
                "artist",
            ),
            "plays": fact("plays of that artist", met.plays, "plays"),
            "tracks": fact("different tracks among these plays", met.tracks, "tracks"),
            "day": fact("day of these plays", met.day, "day"),
        },
    )


def _one_day_track(profile: TasteProfile) -> Finding | None:
    met = profile.encounters.one_day_track
    if met is None or not _is_over(profile, met.day):
        return None
    return Finding(
        met.plays,
        {
            "artist": fact("artist of that track", met.artist, "artist"),
            "title": fact(
                "most played track with plays on one day only",
                met.title,
                "title",
            ),
            "plays": fact("plays of that track", met.plays, "plays"),
            "day": fact("day of these plays", met.day, "day"),
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
                "most played artist with plays in one month only, none beyond",
                met.artist,
                "artist",
            ),
            "plays": fact("plays of that artist", met.plays, "plays"),
            "first": fact("first play of that artist", met.first_day, "day"),
            "last": fact("last play of that artist", met.last_day, "day"),
            "days": fact(
                "days from the first to the last play",
                (met.last_day - met.first_day).days + 1,
                "days",
            ),
        },
    )


ENCOUNTERS: tuple[Rule, ...] = (
    Rule(
        name="one_day_artist",
        family="encounters",
        claim="An artist had many plays, all on one day.",
        side="high",
        base_rate=base_rates.ONE_DAY_ARTIST,
        find=_one_day_artist,
    ),
    Rule(
        name="one_day_track",
        family="encounters",
        claim="A track had many plays, all on one day.",
        side="high",
        base_rate=base_rates.ONE_DAY_TRACK,
        find=_one_day_track,
    ),
    Rule(
        name="fling",
        family="encounters",
        claim="An artist had many plays within a month, and none at any other time.",
        side="high",
        base_rate=base_rates.FLING,
        find=_fling,
    ),
)
