"""Rules about a title that names a time, taken literally, and the times when it is played."""

import calendar

from unwrapped.music.critic.base_rates import leaders_by_time as base_rates
from unwrapped.music.critic.evidence import Evidence, fact
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.profile.most_played.title_times import TIMES, Time
from unwrapped.music.profile.taste_profile import TasteProfile

KEPT, IGNORED = 1.3, 0.7


def _when(time: Time) -> dict[str, Evidence]:
    if time.unit == "hour":
        return {
            "first": fact("time from", time.first, "clock"),
            "last": fact("time to", (time.last + 1) % 24 or 24, "clock"),
        }
    names = calendar.month_name if time.unit == "month" else ["", *calendar.day_name]
    if time.first == time.last:
        name = names[time.first]
    else:
        joint = "and" if time.unit == "weekday" else "to"
        name = f"{names[time.first]} {joint} {names[time.last]}"
    if time.unit == "month":
        return {"months": fact("month that the title names", name, "calendar_month")}
    return {"weekday": fact("day that the title names", name, "weekday")}


def _titled(profile: TasteProfile) -> Finding | None:
    """The ratio of the plays at that time to those expected by chance.

    One is added to both, so that few plays show little.
    """
    named = profile.titled_time
    time = TIMES.get(named.word) if named else None
    if named is None or time is None:
        return None
    expected = named.plays * named.usual / named.of_plays
    return Finding(
        (named.inside + 1) / (expected + 1),
        {
            "title": fact("most played track that names a time", named.title, "title"),
            "artist": fact("artist of that track", named.artist, "artist"),
            "plays": fact("plays of that track", named.plays, "plays"),
            "of": fact("all plays of that track", named.plays, "number"),
            "inside": fact("plays of that track at that time", named.inside, "plays"),
            "outside": fact(
                "plays of that track at other times",
                named.plays - named.inside,
                "plays",
            ),
            **_when(time),
        },
    )


def _kept(profile: TasteProfile) -> Finding | None:
    found = _titled(profile)
    return found if found is not None and found.value >= KEPT else None


def _ignored(profile: TasteProfile) -> Finding | None:
    found = _titled(profile)
    return found if found is not None and found.value <= IGNORED else None


TITLE_TIMES: tuple[Rule, ...] = (
    Rule(
        name="title_kept",
        family="hours",
        claim="A track whose title names a time is played at that time.",
        side="high",
        base_rate=base_rates.TITLED_TIME,
        find=_kept,
    ),
    Rule(
        name="title_ignored",
        family="hours",
        claim="A track whose title names a time is played at other times.",
        side="low",
        base_rate=base_rates.TITLED_TIME,
        find=_ignored,
    ),
)
