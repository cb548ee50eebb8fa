"""Histories in which a figure is far from ordinary and yet shows no habit."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from tests.music.critic.rules.cases import (
    FRIENDS,
    WATERLOO,
    days_from,
    group,
    in_turn,
    logged,
    play,
    profile_in_berlin,
    sitting,
    sittings,
    songs,
    spread,
)
from tests.music.profile.histories import Listen
from unwrapped.music.critic.house_critic import HouseCritic
from unwrapped.music.critic.rules import RULES
from unwrapped.music.critic.weighing import weigh

MONDAY, SATURDAY = date(2024, 1, 1), date(2024, 1, 6)


def whole(year: int, tracks: list[str]) -> list[Listen]:
    return spread(tracks, date(year, 1, 1), date(year, 12, 31))


def of_unknown_length(rows: list[Listen]) -> list[Listen]:
    return [replace(row, ms_played=None) for row in rows]


def even_days(first: date, days: int) -> list[Listen]:
    """The same twenty plays a day."""
    return sittings(days_from(first, days), a_day=20)


def asleep_from_midnight_to_three() -> list[Listen]:
    """A play in every hour but these three."""
    return [
        play(day, hour, FRIENDS[hour % 10])
        for day in days_from(MONDAY, 10)
        for hour in range(3, 24)
    ]


def eight_artists() -> list[Listen]:
    """There is nobody beyond the ten most played."""
    return whole(2024, [WATERLOO] * 1000 + group("Guest", 7))


def three_known_lengths() -> list[Listen]:
    return [
        *of_unknown_length(whole(2024, in_turn(FRIENDS, 300))),
        *sitting(MONDAY, songs("Abba", 3), hour=18, minutes=2),
    ]


def one_known_length() -> list[Listen]:
    return [
        *of_unknown_length(whole(2024, in_turn(FRIENDS, 300))),
        *sitting(MONDAY, [WATERLOO], hour=18, minutes=11),
    ]


def one_known_album() -> list[Listen]:
    return [
        *whole(2024, in_turn(FRIENDS, 300)),
        *logged(sitting(MONDAY, songs("Abba", 5), hour=18), album="Arrival"),
    ]


def four_of_fourteen_years() -> list[Listen]:
    rows = []
    for year in range(2008, 2022):
        top = "Abba" if year < 2012 else f"Top of {year}"
        rows += whole(year, [f"{top}/Song"] * 40 + group("Friend", 4) * 15)
    return rows


def twenty_days_of_the_new_year() -> list[Listen]:
    """Ten artists so far, who were played as much as fifty others last year."""
    sixty = group("Artist", 60)
    return [
        *whole(2023, in_turn(sixty, 1200)),
        *spread(in_turn(sixty[45:55], 60), date(2024, 1, 1), date(2024, 1, 20)),
    ]


def settled_since_january() -> list[Listen]:
    """Five friends on New Year's Day, ten more from 21 January to 20 April."""
    met = date(2024, 1, 21)
    return [
        *sittings([MONDAY], a_day=5),
        *spread(in_turn(group("Settled", 10), 1200), met, date(2024, 4, 20)),
    ]


def settled_since_last_march() -> list[Listen]:
    """January and February with ten friends, then a year with the same forty."""
    return [
        *spread(in_turn(FRIENDS, 100), date(2023, 1, 1), date(2023, 2, 28)),
        *spread(
            in_turn(group("Settled", 40), 2000), date(2023, 3, 1), date(2024, 2, 28)
        ),
    ]


def lengths_known_from_2023_on() -> list[Listen]:
    """The same number of plays in both years."""
    return [
        *of_unknown_length(whole(2022, in_turn(FRIENDS, 300))),
        *whole(2022, FRIENDS),
        *whole(2023, in_turn(FRIENDS, 310)),
    ]


def stopped_before_the_end() -> list[Listen]:
    """No play is skipped, and none is played to its end."""
    return logged(whole(2024, in_turn(FRIENDS, 300)), reason_end="endplay")


@pytest.mark.parametrize(
    ("name", "history"),
    [
        pytest.param("round_the_clock", asleep_from_midnight_to_three),
        pytest.param("day_of_days", lambda: even_days(MONDAY, 8)),
        pytest.param("weekender", lambda: even_days(SATURDAY, 9)),
        pytest.param("weekday_worker", lambda: even_days(MONDAY, 12)),
        pytest.param("winner_takes_it", eight_artists),
        pytest.param("short_songs", three_known_lengths),
        pytest.param("epics", one_known_length),
        pytest.param("slow_burn", one_known_length),
        pytest.param("albumist", one_known_album),
        ("album_of_the_house", one_known_album),
        pytest.param("dynasty", four_of_fourteen_years),
        pytest.param("clean_sweep", twenty_days_of_the_new_year),
        pytest.param("explorer", settled_since_january),
        pytest.param("fresh_faces", settled_since_last_march),
        pytest.param("growing", lengths_known_from_2023_on),
        pytest.param("patient", stopped_before_the_end),
    ],
)
def test_does_not_fire(name: str, history: Callable[[], list[Listen]]) -> None:
    rule = next(rule for rule in RULES if rule.name == name)
    profile = profile_in_berlin(history())
    fired = [one.rule.name for one in weigh(profile, [rule]) if one.fires]
    assert fired == []


def test_single_plays_of_unknown_length_are_judged() -> None:
    """Their sessions have length 0, which has no logarithm."""
    rows = [
        play(day, 9 + 2 * i, FRIENDS[(4 * number + i) % 10], minutes=None)
        for number, day in enumerate(days_from(MONDAY, 30))
        for i in range(4)
    ]
    assert HouseCritic().judge(profile_in_berlin(rows)).observations
