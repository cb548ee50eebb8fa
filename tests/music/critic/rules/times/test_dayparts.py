"""Rules about the leading artists of hours of the day."""

from datetime import date

from tests.music.critic.rules.cases import (
    FRIENDS,
    Case,
    Example,
    History,
    assert_finds,
    assert_silent,
    days_from,
    each,
    in_turn,
    play,
    spread,
)
from tests.music.profile.histories import Listen
from unwrapped.music.critic.rule import Rule
from unwrapped.music.critic.rules.times.dayparts import DAYPARTS

DAYS = days_from(date(2024, 1, 1), 70)
WEEKDAYS = [day for day in DAYS if day.weekday() < 5]
WEEKENDS = [day for day in DAYS if day.weekday() >= 5]


def everybody_in_turn() -> list[Listen]:
    """441 plays of ten weeks: each has an hour, and the King (140) the one after work."""
    return [
        *(play(day, 17 + i / 2, "King/Anthem") for day in DAYS for i in range(2)),
        *(play(day, 2, "Owl/Hoot") for day in DAYS[:60]),
        *(play(day, 6, "Lark/Trill") for day in DAYS[:55]),
        *(play(day, 10, "Clerk/Form") for day in WEEKDAYS),
        *(play(day, 20, "Diner/Feast") for day in DAYS[:56]),
        *(play(day, 12 + i / 4, "Guest/Toast") for day in WEEKENDS for i in range(3)),
        *(
            play(day, 17.25, friend)
            for day, friend in zip(WEEKDAYS, FRIENDS * 2, strict=False)
        ),
    ]


def closing_time() -> list[Listen]:
    """Ten friends in each hour except three, which have the King."""
    return [
        *(
            play(DAYS[7 * i], hour + i / 12, FRIENDS[i])
            for hour in range(24)
            if hour not in {3, 4, 5}
            for i in range(10)
        ),
        *(play(day, hour, "King/Anthem") for hour in (3, 4, 5) for day in DAYS[:2]),
    ]


def too_little() -> list[Listen]:
    return spread(in_turn(FRIENDS, 30), date(2024, 1, 1), date(2024, 1, 20))


def case(value: float, listens: History, **facts: object) -> Case:
    return Case(
        examples=[Example(listens=listens, value=value, facts=facts)],
        silent=[too_little],
    )


def in_turn_of(value: float, **facts: object) -> Case:
    return case(value, everybody_in_turn, **facts)


CASES: dict[str, Case] = {
    "night_lead": in_turn_of(
        60.0,
        artist="Owl",
        inside=60,
        favourite="King",
        favourite_plays=140,
        favourite_inside=0,
        first=0,
        last=5,
    ),
    "morning_lead": in_turn_of(55.0, artist="Lark", inside=55, first=5, last=9),
    "evening_lead": in_turn_of(56.0, artist="Diner", inside=56, first=18, last=24),
    "office_lead": in_turn_of(
        50.0, artist="Clerk", inside=50, workdays="Monday to Friday", first=9, last=17
    ),
    "night_and_morning": in_turn_of(
        1.0, artist="Owl", inside=60, other="Lark", other_inside=55, dawn=5, end=9
    ),
    "quiet_owner": case(
        1.0, closing_time, artist="King", inside=6, plays=6, first=3, last=6
    ),
    "peak_owner": in_turn_of(
        140 / 160, artist="King", inside=140, of=160, hour=17, end=18, title="Anthem"
    ),
    "night_track": in_turn_of(1.0, title="Hoot", by="Owl", track_plays=60),
    "morning_track": in_turn_of(1.0, title="Trill", by="Lark", track_plays=55),
}


@each(DAYPARTS)
def test_a_rule_finds_what_its_examples_show(rule: Rule) -> None:
    assert_finds(rule, CASES[rule.name])


@each(DAYPARTS)
def test_a_rule_is_silent_where_there_is_too_little(rule: Rule) -> None:
    assert_silent(rule, CASES[rule.name])
