"""Rules about shuffle, albums and the length of plays."""

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
    logged,
    sitting,
    songs,
    spread,
)
from tests.music.profile.histories import Listen
from unwrapped.music.critic.rule import Rule
from unwrapped.music.critic.rules.shuffle_and_albums import SHUFFLE_AND_ALBUMS

MAY, JUNE = date(2024, 5, 1), date(2024, 6, 1)


def plays(count: int, minutes: float | None = 3) -> list[Listen]:
    """Plays of ten friends in May, of this length."""
    return spread(in_turn(FRIENDS, count), MAY, date(2024, 5, 31), minutes)


def shuffled(on: int, off: int) -> list[Listen]:
    """Plays with shuffle on and off."""
    return [*logged(plays(on), shuffle=True), *logged(plays(off), shuffle=False)]


def arrivals(times: int, others: int, tracks: int = 5) -> list[Listen]:
    """An album in one go on `times` days, and other plays, each from another album."""
    album = songs("Abba", tracks)
    runs = [row for day in days_from(JUNE, times) for row in sitting(day, album)]
    return [*logged(runs, album="Arrival"), *logged(plays(others), album="Greatest")]


def epics(long: int) -> list[Listen]:
    """200 plays of three minutes, and `long` of fifteen."""
    return [*plays(200), *spread(["Can/Halleluwah"] * long, MAY, JUNE, minutes=15)]


CASES: dict[str, Case] = {
    "shuffler": Case(
        examples=[
            Example(
                listens=lambda: shuffled(on=140, off=60),
                value=0.70,
                facts={"share": 0.70, "rest": 0.30, "plays": 200},
            ),
        ],
        silent=[lambda: plays(300), lambda: shuffled(on=140, off=59)],
    ),
    "in_order": Case(
        examples=[
            Example(
                listens=lambda: shuffled(on=16, off=184),
                value=0.08,
                facts={"share": 0.08, "rest": 0.92, "plays": 200},
            ),
        ],
        silent=[lambda: plays(300), lambda: shuffled(on=16, off=183)],
    ),
    "albumist": Case(
        examples=[
            Example(
                listens=lambda: arrivals(times=8, others=160),
                value=40 / 200,
                facts={
                    "share": 0.20,
                    "artist": "Abba",
                    "album": "Arrival",
                    "times": 8,
                },
            ),
        ],
        silent=[lambda: plays(300), lambda: arrivals(times=10, others=160, tracks=4)],
    ),
    "epics": Case(
        examples=[
            Example(
                listens=lambda: epics(long=6),
                value=90 / 690,
                facts={
                    "long": 90 / 690,
                    "limit": 10,
                    "minutes": 15.0,
                    "artist": "Can",
                    "title": "Halleluwah",
                },
            ),
        ],
        silent=[lambda: plays(300, minutes=None)],
    ),
    "short_songs": Case(
        examples=[
            Example(
                listens=lambda: plays(200, minutes=2.5),
                value=2.5,
                facts={"median": 2.5},
            ),
        ],
        silent=[lambda: plays(300, minutes=None)],
    ),
    "album_of_the_house": Case(
        examples=[
            Example(
                listens=lambda: arrivals(times=10, others=150),
                value=0.25,
                facts={
                    "artist": "Abba",
                    "album": "Arrival",
                    "plays": 50,
                    "share": 0.25,
                },
            ),
        ],
        silent=[lambda: plays(300)],
    ),
    "slow_burn": Case(
        examples=[
            Example(
                listens=lambda: plays(200, minutes=4.5),
                value=4.5,
                facts={"median": 4.5},
            ),
        ],
        silent=[lambda: plays(300, minutes=None)],
    ),
}


@each(SHUFFLE_AND_ALBUMS)
def test_a_rule_finds_what_its_examples_show(rule: Rule) -> None:
    assert_finds(rule, CASES[rule.name])


@each(SHUFFLE_AND_ALBUMS)
def test_a_rule_is_silent_where_there_is_too_little(rule: Rule) -> None:
    assert_silent(rule, CASES[rule.name])
