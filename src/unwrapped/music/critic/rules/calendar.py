"""Rules about days, months and years."""

from unwrapped.music.critic.evidence import fact
from unwrapped.music.critic.rule import BaseRate, Finding, Rule
from unwrapped.music.profile.taste import TasteProfile
from unwrapped.music.profile.volume import Year

FEWEST_DAYS = 60
FEWEST_MONTHS = 6


def _active(profile: TasteProfile) -> Finding | None:
    volume, share = profile.volume, profile.days.active_share
    if volume.days < FEWEST_DAYS:
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
    return Finding(
        days.silence_days,
        {
            "silence": fact("longest time without a play", days.silence_days, "days"),
            "first": fact("last play before it", days.silence_first, "day"),
            "last": fact("first play after it", days.silence_last, "day"),
        },
    )


def _busiest(profile: TasteProfile) -> Finding:
    days = profile.days
    usual = profile.volume.plays / profile.volume.active_days
    ratio = days.busiest_plays / usual
    return Finding(
        ratio,
        {
            "day": fact("day with the most plays", days.busiest_day, "day"),
            "plays": fact("plays on it", days.busiest_plays, "plays"),
            "usual": fact("plays on an average day with a play", usual, "number"),
            "ratio": fact("the busiest against the average day", ratio, "ratio"),
        },
    )


def _whole_years(profile: TasteProfile) -> tuple[Year, Year] | None:
    """The last two years of the period that it covers whole, if they are neighbours."""
    first, last = profile.volume.first_day, profile.volume.last_day
    whole = [
        year
        for year in profile.years
        if (year.year > first.year or first.timetuple().tm_yday == 1)
        and (year.year < last.year or (last.month, last.day) == (12, 31))
        and year.hours
    ]
    if len(whole) < 2 or whole[-2].year + 1 != whole[-1].year:
        return None
    return whole[-2], whole[-1]


def _years(profile: TasteProfile) -> Finding | None:
    years = _whole_years(profile)
    if years is None:
        return None
    before, now = years
    return Finding(
        now.hours / before.hours,
        {
            "now": fact("the later year", now.year, "year"),
            "before": fact("the year before", before.year, "year"),
            "hours": fact("hours in the later year", now.hours, "hours"),
            "hours_before": fact("hours in the year before", before.hours, "hours"),
        },
    )


def _fullest(profile: TasteProfile) -> Finding | None:
    months = [month for month in profile.months if month.plays]
    if len(months) < FEWEST_MONTHS:
        return None
    month = max(months, key=lambda month: month.plays)
    share = month.plays / profile.volume.plays
    ratio = share * len(months)
    return Finding(
        ratio,
        {
            "month": fact("month with the most plays", month.month, "month"),
            "plays": fact("plays in it", month.plays, "plays"),
            "ratio": fact(
                "that month against the average month with a play", ratio, "ratio"
            ),
            "share": fact("share of all plays", share, "share"),
        },
    )


CALENDAR: tuple[Rule, ...] = (
    Rule(
        name="daily_bread",
        family="calendar",
        claim="There is a play on nearly all days of the period.",
        side="high",
        base=BaseRate.share(0.78, 0.9, "About 78% of days have a play."),
        find=_active,
        phrasings=(
            "{active} of {days} have a play. Brushing teeth should envy that record.",
            "You took {off} off in {days}. Some religions are practised less regularly than {share}.",
            "Music on {share} of your days: {active} of {days}. The exceptions, {off}, would make a short diary.",
        ),
        epithet="Daily",
    ),
    Rule(
        name="rare_visitor",
        family="calendar",
        claim="Most days of the period have no play.",
        side="low",
        base=BaseRate.share(0.78, 0.9, "About 78% of days have a play."),
        find=_active,
        phrasings=(
            "Only {active} of {days} have a play. You treat music like a good restaurant: booked now and then, then thoroughly.",
            "Out of {days}, {off} went by in silence. Your headphones have seen more drawer than ear.",
            "Music gets {share} of your days, {active} in all. The rest of the calendar is a very long rest.",
        ),
        epithet="Occasional",
    ),
    Rule(
        name="long_streak",
        family="calendar",
        claim="There is a very long run of days with a play.",
        side="high",
        base=BaseRate.amount(
            30, 1.0, "The longest run of days with a play is about 30 days."
        ),
        find=_streak,
        phrasings=(
            "From {first} to {last} no day went by without a play: {streak} in a row. Houseplants get watered less reliably.",
            "{streak} without a gap, {first} to {last}. Somewhere a language app is taking notes.",
            "The run began on {first} and broke after {last}. {streak}: that is not a habit, that is a shift plan.",
        ),
        epithet="Unbroken",
    ),
    Rule(
        name="long_silence",
        family="calendar",
        claim="There is a very long time without a play.",
        side="high",
        base=BaseRate.amount(
            6, 1.0, "The longest time without a play is about six days."
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
        name="big_day",
        family="calendar",
        claim="One day has many times the plays of an ordinary one.",
        side="high",
        base=BaseRate.amount(
            4.5,
            0.35,
            "The busiest day has about 4.5 times the plays of an average one.",
        ),
        find=_busiest,
        phrasings=(
            "On {day} you got through {plays}, {ratio} your average day. Whatever was being avoided, it was avoided well.",
            "{day}: {plays}. Your ordinary day has {usual}. There had better have been a long drive involved.",
            "Your average is {usual} a day. Then came {day} with {plays}, {ratio} as many, and no explanation.",
        ),
        epithet="Bingeing",
    ),
    Rule(
        name="growing",
        family="calendar",
        claim="The last whole year has far more hours than the year before.",
        side="high",
        base=BaseRate.amount(1.0, 0.3, "From year to year, hours stay about the same."),
        find=_years,
        phrasings=(
            "{before} had {hours_before} of music, {now} had {hours}. Silence is losing ground at your place.",
            "You went from {hours_before} in {before} to {hours} in {now}. If this were a company, people would want shares.",
            "{hours} in {now}, up from {hours_before} in {before}: the volume knob seems to work on the calendar, too.",
        ),
        epithet="Accelerating",
    ),
    Rule(
        name="fading",
        family="calendar",
        claim="The last whole year has far fewer hours than the year before.",
        side="low",
        base=BaseRate.amount(1.0, 0.3, "From year to year, hours stay about the same."),
        find=_years,
        phrasings=(
            "{before} had {hours_before} of music, {now} only {hours}. Either life got louder or a podcast got lucky.",
            "From {hours_before} in {before} down to {hours} in {now}: a fade-out, tastefully mixed.",
            "{now} brought {hours}, after {hours_before} in {before}. The amplifier has noticed, and is too polite to ask.",
        ),
        epithet="Fading",
    ),
    Rule(
        name="full_month",
        family="calendar",
        claim="One month has many times the plays of an ordinary one.",
        side="high",
        base=BaseRate.amount(
            1.9,
            0.3,
            "The fullest month has about 1.9 times the plays of an average one.",
        ),
        find=_fullest,
        phrasings=(
            "{month} alone holds {plays}, {ratio} your average month. It deserves a chapter of its own.",
            "Your calendar has a bulge: {month}, with {plays}, which is {share} of everything you played.",
            "{plays} in {month}, {ratio} the usual. Other months got a playlist; that month got a score.",
        ),
        epithet="Seasonal",
    ),
)
