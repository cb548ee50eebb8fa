"""Rules about how plays are spread over artists.

For `a` favourites with `n` plays each and `b` guests with `m` each (`N` plays in all), the
effective number of artists is `N / product(p ** (p / N))` over the plays `p` of each of them.
Their Gini coefficient is the favourites' share of the plays minus their share of the
artists.
"""

from datetime import date

import pytest

from tests.music.critic.rules.cases import (
    WATERLOO,
    Case,
    Example,
    assert_finds,
    assert_silent,
    each,
    group,
    spread,
)
from tests.music.profile.histories import Listen
from unwrapped.music.critic.rule import Rule
from unwrapped.music.critic.rules.breadth import BREADTH


def fifty_days(tracks: list[str]) -> list[Listen]:
    """These plays, in this order, over fifty days."""
    return spread(tracks, date(2024, 1, 1), date(2024, 2, 19))


def favourites_and_guests(
    favourites: int, plays: int, guests: int, plays_of_guests: int = 1
) -> list[Listen]:
    """Artists with `plays` plays each, and guests with fewer."""
    return fifty_days(
        group("Favourite", favourites) * plays
        + group("Guest", guests) * plays_of_guests
    )


def monarchy(plays: int) -> list[Listen]:
    """A hundred plays: `plays` of Abba, five of each other artist."""
    return fifty_days([WATERLOO] * plays + group("Guest", (100 - plays) // 5) * 5)


def gini(figure: float) -> object:
    """The coefficient as the evidence may round it."""
    return pytest.approx(figure, abs=0.005)


def led_by(abba: int, blur: int) -> list[Listen]:
    """Plays of these two artists, and three of each of five friends."""
    tracks = [WATERLOO] * abba + ["Blur/Song 2"] * blur + group("Friend", 5) * 3
    return spread(tracks, date(2024, 1, 1), date(2024, 3, 31))


CASES: dict[str, Case] = {
    "small_circle": Case(
        examples=[
            Example(
                listens=lambda: favourites_and_guests(10, plays=20, guests=20),
                value=220 / 20 ** (200 / 220),
                facts={
                    "artists": 30,
                    "effective": 220 / 20 ** (200 / 220),
                    "ten": 10,
                    "ten_share": 200 / 220,
                    "artist": "Favourite 001",
                    "plays": 20,
                    "share": 20 / 220,
                    "gini": gini(200 / 220 - 10 / 30),
                },
            ),
        ],
    ),
    "crowd": Case(
        examples=[
            Example(
                listens=lambda: favourites_and_guests(0, plays=0, guests=450),
                value=450.0,
                facts={
                    "artists": 450,
                    "effective": 450.0,
                    "artist": "Guest 001",
                    "share": 1 / 450,
                },
            ),
        ],
    ),
    "monarch": Case(
        examples=[
            Example(
                listens=lambda: monarchy(plays=35),
                value=0.35,
                facts={"artist": "Abba", "plays": 35, "share": 0.35, "artists": 14},
            ),
        ],
    ),
    "equal_shares": Case(
        examples=[
            Example(
                listens=lambda: favourites_and_guests(
                    10, plays=8, guests=10, plays_of_guests=2
                ),
                value=0.80 - 0.50,
                facts={
                    "gini": gini(0.30),
                    "artists": 20,
                    "artist": "Favourite 001",
                    "share": 0.08,
                    "plays": 8,
                },
            ),
        ],
    ),
    "winner_takes_it": Case(
        examples=[
            Example(
                listens=lambda: favourites_and_guests(2, plays=200, guests=38),
                value=400 / 438 - 2 / 40,
                facts={
                    "gini": gini(400 / 438 - 2 / 40),
                    "artists": 40,
                    "ten": 10,
                    "ten_share": 408 / 438,
                    "artist": "Favourite 001",
                },
            ),
        ],
    ),
    "landslide": Case(
        examples=[
            Example(
                listens=lambda: led_by(abba=90, blur=30),
                value=3.0,
                facts={
                    "artist": "Abba",
                    "plays": 90,
                    "other": "Blur",
                    "other_plays": 30,
                    "ratio": 3.0,
                },
            )
        ],
        silent=[lambda: spread([WATERLOO] * 100, date(2024, 1, 1), date(2024, 2, 19))],
    ),
    "nobody_leads": Case(
        examples=[
            Example(
                listens=lambda: (
                    spread(
                        ["Abba/Waterloo", *group("Other", 50) * 2],
                        date(2024, 1, 1),
                        date(2024, 4, 9),
                    )
                    + spread(["Other 007/Song"], date(2024, 4, 10), date(2024, 4, 10))
                ),
                value=3 / 102,
                facts={
                    "artist": "Other 007",
                    "plays": 3,
                    "share": 3 / 102,
                    "ten": 10,
                    "last": "Other 010",
                    "last_plays": 2,
                },
            )
        ],
    ),
}


@each(BREADTH)
def test_a_rule_finds_what_its_examples_show(rule: Rule) -> None:
    assert_finds(rule, CASES[rule.name])


@each(BREADTH)
def test_a_rule_is_silent_where_there_is_too_little(rule: Rule) -> None:
    assert_silent(rule, CASES[rule.name])
