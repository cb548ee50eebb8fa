"""Rules about the artists of days of the week: who leads them, whom they belong to."""

import calendar
from collections import Counter

from unwrapped.music.critic.base_rates import leaders_by_time as base_rates
from unwrapped.music.critic.evidence import Evidence, fact
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.critic.rules.times.dayparts import lead, two_leads
from unwrapped.music.critic.rules.times.hour_artists import own_time, own_time_of_track
from unwrapped.music.profile.taste_profile import TasteProfile
from unwrapped.music.profile.times.rhythm import OFFICE

FEWEST_DAYS = 56
FEWEST_ON_DAY = 5
FEWEST_EXPECTED = 2


def _weekend() -> dict[str, Evidence]:
    return {"days": fact("weekend", "Saturday and Sunday", "weekday")}


def _weekday(day: int, label: str = "that day of the week") -> Evidence:
    return fact(label, calendar.day_name[day], "weekday")


def _weekend_lead(profile: TasteProfile) -> Finding | None:
    found = lead(profile, profile.dayparts.weekend, "on these days")
    return found and Finding(found.value, found.facts | _weekend())


def _office_and_weekend(profile: TasteProfile) -> Finding | None:
    parts = profile.dayparts
    found = two_leads(
        parts.office, parts.weekend, ("in office hours", "on the weekend")
    )
    if found is None:
        return None
    facts = _weekend() | {
        "workdays": fact("working days", "Monday to Friday", "weekday"),
        "first": fact("office hours begin", OFFICE[0], "clock"),
        "last": fact("office hours end", OFFICE[1], "clock"),
    }
    return Finding(found.value, found.facts | facts)


def _days_led(profile: TasteProfile) -> Finding | None:
    leads = profile.dayparts.weekdays
    if profile.volume.days < FEWEST_DAYS or not leads:
        return None
    if min(one.plays for one in leads) < FEWEST_ON_DAY:
        return None
    led = Counter(one.artist for one in leads)
    artist, count = min(led.items(), key=lambda one: (-one[1], one[0]))
    own = [(one.plays, -day) for day, one in enumerate(leads) if one.artist == artist]
    facts = {
        "artist": fact("artist with the most plays on the most days", artist, "artist"),
        "count": fact("days of the week that this artist leads", count, "number"),
        "week": fact("days of the week", len(leads), "days"),
        "strongest": _weekday(-max(own)[1], "strongest day of that artist"),
        "inside": fact("plays of that artist on that day", max(own)[0], "plays"),
    }
    return Finding(count, facts)


def _odd_day(profile: TasteProfile) -> Finding | None:
    """The only day of the week that the most played artist does not lead."""
    leads, artists = profile.dayparts.weekdays, profile.charts.artists
    counts = profile.dayparts.artist_weekdays
    if profile.volume.days < FEWEST_DAYS or not leads or not counts:
        return None
    odd = [day for day, one in enumerate(leads) if one.artist != artists[0].artist]
    if len(odd) != 1 or leads[odd[0]].plays < FEWEST_ON_DAY:
        return None
    (day,) = odd
    other, own = leads[day], counts[0][day]
    return Finding(
        other.plays / max(own, 1),
        {
            "artist": fact(
                "most played artist, who leads every other day",
                artists[0].artist,
                "artist",
            ),
            "weekday": _weekday(day, "one day that another artist leads"),
            "inside": fact("plays of that artist on that day", own, "plays"),
            "other": fact(
                "artist with the most plays on that day", other.artist, "artist"
            ),
            "other_inside": fact(
                "plays of the other artist on that day", other.plays, "plays"
            ),
            "count": fact(
                "days that the most played artist leads", len(leads) - 1, "number"
            ),
            "week": fact("days of the week", len(leads), "days"),
        },
    )


def _week_of_many(profile: TasteProfile) -> Finding | None:
    leads = profile.dayparts.weekdays
    if profile.volume.days < FEWEST_DAYS or not leads:
        return None
    if min(one.plays for one in leads) < FEWEST_ON_DAY:
        return None
    leaders = list(dict.fromkeys(one.artist for one in leads))
    if len(leaders) < 2:
        return None
    ranked = sorted(enumerate(leads), key=lambda one: (-one[1].plays, one[0]))
    (day, one), *others = ranked
    other_day, other = next(pair for pair in others if pair[1].artist != one.artist)
    return Finding(
        len(leaders),
        {
            "count": fact(
                "artists that lead a day of the week", len(leaders), "number"
            ),
            "week": fact("days of the week", len(leads), "days"),
            "artist": fact(
                "artist with the most plays on one day", one.artist, "artist"
            ),
            "weekday": _weekday(day),
            "inside": fact("plays of that artist on that day", one.plays, "plays"),
            "other": fact(
                "artist with the most plays on another day", other.artist, "artist"
            ),
            "other_day": _weekday(other_day, "day of the other artist"),
            "other_inside": fact(
                "plays of the other artist on that day", other.plays, "plays"
            ),
        },
    )


def _artist_day(profile: TasteProfile) -> Finding | None:
    if profile.volume.days < FEWEST_DAYS:
        return None
    found = own_time(profile, profile.dayparts.artist_weekdays, "day of the week")
    if found is None:
        return None
    day, finding = found
    return Finding(finding.value, finding.facts | {"weekday": _weekday(day)})


def _track_day(profile: TasteProfile) -> Finding | None:
    track = profile.dayparts.track_weekday
    found = own_time_of_track(track, "day of the week")
    if found is None or track is None or profile.volume.days < FEWEST_DAYS:
        return None
    return Finding(found.value, found.facts | {"weekday": _weekday(track.time - 1)})


def _day_absent(profile: TasteProfile) -> Finding | None:
    if profile.volume.days < FEWEST_DAYS:
        return None
    counts = profile.dayparts.artist_weekdays
    found = [
        (artist.days * usual / profile.volume.plays, day, artist)
        for artist, own in zip(profile.charts.artists, counts, strict=False)
        for day, usual in enumerate(profile.clock.weekdays)
        if not own[day]
    ]
    if not found:
        return None
    expected, day, artist = max(found, key=lambda one: one[0])
    if expected < FEWEST_EXPECTED:
        return None
    return Finding(
        expected,
        {
            "artist": fact("artist of the ten", artist.artist, "artist"),
            "plays": fact("plays of that artist", artist.plays, "plays"),
            "weekday": _weekday(day),
            "inside": fact("plays of that artist on that day", 0, "plays"),
            "usual": fact("plays on that day", profile.clock.weekdays[day], "plays"),
            "title": fact(
                "most played track of that artist", artist.best_title, "title"
            ),
        },
    )


WEEKDAY_ARTISTS: tuple[Rule, ...] = (
    Rule(
        name="weekend_lead",
        family="week",
        claim="Another artist than the most played one leads the weekend.",
        side="high",
        base_rate=base_rates.WEEKEND_LEAD,
        find=_weekend_lead,
    ),
    Rule(
        name="office_and_weekend",
        family="week",
        claim="Office hours and weekend have different leading artists.",
        side="high",
        base_rate=base_rates.OFFICE_AND_WEEKEND,
        find=_office_and_weekend,
    ),
    Rule(
        name="days_led",
        family="week",
        claim="One artist leads very many days of the week.",
        side="high",
        base_rate=base_rates.DAYS_LED,
        find=_days_led,
    ),
    Rule(
        name="odd_day",
        family="week",
        claim="The most played artist leads every day of the week except one.",
        side="high",
        base_rate=base_rates.ODD_DAY,
        find=_odd_day,
    ),
    Rule(
        name="week_of_many",
        family="week",
        claim="Very many artists lead a day of the week.",
        side="high",
        base_rate=base_rates.DAY_LEADERS,
        find=_week_of_many,
    ),
    Rule(
        name="artist_day",
        family="week",
        claim="An artist of the ten has a large share of its plays on one day of the week.",
        side="high",
        base_rate=base_rates.ARTIST_DAY,
        find=_artist_day,
    ),
    Rule(
        name="track_day",
        family="week",
        claim="A track of the ten has a large share of its plays on one day of the week.",
        side="high",
        base_rate=base_rates.TRACK_DAY,
        find=_track_day,
    ),
    Rule(
        name="day_absent",
        family="week",
        claim="An artist of the ten is not played on one day of the week.",
        side="high",
        base_rate=base_rates.ABSENT,
        find=_day_absent,
    ),
)
