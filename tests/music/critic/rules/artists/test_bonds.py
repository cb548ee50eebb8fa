"""Rules about single artists: returns, farewells, constants."""

from datetime import date

from tests.music.critic.rules.cases import (
    FRIENDS,
    WATERLOO,
    Case,
    Example,
    assert_finds,
    assert_silent,
    each,
    group,
    in_turn,
    library,
    spread,
)
from tests.music.profile.histories import Listen
from unwrapped.music.critic.rule import Rule
from unwrapped.music.critic.rules.artists.bonds import BONDS

NEW_YEAR, NEW_YEARS_EVE = date(2023, 1, 1), date(2023, 12, 31)


def over_the_year(tracks: list[str], first: date = NEW_YEAR) -> list[Listen]:
    """Plays in this order up to the end of 2023."""
    return spread(tracks, first, NEW_YEARS_EVE)


def back_on(day: date, plays: int = 12) -> list[Listen]:
    """Ten plays of Abba to 1 March 2020, more from `day` on; friends all the time."""
    end = date(2022, 5, 31)
    return [
        *spread([WATERLOO] * 10, date(2020, 1, 1), date(2020, 3, 1)),
        *spread([WATERLOO] * plays, day, end),
        *spread(in_turn(FRIENDS[:6], 150), date(2020, 1, 1), end),
    ]


def gone_in_february(plays: int) -> list[Listen]:
    """250 plays: `plays` of Abba, until 1 February, the others of twenty friends."""
    return [
        *spread([WATERLOO] * plays, NEW_YEAR, date(2023, 2, 1)),
        *over_the_year(in_turn(group("Friend", 20), 250 - plays)),
    ]


def met_in_november(plays: int) -> list[Listen]:
    """A year with friends, and Kraftwerk from 15 November on."""
    return [
        *over_the_year(in_turn(FRIENDS, 100)),
        *over_the_year(["Kraftwerk/Autobahn"] * plays, first=date(2023, 11, 15)),
    ]


def twelve_months(*constants: str, months: int = 12) -> list[Listen]:
    """Two plays of each of `constants` in a month, the first has one more; and guests."""
    rows = []
    for month in range(1, months + 1):
        first, last = date(2023, month, 1), date(2023, month, 28)
        tracks = [*constants, *constants, *constants[:1]]
        guests = group(f"Guest of month {month}", 4)
        rows += spread([*tracks, *guests], first, last)
    return rows


def four_hundred(waterloo: int) -> list[Listen]:
    """400 plays: Abba with one track, ten others with ten tracks each."""
    return [
        *over_the_year([WATERLOO] * waterloo),
        *over_the_year(in_turn(library(100), 400 - waterloo)),
    ]


def four_hundred_days(met: date) -> list[Listen]:
    """A history from New Year's Day 2023 on, in which the most played artist first
    appears on `met`."""
    end = date(2024, 2, 4)
    return [
        *spread(in_turn(FRIENDS, 100), NEW_YEAR, end),
        *spread([WATERLOO] * 60, met, end),
    ]


CASES: dict[str, Case] = {
    "comeback": Case(
        examples=[
            Example(
                listens=lambda: back_on(date(2022, 3, 31)),
                value=760,
                facts={
                    "artist": "Abba",
                    "away": 760,
                    "left": date(2020, 3, 1),
                    "returned": date(2022, 3, 31),
                    "plays": 12,
                },
            ),
        ],
        silent=[
            lambda: spread([WATERLOO] * 9, NEW_YEAR, NEW_YEARS_EVE),
            lambda: spread([WATERLOO] * 20, NEW_YEAR, NEW_YEAR),
        ],
    ),
    "farewell": Case(
        examples=[
            Example(
                listens=lambda: gone_in_february(plays=10),
                value=0.04,
                facts={
                    "artist": "Abba",
                    "plays": 10,
                    "last": date(2023, 2, 1),
                    "rank": 21,
                },
            ),
        ],
        silent=[
            lambda: spread(FRIENDS, NEW_YEAR, date(2023, 6, 29)),
            lambda: over_the_year(in_turn(FRIENDS, 100)),
        ],
    ),
    "arrival": Case(
        examples=[
            Example(
                listens=lambda: met_in_november(plays=40),
                value=40,
                facts={"artist": "Kraftwerk", "plays": 40, "first": date(2023, 11, 15)},
            ),
        ],
        silent=[
            lambda: over_the_year(in_turn(FRIENDS, 100)),
            lambda: spread(in_turn(FRIENDS, 100), NEW_YEAR, date(2023, 3, 1)),
        ],
    ),
    "constant": Case(
        examples=[
            Example(
                listens=lambda: twelve_months(
                    "Abba/Waterloo", "Blur/Parklife", "Cher/Believe"
                ),
                value=3,
                facts={"artist": "Abba", "artists": 3, "of": 12},
            ),
        ],
        silent=[
            lambda: twelve_months(
                "Abba/Waterloo", "Blur/Parklife", "Cher/Believe", months=5
            ),
            lambda: twelve_months(
                "Abba/Waterloo", "Blur/Parklife", "Cher/Believe", months=11
            ),
            twelve_months,
        ],
    ),
    "one_track_love": Case(
        examples=[
            Example(
                listens=lambda: four_hundred(waterloo=30),
                value=0.075,
                facts={"artist": "Abba", "title": "Waterloo", "plays": 30, "one": 1},
            ),
        ],
        silent=[lambda: four_hundred(waterloo=19), lambda: over_the_year(library(100))],
    ),
    "upstart": Case(
        examples=[
            Example(
                listens=lambda: four_hundred_days(met=date(2023, 5, 1)),
                value=280 / 400,
                facts={
                    "artist": "Abba",
                    "first": date(2023, 5, 1),
                    "plays": 60,
                    "begin": date(2023, 1, 1),
                },
            ),
        ],
        silent=[
            lambda: [
                *spread(in_turn(FRIENDS, 50), NEW_YEAR, date(2023, 3, 31)),
                *spread([WATERLOO] * 60, date(2023, 11, 1), date(2023, 12, 15)),
            ]
        ],
    ),
    "track_comeback": Case(
        examples=[
            Example(
                listens=lambda: [
                    *spread(in_turn(FRIENDS, 400), NEW_YEAR, date(2023, 12, 31)),
                    *spread([WATERLOO] * 2, NEW_YEAR, date(2023, 1, 5)),
                    *spread([WATERLOO] * 3, date(2023, 10, 1), date(2023, 10, 9)),
                ],
                value=269,
                facts={
                    "artist": "Abba",
                    "title": "Waterloo",
                    "away": 269,
                    "left": date(2023, 1, 5),
                    "returned": date(2023, 10, 1),
                    "plays": 3,
                },
            )
        ],
        silent=[lambda: spread(in_turn(FRIENDS, 400), NEW_YEAR, date(2023, 12, 31))],
    ),
}


@each(BONDS)
def test_a_rule_finds_what_its_examples_show(rule: Rule) -> None:
    assert_finds(rule, CASES[rule.name])


@each(BONDS)
def test_a_rule_is_silent_where_there_is_too_little(rule: Rule) -> None:
    assert_silent(rule, CASES[rule.name])
