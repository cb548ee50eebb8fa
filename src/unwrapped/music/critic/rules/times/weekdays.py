"""Rules about the days of the week: how many plays the weekend and each day have."""

import calendar

from unwrapped.music.critic.base_rates import weekdays as base_rates
from unwrapped.music.critic.evidence import Evidence, fact
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.critic.rules.times.clock import (
    FEWEST_AT_HAUNT,
    leader_of,
    leaders_at,
    workdays,
)
from unwrapped.music.profile.taste_profile import TasteProfile

FEWEST_DAYS = 56
BEYOND_CHANCE = 1.1
WEEKEND = 2 / 7


def _weekend(profile: TasteProfile) -> Finding | None:
    if profile.volume.days < FEWEST_DAYS:
        return None
    return Finding(profile.clock.weekend_share, _week(profile))


def _weekend_beyond_chance(profile: TasteProfile) -> Finding | None:
    found = _weekend(profile)
    above = found is not None and found.value >= BEYOND_CHANCE * WEEKEND
    return found if above else None


def _week(profile: TasteProfile) -> dict[str, Evidence]:
    weekend, haunt = profile.clock.weekend_share, profile.company.weekend
    facts = leaders_at(profile.dayparts.weekend, "on these days") | {
        "weekend": fact("share of plays on Saturday and Sunday", weekend, "share"),
        "week": fact("share of plays from Monday to Friday", 1 - weekend, "share"),
        "even": fact("share of the week that is weekend", WEEKEND, "share"),
        "days": fact("weekend", "Saturday and Sunday", "weekday"),
        "workdays": workdays(),
    }
    if haunt is not None and haunt.inside >= FEWEST_AT_HAUNT:
        facts["artist"] = fact(
            "artist with the highest share of plays on these days",
            haunt.artist,
            "artist",
        )
        facts["inside"] = fact(
            "plays of that artist on these days", haunt.inside, "plays"
        )
    return facts


def _weekday(profile: TasteProfile, day: int, which: str) -> Finding | None:
    if profile.volume.days < FEWEST_DAYS:
        return None
    plays, leads = profile.clock.weekdays[day], profile.dayparts.weekdays
    share = plays / profile.volume.plays
    return Finding(
        share,
        {
            "weekday": fact(
                f"day of the week with the {which} plays",
                calendar.day_name[day],
                "weekday",
            ),
            "share": fact("share of plays on that day", share, "share"),
            "even": fact("share of a day if all days were alike", 1 / 7, "share"),
            "plays": fact("plays on that day", plays, "plays"),
            **(leader_of(leads[day], "on that day") if leads else {}),
        },
    )


def _fullest_day(profile: TasteProfile) -> Finding | None:
    weekdays = profile.clock.weekdays
    return _weekday(profile, weekdays.index(max(weekdays)), "most")


def _quietest_day(profile: TasteProfile) -> Finding | None:
    weekdays = profile.clock.weekdays
    return _weekday(profile, weekdays.index(min(weekdays)), "fewest")


WEEKDAYS: tuple[Rule, ...] = (
    Rule(
        name="weekender",
        family="week",
        claim="The weekend has far more than its share of the week.",
        side="high",
        base_rate=base_rates.WEEKEND,
        find=_weekend_beyond_chance,
    ),
    Rule(
        name="weekday_worker",
        family="week",
        claim="The weekend has far less than its share of the week.",
        side="low",
        base_rate=base_rates.WEEKEND,
        find=_weekend,
    ),
    Rule(
        name="day_of_days",
        family="week",
        claim="One day of the week has far more than its share of the plays.",
        side="high",
        base_rate=base_rates.FULLEST_DAY,
        find=_fullest_day,
    ),
    Rule(
        name="day_off",
        family="week",
        claim="One day of the week has far less than its share of the plays.",
        side="low",
        base_rate=base_rates.QUIETEST_DAY,
        find=_quietest_day,
    ),
)
