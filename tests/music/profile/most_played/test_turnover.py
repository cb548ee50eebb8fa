from tests.music.profile.histories import Listen, about, listen, profile_of
from unwrapped.music.profile.most_played.turnover import Turnover


def year_of(year: int, artists: range, plays: int = 1) -> list[Listen]:
    return [
        listen(f"{year}-03-01T{hour:02}:{artist % 60:02}", f"Artist {artist:03}/Song")
        for artist in artists
        for hour in range(plays)
    ]


def test_turnover_is_the_jaccard_distance_of_two_years() -> None:
    rows = year_of(2023, range(12)) + year_of(2024, range(8, 20))
    assert profile_of(rows).turnover == [
        Turnover(year=2024, previous=2023, distance=about(0.8), kept=4, compared=12)
    ]  # 4 of 20 artists are in both


def test_years_with_fewer_than_ten_artists_are_not_compared() -> None:
    assert (
        profile_of(year_of(2023, range(9)) + year_of(2024, range(10))).turnover is None
    )
    assert (
        profile_of(year_of(2023, range(10)) + year_of(2024, range(9))).turnover is None
    )
    assert profile_of(year_of(2023, range(10)) + year_of(2024, range(10))).turnover


def test_years_with_a_gap_between_them_are_not_compared() -> None:
    rows = year_of(2022, range(10)) + year_of(2024, range(10))
    assert profile_of(rows).turnover is None


def test_the_fifty_most_played_are_compared_and_ties_sorted_alphabetically() -> None:
    # The last of 60, played twice, comes in; of the others 000 to 048 do.
    before = year_of(2023, range(60)) + year_of(2023, range(59, 60))
    now = year_of(2024, range(49)) + year_of(2024, range(59, 60), plays=3)
    assert profile_of(before + now).turnover == [
        Turnover(year=2024, previous=2023, distance=0.0, kept=50, compared=50)
    ]


def test_a_period_compares_its_years_with_the_years_before() -> None:
    rows = [
        *year_of(2022, range(10)),
        *year_of(2023, range(10)),
        *year_of(2024, range(10, 20)),
        listen("2024-12-31T10:00", "Artist 010/Song"),
    ]
    assert profile_of(rows, "2024-12").turnover == [
        Turnover(year=2024, previous=2023, distance=1.0, kept=0, compared=10)
    ]
    assert [one.year for one in profile_of(rows).turnover or []] == [2023, 2024]
