"""Rules about the hours of the day and the days of the week."""

import calendar

from unwrapped.music.critic.evidence import Evidence, fact
from unwrapped.music.critic.rule import BaseRate, Finding, Rule
from unwrapped.music.profile.taste import TasteProfile

FEWEST_DAYS = 56


def _share_between(
    profile: TasteProfile, share: float, first: int, last: int
) -> dict[str, Evidence]:
    return {
        "share": fact("share of plays in these hours", share, "share"),
        "plays": fact(
            "plays in these hours", round(share * profile.volume.plays), "plays"
        ),
        "first": fact("from", first, "clock"),
        "last": fact("to", last, "clock"),
    }


def _night(profile: TasteProfile) -> dict[str, Evidence]:
    return _share_between(profile, profile.clock.night_share, 0, 5)


def _morning(profile: TasteProfile) -> dict[str, Evidence]:
    return _share_between(profile, profile.clock.morning_share, 5, 9)


def _office(profile: TasteProfile) -> dict[str, Evidence]:
    hours = _share_between(profile, profile.clock.office_share, 9, 17)
    return hours | {"workdays": _workdays()}


def _evening(profile: TasteProfile) -> dict[str, Evidence]:
    return _share_between(profile, profile.clock.evening_share, 18, 24)


def _workdays() -> Evidence:
    return fact("working days", "Monday to Friday", "weekday")


def _weekend(profile: TasteProfile) -> Finding | None:
    if profile.volume.days < FEWEST_DAYS:
        return None
    return Finding(profile.clock.weekend_share, _week(profile))


def _week(profile: TasteProfile) -> dict[str, Evidence]:
    weekend = profile.clock.weekend_share
    return {
        "weekend": fact("share of plays on Saturday and Sunday", weekend, "share"),
        "week": fact("share of plays from Monday to Friday", 1 - weekend, "share"),
        "even": fact("share of the week that is weekend", 2 / 7, "share"),
        "days": fact("weekend", "Saturday and Sunday", "weekday"),
        "workdays": _workdays(),
    }


def _peak(profile: TasteProfile) -> dict[str, Evidence]:
    clock = profile.clock
    return {
        "hour": fact("hour with the most plays begins", clock.peak_hour, "clock"),
        "share": fact("share of plays in that hour", clock.peak_share, "share"),
        "plays": fact("plays in that hour", clock.hours[clock.peak_hour], "plays"),
        "even": fact("share of an hour, if all were alike", 1 / 24, "share"),
    }


def _flat(profile: TasteProfile) -> Finding | None:
    clock = profile.clock
    if not min(clock.hours):
        return None
    quiet = clock.hours.index(min(clock.hours))
    return Finding(
        clock.effective_hours / 24,
        {
            "effective": fact(
                "as even as so many hours played equally",
                clock.effective_hours,
                "hours",
            ),
            "hour": fact("quietest hour begins", quiet, "clock"),
            "plays": fact("plays in the quietest hour", clock.hours[quiet], "plays"),
            "day": fact("hours of the day", 24, "hours"),
        },
    )


def _weekday(profile: TasteProfile) -> Finding | None:
    if profile.volume.days < FEWEST_DAYS:
        return None
    weekdays = profile.clock.weekdays
    top = weekdays.index(max(weekdays))
    share = weekdays[top] / profile.volume.plays
    return Finding(
        share,
        {
            "weekday": fact(
                "day of the week with the most plays", calendar.day_name[top], "weekday"
            ),
            "share": fact("share of plays on it", share, "share"),
            "even": fact("share of a day, if all were alike", 1 / 7, "share"),
            "plays": fact("plays on it", weekdays[top], "plays"),
        },
    )


CLOCK: tuple[Rule, ...] = (
    Rule(
        name="night_owl",
        family="hours",
        claim="Much of the listening happens from midnight to five.",
        side="high",
        base=BaseRate.share(
            0.06, 1.9, "Five hours in which most people sleep hold about 6% of plays."
        ),
        find=lambda p: Finding(p.clock.night_share, _night(p)),
        phrasings=(
            "{share} of your plays begin between {first} and {last}. The neighbours know your taste by its bass line.",
            "Between {first} and {last} lie {plays}. Sleep was available, and lost {share} of the vote.",
            "{plays} between {first} and {last}: {share} of everything. Your night has a soundtrack where others have a pillow.",
        ),
        epithet="Nocturnal",
    ),
    Rule(
        name="early_bird",
        family="hours",
        claim="Much of the listening happens from five to nine in the morning.",
        side="high",
        base=BaseRate.share(
            0.13,
            1.4,
            "Four of 24 hours are 17%; these early ones hold about 13% of plays.",
        ),
        find=lambda p: Finding(p.clock.morning_share, _morning(p)),
        phrasings=(
            "{share} of your plays fall between {first} and {last}. You have heard an encore before others have heard an alarm.",
            "{plays} between {first} and {last}: the coffee is still dripping, and {share} of your listening is done.",
            "By {last}, {share} of your plays are in the books. Music, for you, is a breakfast food: {plays} from {first} on.",
        ),
        epithet="Sunrise",
    ),
    Rule(
        name="office_hours",
        family="hours",
        claim="Much of the listening happens in office hours on weekdays.",
        side="high",
        base=BaseRate.share(
            40 / 168, 0.45, "Forty of the week's 168 hours: 24% of plays, by chance."
        ),
        find=lambda p: Finding(p.clock.office_share, _office(p)),
        phrasings=(
            "{share} of your plays clock in at {first} and out at {last}, {workdays}. Somebody should put music on the payroll.",
            "The hours from {first} to {last}, {workdays}, hold {plays}, {share} of the total. The open-plan office has a headliner.",
            "Your listening keeps office hours: {share} of it from {first} to {last}, {workdays}. Overtime is for other hobbies.",
        ),
        epithet="Office-Hours",
    ),
    Rule(
        name="evening_person",
        family="hours",
        claim="Much of the listening happens from six to midnight.",
        side="high",
        base=BaseRate.share(
            0.28, 0.75, "Six of 24 hours are 25%; the evening holds about 28% of plays."
        ),
        find=lambda p: Finding(p.clock.evening_share, _evening(p)),
        phrasings=(
            "{share} of your plays wait until {first}. The day is an opening act that you mostly talk through.",
            "From {first} on, the room is yours: {plays}, which is {share} of all that you played.",
            "{plays} between {first} and {last}. With {share} of your music after dinner, dessert has serious competition.",
        ),
        epithet="Lamplight",
    ),
    Rule(
        name="weekender",
        family="week",
        claim="The weekend has far more than its share of the week.",
        side="high",
        base=BaseRate.share(2 / 7, 0.6, "Two of seven days: 29% of plays, by chance."),
        find=_weekend,
        phrasings=(
            "{days} are {even} of a week and {weekend} of your plays. {workdays} is a long soundcheck.",
            "{weekend} of your plays happen on {days}. The working week gets {week} and no encore.",
            "The weekend gets {weekend} of your music, though the calendar only grants it {even}. Its eve must be quite a door to walk through.",
        ),
        epithet="Weekend",
    ),
    Rule(
        name="weekday_worker",
        family="week",
        claim="The weekend has far less than its share of the week.",
        side="low",
        base=BaseRate.share(2 / 7, 0.6, "Two of seven days: 29% of plays, by chance."),
        find=_weekend,
        phrasings=(
            "Your weekends are the quiet end: {weekend} of plays, where chance alone would give them {even}. {workdays} brings the band back.",
            "{week} of your plays fall on {workdays}. {days} get off lightly, with {weekend} of the work.",
            "{days} together manage {weekend}. The other days, at {week}, seem to need the help.",
        ),
        epithet="Weekday",
    ),
    Rule(
        name="peak_hour",
        family="hours",
        claim="A single hour of the day holds an unusual share of the plays.",
        side="high",
        base=BaseRate.share(
            0.12, 1.15, "The busiest hour of the day holds about 12% of plays."
        ),
        find=lambda p: Finding(p.clock.peak_share, _peak(p)),
        phrasings=(
            "The hour from {hour} holds {share} of your plays; an even day would give it {even}. A clock could be set by you.",
            "{plays} begin in the hour from {hour}. That is {share} of your music behind the same door of the day.",
            "Whatever happens at {hour}, it happens to music: {share} of your plays start in that hour alone, {plays} so far.",
        ),
        epithet="Punctual",
    ),
    Rule(
        name="round_the_clock",
        family="hours",
        claim="The plays are spread almost evenly over all hours of the day.",
        side="high",
        base=BaseRate.share(
            0.6, 1.5, "Plays are spread as if over about 14 of the 24 hours."
        ),
        find=_flat,
        phrasings=(
            "Your listening is spread as if over {effective} of the day's {day}. Even the quietest hour, from {hour}, has {plays}.",
            "No closing time: even the hour from {hour}, your quietest, counts {plays}. The day is as even as {effective} played equally.",
            "Most clocks have a dead stretch. Yours has {plays} in its emptiest hour, from {hour}, and is as even as {effective} played equally.",
        ),
        epithet="Round-the-Clock",
    ),
    Rule(
        name="day_of_days",
        family="week",
        claim="One day of the week has far more than its share of the plays.",
        side="high",
        base=BaseRate.share(
            0.18, 0.35, "The fullest day of the week holds about 18% of plays."
        ),
        find=_weekday,
        phrasings=(
            "{weekday} is your day: {share} of all plays, where an even week would give it {even}. The others are understudies.",
            "{plays} fell on a {weekday}. At {share} of the total, it should have its own ticket booth.",
            "An even week grants each day {even}. Your {weekday} takes {share}, and the others know better than to ask.",
        ),
        epithet="Once-a-Week",
    ),
)
