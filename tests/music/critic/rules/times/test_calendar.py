"""Rules about seasons, months and years."""

from datetime import date

from tests.music.critic.rules.cases import (
    FRIENDS,
    Case,
    Example,
    assert_finds,
    assert_silent,
    days_from,
    each,
    in_turn,
    sitting,
    sittings,
    spread,
)
from tests.music.profile.histories import Listen
from unwrapped.music.critic.rule import Rule
from unwrapped.music.critic.rules.times.calendar import CALENDAR


def twenty_days(busiest: int) -> list[Listen]:
    """Nineteen days with five plays, and 14 January with `busiest`."""
    *before, big_day = days_from(date(2024, 1, 1), 14)
    after = days_from(date(2024, 1, 15), 6)
    return [
        *sittings([*before, *after], a_day=5),
        *sitting(big_day, in_turn(FRIENDS, busiest)),
    ]


def year(which: int, plays: int) -> list[Listen]:
    """A year of plays of six minutes, from its first day to its last."""
    tracks = in_turn(FRIENDS, plays)
    return spread(tracks, date(which, 1, 1), date(which, 12, 31), minutes=6)


def months(plays: list[int], first: int = 1) -> list[Listen]:
    """The number of plays of each month, from January 2023 or its `first` month on."""
    rows = []
    for month, count in enumerate(plays, start=first - 1):
        begin = date(2023 + month // 12, month % 12 + 1, 1)
        rows += spread(in_turn(FRIENDS, count), begin, begin.replace(day=28))
    return rows


CASES: dict[str, Case] = {
    "big_day": Case(
        examples=[
            Example(
                listens=lambda: twenty_days(busiest=80),
                value=80 / 8.75,
                facts={
                    "day": date(2024, 1, 14),
                    "plays": 80,
                    "usual": 8.75,
                    "ratio": 80 / 8.75,
                },
            ),
        ],
    ),
    "growing": Case(
        examples=[
            Example(
                listens=lambda: [*year(2022, 100), *year(2023, 150)],
                value=1.5,
                facts={
                    "before": 2022,
                    "hours_before": 10.0,
                    "now": 2023,
                    "hours": 15.0,
                },
            ),
        ],
        silent=[
            lambda: year(2022, 100),
            lambda: [*year(2021, 100), *year(2023, 150)],
            lambda: [
                *year(2022, 100),
                *spread(FRIENDS, date(2023, 1, 1), date(2023, 11, 30)),
            ],
        ],
    ),
    "fading": Case(
        examples=[
            Example(
                listens=lambda: [*year(2022, 100), *year(2023, 60)],
                value=0.6,
                facts={"before": 2022, "hours_before": 10.0, "now": 2023, "hours": 6.0},
            ),
        ],
        silent=[lambda: year(2022, 100)],
    ),
    "full_month": Case(
        examples=[
            Example(
                listens=lambda: months([10, 10, 100, 10, 10, 10, 10, 10]),
                value=100 / (170 / 8),
                facts={
                    "month": date(2023, 3, 1),
                    "plays": 100,
                    "ratio": 100 / (170 / 8),
                    "share": 100 / 170,
                },
            ),
            Example(
                listens=lambda: months([10, 10, 70, 10, 10, 10, 10, 10]),
                value=4.0,
                facts={
                    "month": date(2023, 3, 1),
                    "plays": 70,
                    "ratio": 4.0,
                    "share": 0.5,
                },
            ),
        ],
        silent=[lambda: months([10, 10, 100, 10, 10])],
    ),
    "mid_year": Case(
        examples=[
            Example(
                listens=lambda: months(
                    [15, 15, 15, 15, 15, 24, 23, 23, 15, 15, 15, 10]
                ),
                value=0.35,
                facts={"share": 0.35, "plays": 70, "first": "June", "last": "August"},
            ),
        ],
        silent=[lambda: months([10] * 5 + [50] * 3)],
    ),
    "turn_of_year": Case(
        examples=[
            Example(
                listens=lambda: months(
                    [24, 23, 15, 15, 15, 15, 15, 15, 15, 15, 10, 23]
                ),
                value=0.35,
                facts={
                    "share": 0.35,
                    "plays": 70,
                    "first": "December",
                    "last": "February",
                },
            ),
        ],
        silent=[lambda: months([50] * 2 + [10] * 8)],
    ),
    "quiet_month": Case(
        examples=[
            Example(
                listens=lambda: [
                    row
                    for month in range(1, 10)
                    for row in spread(
                        in_turn(FRIENDS, 4 if month == 5 else 44),
                        date(2024, month, 1),
                        date(2024, month, 28),
                    )
                ],
                value=4 / (268 / 7),
                facts={
                    "month": date(2024, 5, 1),
                    "plays": 4,
                    "usual": 268 / 7,
                    "share": 4 / (268 / 7),
                },
            )
        ],
        silent=[
            lambda: spread(in_turn(FRIENDS, 300), date(2024, 1, 1), date(2024, 5, 31))
        ],
    ),
}


@each(CALENDAR)
def test_a_rule_finds_what_its_examples_show(rule: Rule) -> None:
    assert_finds(rule, CASES[rule.name])


@each(CALENDAR)
def test_a_rule_is_silent_where_there_is_too_little(rule: Rule) -> None:
    assert_silent(rule, CASES[rule.name])
