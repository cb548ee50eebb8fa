"""Rules about days with music and days without."""

from unwrapped.music.critic.evidence import fact
from unwrapped.music.critic.rule import BaseRate, Finding, Rule
from unwrapped.music.profile.gaps import days_missing
from unwrapped.music.profile.taste import TasteProfile

FEWEST_DAYS = 60
WHOLE_YEAR_DAYS = 350
FEWEST_ACTIVE_DAYS = 30


def _active(profile: TasteProfile) -> Finding | None:
    volume, share = profile.volume, profile.days.active_share
    if volume.days < FEWEST_DAYS or days_missing(
        profile.gaps, volume.first_day, volume.last_day
    ):
        return None
    off = volume.days - volume.active_days
    return Finding(
        share,
        {
            "active": fact("days with a play", volume.active_days, "number"),
            "days": fact("days of the period", volume.days, "days"),
            "share": fact("share of the days with a play", share, "share"),
            "off": fact("days without a play", off, "days"),
        },
    )


def _streak(profile: TasteProfile) -> Finding:
    days = profile.days
    return Finding(
        days.streak_days,
        {
            "streak": fact("longest run of days with a play", days.streak_days, "days"),
            "first": fact("first day of the run", days.streak_first, "day"),
            "last": fact("last day of the run", days.streak_last, "day"),
        },
    )


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
            "first": fact("last play before it", days.silence_first, "day"),
            "last": fact("first play after it", days.silence_last, "day"),
        },
    )


def _silence_of_a_long_period(profile: TasteProfile) -> Finding | None:
    return _silence(profile) if profile.volume.days >= WHOLE_YEAR_DAYS else None


def _a_day(profile: TasteProfile) -> Finding | None:
    volume = profile.volume
    if volume.active_days < FEWEST_ACTIVE_DAYS:
        return None
    usual = volume.plays / volume.active_days
    facts = {
        "usual": fact("plays on an average day with a play", usual, "plays"),
        "plays": fact("plays", volume.plays, "plays"),
        "days": fact("days with a play", volume.active_days, "days"),
    }
    if volume.hours is not None:
        facts["hours"] = fact("hours of listening", volume.hours, "hours")
    return Finding(usual, facts)


PRESENCE: tuple[Rule, ...] = (
    Rule(
        name="daily_bread",
        family="presence",
        claim="There is a play on nearly all days of the period.",
        side="high",
        base=BaseRate.share(0.6, 1.35, "About 60% of days have a play."),
        find=_active,
        phrasings=(
            "{active} of {days} have a play. Brushing teeth should envy that record.",
            "Days without music: {off} of {days}. Lighthouses are manned less strictly than {share}.",
            "Music on {share} of your days: {active} of {days}. A diary of the rest would be a slim volume.",
        ),
        epithet="Daily",
    ),
    Rule(
        name="rare_visitor",
        family="presence",
        claim="Most days of the period have no play.",
        side="low",
        base=BaseRate.share(0.6, 1.35, "About 60% of days have a play."),
        find=_active,
        phrasings=(
            "Only {active} of {days} have a play. You treat music like a good restaurant: booked now and then, then thoroughly.",
            "Out of {days}, {off} went by without a play. Your headphones know their drawer well.",
            "Music gets {share} of your days, {active} in all. The rest of the calendar is a very long rest.",
        ),
        epithet="Occasional",
    ),
    Rule(
        name="long_streak",
        family="presence",
        claim="There is a very long run of days with a play.",
        side="high",
        base=BaseRate.amount(
            14, 0.8, "The longest run of days with a play is about 14 days."
        ),
        find=_streak,
        phrasings=(
            "From {first} to {last} no day went by without a play: {streak} in a row. Houseplants get watered less reliably.",
            "{streak} without a gap, {first} to {last}. Somewhere a language app is taking notes.",
            "The run began on {first} and held to {last}. {streak}: that is not a habit, that is a shift plan.",
        ),
        epithet="Unbroken",
    ),
    Rule(
        name="long_silence",
        family="presence",
        claim="There is a very long time without a play.",
        side="high",
        base=BaseRate.amount(
            13, 1.6, "The longest time without a play is about 13 days."
        ),
        find=_silence,
        phrasings=(
            "Then, after {first}, nothing for {silence}. On {last} you came back as if you had only gone to get milk.",
            "{silence} without a note, from {first} to {last}. Your speakers must have thought it was over.",
            "Between {first} and {last} lie {silence} of silence, which even a minimalist would call a long intro.",
        ),
        epithet="Returning",
    ),
    Rule(
        name="never_away",
        family="presence",
        claim="Even the longest time without a play is short.",
        side="low",
        base=BaseRate.amount(
            13, 1.6, "The longest time without a play is about 13 days."
        ),
        find=_silence_of_a_long_period,
        phrasings=(
            "Your longest break from music lasted {silence}, from {first} to {last}. The silence hardly had time to unpack.",
            "{silence}: that is the longest you held out, between {first} and {last}. Chocolate has been given up for longer.",
            "From {first} to {last} there was silence, {silence} of it, the longest on record. The record is not impressive.",
        ),
        epithet="Ever-Present",
    ),
    Rule(
        name="heavy_days",
        family="portions",
        claim="A day with music has very many plays.",
        side="high",
        base=BaseRate.amount(11, 1.2, "A day with a play has about 11 plays."),
        find=_a_day,
        phrasings=(
            "When you listen, you listen: {usual} on an average day with music. Moderation was consulted and went home.",
            "{plays} on {days} make {usual} a day. Some radio stations run on less.",
            "A day with music brings {usual} at your place. The speakers know no small talk.",
        ),
        epithet="Insatiable",
    ),
    Rule(
        name="light_days",
        family="portions",
        claim="A day with music has very few plays.",
        side="low",
        base=BaseRate.amount(11, 0.8, "A day with a play has about 11 plays."),
        find=_a_day,
        phrasings=(
            "{usual} on an average day with music: you season with it, you do not cook with it.",
            "{plays} over {days} come to {usual} a day. A tasting menu, strictly portioned.",
            "Your day with music has {usual}. The amplifier is still warming up when you leave.",
        ),
        epithet="Frugal",
    ),
)
