"""Rules about seasons, months and years."""

import calendar
import itertools
import math
from datetime import date

from unwrapped.music.critic.base_rates import calendar as base_rates
from unwrapped.music.critic.evidence import Evidence, fact
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.profile.data_gaps import days_missing
from unwrapped.music.profile.taste_profile import TasteProfile
from unwrapped.music.profile.volume import Year

FEWEST_MONTHS = 6
FEWEST_IN_MONTH = 30
WHOLE_YEAR_DAYS = 350
GROWS, FADES = 1.15, 0.85


def _busiest(profile: TasteProfile) -> Finding:
    days = profile.days
    usual = profile.volume.plays / profile.volume.active_days
    ratio = days.busiest_plays / usual
    facts = {
        "day": fact("day with the most plays", days.busiest_day, "day"),
        "plays": fact("plays on that day", days.busiest_plays, "plays"),
        "usual": fact("plays on an average day with a play", usual, "number"),
        "ratio": fact("ratio of the busiest to the average day", ratio, "ratio"),
    }
    one = profile.company.day_of_one
    if one is not None and one.day == days.busiest_day:
        facts["artist"] = fact(
            "artist with the most plays on that day", one.artist, "artist"
        )
        facts["artist_plays"] = fact(
            "plays of that artist on that day", one.plays, "number"
        )
    return Finding(ratio, facts)


def whole_years(profile: TasteProfile) -> tuple[Year, Year] | None:
    """The last two consecutive years that the period covers (nearly) completely; None
    if there are none."""
    whole = [
        year
        for year in profile.years
        if days_covered(year.year, profile) >= WHOLE_YEAR_DAYS
    ]
    pairs = itertools.pairwise(whole)
    in_a_row = [(one, two) for one, two in pairs if one.year + 1 == two.year]
    return in_a_row[-1] if in_a_row else None


def tops_of(before: Year, now: Year) -> dict[str, Evidence]:
    """The leading artists of two years; the earlier is left out if both are the
    same."""
    facts = {
        "top": fact("most played artist of the later year", now.top_artist, "artist"),
        "top_plays": fact(
            "plays of that artist in the later year", now.top_artist_plays, "plays"
        ),
    }
    if before.top_artist != now.top_artist:
        facts["top_before"] = fact(
            "most played artist of the year before", before.top_artist, "artist"
        )
        facts["top_before_plays"] = fact(
            "plays of that artist in the year before", before.top_artist_plays, "plays"
        )
    return facts


def days_covered(year: int, profile: TasteProfile) -> int:
    """The number of days of a year that the period covers, without gaps of the log."""
    begin = max(profile.volume.first_day, date(year, 1, 1))
    end = min(profile.volume.last_day, date(year, 12, 31))
    return (end - begin).days + 1 - days_missing(profile.gaps, begin, end)


def _years(profile: TasteProfile) -> Finding | None:
    years = whole_years(profile)
    if years is None:
        return None
    before, now = years
    # A month without a play is more often a missing file than a silence.
    months = [m for m in profile.months if m.month.year in (before.year, now.year)]
    silent = [m for m in months if not m.plays]
    if silent or not before.hours or not now.hours:
        return None
    # If only some lengths are known, hours grow as more of them become known.
    ratios = now.hours / before.hours, now.plays / before.plays
    return Finding(
        min(ratios, key=lambda ratio: abs(math.log(ratio))),
        {
            "now": fact("later of the two years", now.year, "year"),
            "before": fact("year before", before.year, "year"),
            "hours": fact("hours in the later year", now.hours, "hours"),
            "hours_before": fact("hours in the year before", before.hours, "hours"),
            **tops_of(before, now),
        },
    )


def _growing(profile: TasteProfile) -> Finding | None:
    found = _years(profile)
    return found if found is not None and found.value >= GROWS else None


def _fading(profile: TasteProfile) -> Finding | None:
    found = _years(profile)
    return found if found is not None and found.value <= FADES else None


def _fullest(profile: TasteProfile) -> Finding | None:
    months = [month for month in profile.months if month.plays]
    if len(months) < FEWEST_MONTHS:
        return None
    month = max(months, key=lambda month: month.plays)
    share = month.plays / profile.volume.plays
    ratio = share * len(months)
    facts = {
        "month": fact("month with the most plays", month.month, "month"),
        "plays": fact("plays in that month", month.plays, "plays"),
        "ratio": fact(
            "ratio of that month to the average month with a play", ratio, "ratio"
        ),
        "share": fact("share of that month in all plays", share, "share"),
    }
    one = profile.company.month_of_one
    if one is not None and one.month == month.month:
        facts["artist"] = fact(
            "artist with the most plays in that month", one.artist, "artist"
        )
        facts["artist_plays"] = fact(
            "plays of that artist in that month", one.plays, "number"
        )
    return Finding(ratio, facts)


def _quietest(profile: TasteProfile) -> Finding | None:
    # The first and the last month may be covered only in part.
    months = [month for month in profile.months[1:-1] if month.plays]
    if len(months) < FEWEST_MONTHS:
        return None
    usual = sum(month.plays for month in months) / len(months)
    month = min(months, key=lambda month: month.plays)
    if usual < FEWEST_IN_MONTH or month.plays >= usual:
        return None
    return Finding(
        month.plays / usual,
        {
            "month": fact("month with the fewest plays", month.month, "month"),
            "plays": fact("plays in that month", month.plays, "plays"),
            "usual": fact(
                "plays in an average month, without the first and the last",
                usual,
                "plays",
            ),
            "share": fact(
                "share of that month in an average one", month.plays / usual, "share"
            ),
        },
    )


def _season(profile: TasteProfile, months: tuple[int, ...]) -> Finding | None:
    if profile.volume.days < WHOLE_YEAR_DAYS or profile.gaps:
        return None
    covered = [m for m in profile.months if m.month.month in months]
    plays = sum(m.plays for m in covered)
    share = plays / profile.volume.plays
    even = len(covered) / len(profile.months)
    return Finding(
        share / even / 4,
        {
            "share": fact("share of plays in these months", share, "share"),
            "plays": fact("plays in these months", plays, "plays"),
            "even": fact("share of these months in the history", even, "share"),
            "first": fact(
                "months from", calendar.month_name[months[0]], "calendar_month"
            ),
            "last": fact(
                "months to", calendar.month_name[months[-1]], "calendar_month"
            ),
        },
    )


CALENDAR: tuple[Rule, ...] = (
    Rule(
        name="big_day",
        family="peaks",
        claim="One day has many times the plays of an ordinary one.",
        side="high",
        base_rate=base_rates.BIG_DAY,
        find=_busiest,
    ),
    Rule(
        name="growing",
        family="time",
        claim="The last whole year has far more hours than the year before.",
        side="high",
        base_rate=base_rates.YEAR_TO_YEAR,
        find=_growing,
    ),
    Rule(
        name="fading",
        family="time",
        claim="The last whole year has far fewer hours than the year before.",
        side="low",
        base_rate=base_rates.YEAR_TO_YEAR,
        find=_fading,
    ),
    Rule(
        name="full_month",
        family="peaks",
        claim="One month has many times the plays of an ordinary one.",
        side="high",
        base_rate=base_rates.FULL_MONTH,
        find=_fullest,
    ),
    Rule(
        name="quiet_month",
        family="peaks",
        claim="One month has a fraction of the plays of an ordinary one.",
        side="low",
        base_rate=base_rates.QUIET_MONTH,
        find=_quietest,
    ),
    Rule(
        name="mid_year",
        family="season",
        claim="June to August have far more than their share of the plays.",
        side="high",
        base_rate=base_rates.SUMMER,
        find=lambda p: _season(p, (6, 7, 8)),
    ),
    Rule(
        name="turn_of_year",
        family="season",
        claim="December to February have far more than their share of the plays.",
        side="high",
        base_rate=base_rates.WINTER,
        find=lambda p: _season(p, (12, 1, 2)),
    ),
)
