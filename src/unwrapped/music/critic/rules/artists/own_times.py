"""Rules about days, hours and months that are an artist's own."""

from unwrapped.music.critic.base_rates import own_times as base_rates
from unwrapped.music.critic.evidence import fact
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.profile.artists.own_times import Haunt
from unwrapped.music.profile.taste import TasteProfile

FEWEST_INSIDE = 15
ABOVE_OWN = 1.5
FEWEST_ON_DAY = 10
MOSTLY = 0.2


def _haunt(haunt: Haunt | None, usual: float) -> Finding | None:
    """A finding about an artist whose share at a time is far above the `usual` one."""
    if haunt is None or haunt.inside < FEWEST_INSIDE:
        return None
    share = haunt.inside / haunt.plays
    if share < ABOVE_OWN * usual:
        return None
    return Finding(
        share,
        {
            "artist": fact(
                "artist with the highest share there", haunt.artist, "artist"
            ),
            "inside": fact("plays of theirs there", haunt.inside, "number"),
            "plays": fact("plays of theirs", haunt.plays, "plays"),
            "share": fact("share of their plays", share, "share"),
            "usual": fact("share of your plays there", usual, "share"),
        },
    )


def _hours(found: Finding | None, first: int, last: int) -> Finding | None:
    if found is None:
        return None
    hours = {"first": fact("from", first, "clock"), "last": fact("to", last, "clock")}
    return Finding(found.value, found.facts | hours)


def _weekend(profile: TasteProfile) -> Finding | None:
    found = _haunt(profile.company.weekend, profile.clock.weekend_share)
    if found is None:
        return None
    days = fact("weekend", "Saturday and Sunday", "weekday")
    return Finding(found.value, found.facts | {"days": days})


def _day_of_one(profile: TasteProfile) -> Finding | None:
    day = profile.company.day_of_one
    if day is None or day.plays < FEWEST_ON_DAY:
        return None
    return Finding(
        day.plays,
        {
            "artist": fact("artist with the most plays on a day", day.artist, "artist"),
            "plays": fact("plays of theirs on it", day.plays, "plays"),
            "of": fact("plays on it in total", day.of_plays, "number"),
            "rest": fact("plays of others on it", day.of_plays - day.plays, "plays"),
            "day": fact("the day", day.day, "day"),
        },
    )


def _month_of_one(profile: TasteProfile) -> Finding | None:
    month = profile.company.month_of_one
    if month is None or month.plays < MOSTLY * month.of_plays:
        return None
    return Finding(
        month.plays / month.of_plays,
        {
            "artist": fact(
                "artist with the highest share of a month", month.artist, "artist"
            ),
            "plays": fact("plays of theirs in it", month.plays, "plays"),
            "of": fact("plays in it in total", month.of_plays, "number"),
            "rest": fact(
                "plays of others in it", month.of_plays - month.plays, "plays"
            ),
            "share": fact("their share", month.plays / month.of_plays, "share"),
            "month": fact("the month", month.month, "month"),
        },
    )


OWN_TIMES: tuple[Rule, ...] = (
    Rule(
        name="night_artist",
        family="haunts",
        claim="One artist is for the night.",
        side="high",
        base_rate=base_rates.HAUNT_NIGHT,
        find=lambda p: _hours(_haunt(p.company.night, p.clock.night_share), 0, 5),
    ),
    Rule(
        name="morning_artist",
        family="haunts",
        claim="One artist is for the early morning.",
        side="high",
        base_rate=base_rates.HAUNT_MORNING,
        find=lambda p: _hours(_haunt(p.company.morning, p.clock.morning_share), 5, 9),
    ),
    Rule(
        name="weekend_artist",
        family="haunts",
        claim="One artist is for the weekend.",
        side="high",
        base_rate=base_rates.HAUNT_WEEKEND,
        find=_weekend,
    ),
    Rule(
        name="day_of_one",
        family="peaks",
        claim="One artist had very many plays on one day.",
        side="high",
        base_rate=base_rates.DAY_OF_ONE,
        find=_day_of_one,
    ),
    Rule(
        name="month_of_one",
        family="months",
        claim="One artist had an unusual share of a month.",
        side="high",
        base_rate=base_rates.MONTH_OF_ONE,
        find=_month_of_one,
    ),
)
