from datetime import date

from tests.music.profile.histories import Listen, about, listen, profile_of
from unwrapped.music.profile.artists.own_times import DayOfOne, Haunt, MonthOfOne
from unwrapped.music.profile.artists.pairs import Pair


def on_days(
    artist: str, days: list[int], hour: int = 12, a_day: int = 1
) -> list[Listen]:
    """Plays of an artist on these days of January 2025."""
    return [
        listen(f"2025-01-{day:02}T{hour:02}:{3 * i:02}", f"{artist}/Song")
        for day in days
        for i in range(a_day)
    ]


def test_pairs_are_compared_by_their_shared_days() -> None:
    rows = [
        *on_days("Abba", [1, 2, 3, 4]),
        *on_days("Queen", [5, 6, 7, 8], hour=13),
        *on_days("Zappa", [1, 2, 3, 5], hour=14),
    ]
    company = profile_of(rows).company
    assert company.strangers == Pair(
        one="Abba",
        other="Queen",
        one_days=4,
        other_days=4,
        shared_days=0,
        expected_days=about(2.0),
    )
    assert company.inseparable == Pair(
        one="Abba",
        other="Zappa",
        one_days=4,
        other_days=4,
        shared_days=3,
        expected_days=about(2.0),
    )


def test_a_haunt_is_the_time_with_the_highest_share() -> None:
    rows = [
        *on_days("Abba", [6], hour=3, a_day=10),
        *on_days("Abba", [7], hour=12, a_day=15),
        *on_days("Abba", [7], hour=20, a_day=15),
        *on_days("Abba", [8], hour=20, a_day=10),
        *on_days("Queen", [6], hour=3, a_day=15),  # under 50 plays
        *on_days("Zappa", [4, 5], hour=12, a_day=12),
        *on_days("Zappa", [6, 7], hour=7, a_day=15),
    ]
    company = profile_of(rows).company
    assert company.night == Haunt(artist="Abba", plays=50, inside=10)
    assert company.morning == Haunt(artist="Zappa", plays=54, inside=30)
    assert company.weekend == Haunt(artist="Zappa", plays=54, inside=24)


def test_the_day_and_the_month_of_one_artist() -> None:
    rows = [
        *on_days("Abba", list(range(1, 20)), a_day=5),
        *on_days("Queen", [20], a_day=9),
        *on_days("Zappa", [20], hour=14, a_day=2),
        *(listen(f"2025-02-{day:02}T10:00", "Queen/Song") for day in range(1, 28)),
    ]
    company = profile_of(rows).company
    assert company.day_of_one == DayOfOne(
        artist="Queen", day=date(2025, 1, 20), plays=9, of_plays=11
    )
    assert company.month_of_one == MonthOfOne(
        artist="Abba", month=date(2025, 1, 1), plays=95, of_plays=106
    )
