"""Rules about seasons, months and years."""

import calendar
import math
from datetime import date

from unwrapped.music.critic.evidence import fact
from unwrapped.music.critic.rule import BaseRate, Finding, Rule
from unwrapped.music.profile.gaps import days_missing
from unwrapped.music.profile.taste import TasteProfile
from unwrapped.music.profile.volume import Year

FEWEST_MONTHS = 6
WHOLE_YEAR_DAYS = 350


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


def whole_years(profile: TasteProfile) -> tuple[Year, Year] | None:
    """The last two years of the period that it covers (nearly) whole, in a row."""
    whole = [
        year
        for year in profile.years
        if year.hours and _days_covered(year.year, profile) >= WHOLE_YEAR_DAYS
    ]
    if len(whole) < 2 or whole[-2].year + 1 != whole[-1].year:
        return None
    return whole[-2], whole[-1]


def _days_covered(year: int, profile: TasteProfile) -> int:
    begin = max(profile.volume.first_day, date(year, 1, 1))
    end = min(profile.volume.last_day, date(year, 12, 31))
    return (end - begin).days + 1 - days_missing(profile.gaps, begin, end)


def _years(profile: TasteProfile) -> Finding | None:
    years = whole_years(profile)
    if years is None:
        return None
    before, now = years
    if not before.hours or not now.hours:
        return None
    # Where lengths are known in part only, hours grow as the log gets better.
    ratios = now.hours / before.hours, now.plays / before.plays
    return Finding(
        min(ratios, key=lambda ratio: abs(math.log(ratio))),
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


def _season(profile: TasteProfile, months: tuple[int, ...]) -> Finding | None:
    if profile.volume.days < WHOLE_YEAR_DAYS or profile.gaps:
        return None
    plays = sum(m.plays for m in profile.months if m.month.month in months)
    share = plays / profile.volume.plays
    covered = [m for m in profile.months if m.month.month in months]
    return Finding(
        share * len(profile.months) / len(covered) / 4,
        {
            "share": fact("share of plays in these months", share, "share"),
            "plays": fact("plays in these months", plays, "plays"),
            "first": fact("from", calendar.month_name[months[0]], "calendar_month"),
            "last": fact("to", calendar.month_name[months[-1]], "calendar_month"),
        },
    )


CALENDAR: tuple[Rule, ...] = (
    Rule(
        name="big_day",
        family="peaks",
        claim="One day has many times the plays of an ordinary one.",
        side="high",
        base=BaseRate.amount(
            3.8,
            0.75,
            "The busiest day has about 3.8 times the plays of an average one.",
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
        family="peaks",
        claim="The last whole year has far more hours than the year before.",
        side="high",
        base=BaseRate.amount(
            1.0, 0.35, "From year to year, hours stay about the same."
        ),
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
        family="peaks",
        claim="The last whole year has far fewer hours than the year before.",
        side="low",
        base=BaseRate.amount(
            1.0, 0.35, "From year to year, hours stay about the same."
        ),
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
        family="peaks",
        claim="One month has many times the plays of an ordinary one.",
        side="high",
        base=BaseRate.amount(
            2.0, 0.8, "The fullest month has about twice the plays of an average one."
        ),
        find=_fullest,
        phrasings=(
            "{month} alone holds {plays}, {ratio} your average month. It deserves a chapter of its own.",
            "Your calendar has a bulge: {month}, with {plays}, which is {share} of everything you played.",
            "{plays} in {month}, {ratio} the usual. Other months got a playlist; that month got a score.",
        ),
        epithet="Seasonal",
    ),
    Rule(
        name="mid_year",
        family="season",
        claim="June to August have far more than their share of the plays.",
        side="high",
        base=BaseRate.share(
            0.25, 0.4, "Three of twelve months: a quarter of plays, by chance."
        ),
        find=lambda p: _season(p, (6, 7, 8)),
        phrasings=(
            "{first} to {last} hold {share} of your plays. The other months are a warm-up act.",
            "{plays} from {first} to {last}: your taste keeps a season, like asparagus, and eats well in it.",
            "From {first} to {last} you press play as if it were a season ticket: {share} of everything.",
        ),
        epithet="Mid-Year",
    ),
    Rule(
        name="turn_of_year",
        family="season",
        claim="December to February have far more than their share of the plays.",
        side="high",
        base=BaseRate.share(
            0.25, 0.4, "Three of twelve months: a quarter of plays, by chance."
        ),
        find=lambda p: _season(p, (12, 1, 2)),
        phrasings=(
            "{share} of your plays fall from {first} to {last}. You see the old year out with music, and the new year in.",
            "{plays} from {first} to {last}: around the turn of the year, your queue does not take leave.",
            "You save your music up: {share} of your plays are eaten from {first} to {last}.",
        ),
        epithet="Year's-End",
    ),
)
