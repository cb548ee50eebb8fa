"""Rules about artists bound to certain days, hours and months."""

from unwrapped.music.critic.base_rates import own_times as base_rates
from unwrapped.music.critic.evidence import fact
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.profile.artists.own_times import Haunt
from unwrapped.music.profile.taste_profile import TasteProfile

FEWEST_INSIDE = 15
ABOVE_OWN = 1.5
FEWEST_ON_DAY = 10
MOSTLY = 0.2


def _haunt(haunt: Haunt | None, usual: float) -> Finding | None:
    """The finding about an artist whose share at a time is far above the `usual`
    share."""
    if haunt is None or haunt.inside < FEWEST_INSIDE:
        return None
    share = haunt.inside / haunt.plays
    if share < ABOVE_OWN * usual:
        return None
    return Finding(
        share,
        {
            "artist": fact(
                "artist with the highest share of plays at that time",
                haunt.artist,
                "artist",
            ),
            "inside": fact("plays of that artist at that time", haunt.inside, "number"),
            "plays": fact("plays of that artist", haunt.plays, "plays"),
            "share": fact("share of that artist's plays", share, "share"),
            "usual": fact("share of all plays at that time", usual, "share"),
        },
    )


def _hours(found: Finding | None, first: int, last: int) -> Finding | None:
    if found is None:
        return None
    hours = {
        "first": fact("time from", first, "clock"),
        "last": fact("time to", last, "clock"),
    }
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
            "artist": fact(
                "artist with the most plays on one day", day.artist, "artist"
            ),
            "plays": fact("plays of that artist on that day", day.plays, "plays"),
            "of": fact("all plays on that day", day.of_plays, "number"),
            "rest": fact(
                "plays of other artists on that day", day.of_plays - day.plays, "plays"
            ),
            "day": fact("day of these plays", day.day, "day"),
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
                "artist with the highest share of one month", month.artist, "artist"
            ),
            "plays": fact("plays of that artist in that month", month.plays, "plays"),
            "of": fact("all plays in that month", month.of_plays, "number"),
            "rest": fact(
                "plays of other artists in that month",
                month.of_plays - month.plays,
                "plays",
            ),
            "share": fact(
                "share of that artist in that month",
                month.plays / month.of_plays,
                "share",
            ),
            "month": fact("month of these plays", month.month, "month"),
        },
    )


OWN_TIMES: tuple[Rule, ...] = (
    Rule(
        name="night_artist",
        family="haunts",
        claim="One artist has an unusual share of its plays at night.",
        side="high",
        base_rate=base_rates.HAUNT_NIGHT,
        find=lambda p: _hours(_haunt(p.company.night, p.clock.night_share), 0, 5),
    ),
    Rule(
        name="morning_artist",
        family="haunts",
        claim="One artist has an unusual share of its plays in the early morning.",
        side="high",
        base_rate=base_rates.HAUNT_MORNING,
        find=lambda p: _hours(_haunt(p.company.morning, p.clock.morning_share), 5, 9),
    ),
    Rule(
        name="weekend_artist",
        family="haunts",
        claim="One artist has an unusual share of its plays on the weekend.",
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
        claim="One artist had an unusual share of the plays of a month.",
        side="high",
        base_rate=base_rates.MONTH_OF_ONE,
        find=_month_of_one,
    ),
)
