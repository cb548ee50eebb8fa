"""Rules about days with and without music."""

from datetime import timedelta

from unwrapped.music.critic.base_rates import presence as base_rates
from unwrapped.music.critic.evidence import fact
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.profile.data_gaps import days_missing
from unwrapped.music.profile.taste_profile import TasteProfile

FEWEST_DAYS = 60
WHOLE_YEAR_DAYS = 350
FEWEST_ACTIVE_DAYS = 30
FEWEST_SILENT_DAYS = 2
MOST_OF_LITTLE = 12
LONGEST_BREAK = 31
"""Days. A listener with a longer silence was away."""


def _active(profile: TasteProfile) -> Finding | None:
    volume, share = profile.volume, profile.days.active_share
    if volume.days < FEWEST_DAYS or days_missing(
        profile.gaps, volume.first_day, volume.last_day
    ):
        return None
    off = volume.days - volume.active_days
    facts = {
        "active": fact("days with a play", volume.active_days, "number"),
        "days": fact("days of the period", volume.days, "days"),
        "share": fact("share of days with a play", share, "share"),
        "off": fact("days without a play", off, "number"),
    }
    if profile.charts.artists:
        most = max(profile.charts.artists, key=lambda artist: artist.days)
        facts["artist"] = fact(
            "artist of the ten on the most days", most.artist, "artist"
        )
        facts["artist_days"] = fact(
            "days with a play of that artist", most.days, "number"
        )
    return Finding(share, facts)


def _streak(profile: TasteProfile) -> Finding:
    days = profile.days
    facts = {
        "streak": fact("longest run of days with a play", days.streak_days, "days"),
        "first": fact("first day of the run", days.streak_first, "day"),
        "last": fact("last day of the run", days.streak_last, "day"),
    }
    if days.streak_last < profile.volume.last_day:
        facts["missed"] = fact(
            "first day without a play after the run",
            days.streak_last + timedelta(days=1),
            "day",
        )
    return Finding(days.streak_days, facts)


def _silence(profile: TasteProfile) -> Finding | None:
    days = profile.days
    if days.silence_first is None or days.silence_last is None or not days.silence_days:
        return None
    if days_missing(profile.gaps, days.silence_first, days.silence_last):
        return None
    return Finding(
        days.silence_days,
        {
            "silence": fact("longest time without a play", days.silence_days, "days"),
            "first": fact("last play before that time", days.silence_first, "day"),
            "last": fact("first play after that time", days.silence_last, "day"),
        },
    )


def _long_silence(profile: TasteProfile) -> Finding | None:
    found = _silence(profile)
    return found if found is not None and found.value >= FEWEST_SILENT_DAYS else None


def _silence_of_a_long_period(profile: TasteProfile) -> Finding | None:
    found = _silence(profile)
    if found is None or profile.volume.days < WHOLE_YEAR_DAYS:
        return None
    return found if found.value <= LONGEST_BREAK else None


def _a_day(profile: TasteProfile) -> Finding | None:
    volume = profile.volume
    if volume.active_days < FEWEST_ACTIVE_DAYS:
        return None
    usual = volume.plays / volume.active_days
    return Finding(
        usual,
        {
            "usual": fact("plays on an average day with a play", usual, "plays"),
            "plays": fact("plays", volume.plays, "plays"),
            "days": fact("days with a play", volume.active_days, "days"),
            "day": fact("day with the most plays", profile.days.busiest_day, "day"),
            "most": fact("plays on that day", profile.days.busiest_plays, "plays"),
        },
    )


def _a_light_day(profile: TasteProfile) -> Finding | None:
    found = _a_day(profile)
    return found if found is not None and found.value <= MOST_OF_LITTLE else None


PRESENCE: tuple[Rule, ...] = (
    Rule(
        name="daily_bread",
        family="presence",
        claim="There is a play on very many days of the period.",
        side="high",
        base_rate=base_rates.ACTIVE_DAYS,
        find=_active,
    ),
    Rule(
        name="rare_visitor",
        family="presence",
        claim="Many days of the period have no play.",
        side="low",
        base_rate=base_rates.ACTIVE_DAYS,
        find=_active,
    ),
    Rule(
        name="long_streak",
        family="presence",
        claim="There is a very long run of days with a play.",
        side="high",
        base_rate=base_rates.STREAK,
        find=_streak,
    ),
    Rule(
        name="long_silence",
        family="presence",
        claim="There is a very long time without a play.",
        side="high",
        base_rate=base_rates.SILENCE,
        find=_long_silence,
    ),
    Rule(
        name="never_away",
        family="presence",
        claim="The longest time without a play is short.",
        side="low",
        base_rate=base_rates.SILENCE,
        find=_silence_of_a_long_period,
    ),
    Rule(
        name="heavy_days",
        family="presence",
        claim="A day with music has very many plays.",
        side="high",
        base_rate=base_rates.PLAYS_A_DAY,
        find=_a_day,
    ),
    Rule(
        name="light_days",
        family="presence",
        claim="A day with music has very few plays.",
        side="low",
        base_rate=base_rates.PLAYS_A_DAY,
        find=_a_light_day,
    ),
)
