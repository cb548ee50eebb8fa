"""Rules about new and old acquaintances, and about changes from year to year."""

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
    spread,
)
from tests.music.profile.histories import Listen
from unwrapped.music.critic.rule import Rule
from unwrapped.music.critic.rules.artists.favourites_by_year import FAVOURITES_BY_YEAR
from unwrapped.music.critic.rules.artists.novelty import NOVELTY

AUTOBAHN = "Kraftwerk/Autobahn"


def january(year: int) -> list[Listen]:
    """Fifty plays in January, in which ten friends are met."""
    return spread(in_turn(FRIENDS, 50), date(year, 1, 1), date(year, 1, 31))


def after_four_months(strangers: int, friends: int, met: int = 10) -> list[Listen]:
    """Friends met in January; in May and June plays of strangers and of friends."""
    first, last = date(2023, 5, 1), date(2023, 6, 30)
    return [
        *january(2021),
        *spread(in_turn(group("Stranger", met), strangers), first, last),
        *spread(in_turn(FRIENDS, friends), first, last),
    ]


def with_autobahn(plays: int) -> list[Listen]:
    """250 plays; from May on `plays` of Kraftwerk and one of each of five strangers."""
    first, last = date(2023, 5, 1), date(2023, 6, 30)
    return [
        *after_four_months(strangers=5, friends=195 - plays),
        *spread([AUTOBAHN] * plays, first, last),
    ]


def after_a_year(friends: int, strangers: int) -> list[Listen]:
    """Friends met in January; in March and April of the next year theirs and strangers'."""
    first, last = date(2023, 3, 1), date(2023, 4, 30)
    return [
        *january(2021),
        *spread(in_turn(FRIENDS, friends), first, last),
        *spread(in_turn(group("Stranger", 10), strangers), first, last),
    ]


def two_years_of_fifty(kept: int) -> list[Listen]:
    """2022 and 2023 with fifty artists each; `kept` of them are in both."""
    rows = []
    for year, name in ((2022, "Left"), (2023, "Came")):
        cast = group("Kept", kept) + group(name, 50 - kept)
        rows += spread(cast * 2, date(year, 1, 1), date(year, 12, 31))
    return rows


def reigns(*tops: str) -> list[Listen]:
    """A year of 100 plays for each of `tops`, who has 40 of them."""
    rows = []
    for year, top in enumerate(tops, start=2019):
        tracks = [f"{top}/Song"] * 40 + group("Friend", 4) * 15
        rows += spread(tracks, date(year, 1, 1), date(year, 12, 31))
    return rows


CASES: dict[str, Case] = {
    "explorer": Case(
        examples=[
            Example(
                listens=lambda: after_four_months(strangers=110, friends=90, met=11),
                value=0.55,
                facts={
                    "share": 0.55,
                    "window": 90,
                    "artists": 11,
                    "artist": "Stranger 001",
                    "best": 10,
                },
            ),
            Example(
                listens=lambda: after_four_months(strangers=90, friends=110, met=9),
                value=0.45,
                facts={"share": 0.45, "artists": 9, "plays": 200},
            ),
        ],
        silent=[
            lambda: january(2023),
            lambda: after_four_months(strangers=60, friends=39),
        ],
    ),
    "closed_book": Case(
        examples=[
            Example(
                listens=lambda: after_four_months(strangers=20, friends=180, met=4),
                value=0.10,
                facts={"share": 0.10, "window": 90, "plays": 200, "best": 5},
            ),
            Example(
                listens=lambda: after_four_months(strangers=32, friends=168, met=4),
                value=0.16,
                facts={"share": 0.16, "artists": 4, "plays": 200},
            ),
        ],
        silent=[
            lambda: january(2023),
            lambda: after_four_months(strangers=9, friends=90),
        ],
    ),
    "discovery": Case(
        examples=[
            Example(
                listens=lambda: with_autobahn(plays=35),
                value=0.14,
                facts={
                    "artist": "Kraftwerk",
                    "day": date(2023, 5, 1),
                    "plays": 35,
                    "artists": 6,
                },
            ),
        ],
        silent=[
            lambda: january(2023),
            lambda: after_four_months(strangers=0, friends=200),
        ],
    ),
    "old_friends": Case(
        examples=[
            Example(
                listens=lambda: after_a_year(friends=170, strangers=30),
                value=0.85,
                facts={"share": 0.85, "rest": 0.15, "window": 365, "plays": 200},
            ),
        ],
        silent=[lambda: january(2022), lambda: after_a_year(friends=90, strangers=9)],
    ),
    "fresh_faces": Case(
        examples=[
            Example(
                listens=lambda: after_a_year(friends=40, strangers=160),
                value=0.20,
                facts={"share": 0.20, "rest": 0.80, "window": 365, "plays": 200},
            ),
        ],
        silent=[lambda: january(2022), lambda: after_a_year(friends=9, strangers=90)],
    ),
    "clean_sweep": Case(
        examples=[
            Example(
                listens=lambda: two_years_of_fifty(kept=6),
                value=88 / 94,
                facts={
                    "year": 2023,
                    "before": 2022,
                    "kept": 6,
                    "compared": 50,
                    "distance": 88 / 94,
                },
            ),
        ],
        silent=[
            lambda: spread(in_turn(FRIENDS, 50), date(2023, 1, 1), date(2023, 12, 31))
        ],
    ),
    "same_again": Case(
        examples=[
            Example(
                listens=lambda: two_years_of_fifty(kept=40),
                value=20 / 60,
                facts={
                    "year": 2023,
                    "before": 2022,
                    "kept": 40,
                    "compared": 50,
                    "distance": 20 / 60,
                },
            ),
        ],
        silent=[lambda: spread([WATERLOO] * 50, date(2022, 1, 1), date(2023, 12, 31))],
    ),
    "dynasty": Case(
        examples=[
            Example(
                listens=lambda: reigns("Abba", "Abba", "Blur", "Abba", "Abba"),
                value=4,
                facts={"artist": "Abba", "reign": 4, "years": 5},
            ),
        ],
        silent=[
            lambda: reigns("Abba", "Abba"),
            lambda: [
                *reigns("Abba", "Abba"),
                *spread([WATERLOO] * 99, date(2021, 1, 1), date(2021, 12, 31)),
            ],
        ],
    ),
    "crown_changes": Case(
        examples=[
            Example(
                listens=lambda: reigns("Abba", "Blur", "Blur", "Cher"),
                value=3 / 4,
                facts={
                    "years": 4,
                    "leaders": 3,
                    "first": "Abba",
                    "next": "Blur",
                    "last": "Cher",
                },
            )
        ],
        silent=[
            lambda: reigns("Abba", "Blur"),
            lambda: reigns("Abba", "Blur", "Cher", "Blur"),
        ],
    ),
    "year_that_changed": Case(
        examples=[
            Example(
                listens=lambda: [
                    row
                    for year, names in enumerate(
                        ("Old", "Old", "New", "New", "New"), 2019
                    )
                    for row in spread(
                        group(names, 20) * 5, date(year, 1, 1), date(year, 12, 31)
                    )
                ],
                value=1.0,
                facts={
                    "year": 2021,
                    "before": 2020,
                    "kept": 0,
                    "compared": 20,
                    "top": "New 001",
                    "top_before": "Old 001",
                },
            )
        ],
        silent=[lambda: reigns("Abba", "Blur", "Cher")],
    ),
}


@each((*FAVOURITES_BY_YEAR, *NOVELTY))
def test_a_rule_finds_what_its_examples_show(rule: Rule) -> None:
    assert_finds(rule, CASES[rule.name])


@each((*FAVOURITES_BY_YEAR, *NOVELTY))
def test_a_rule_is_silent_where_there_is_too_little(rule: Rule) -> None:
    assert_silent(rule, CASES[rule.name])
