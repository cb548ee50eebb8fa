import math

import polars as pl

from tests.music.profile.histories import Listen, about, listen, profile_of
from unwrapped.music.profile.diversity import Diversity, measure_diversity


def plays(counts: dict[str, int]) -> list[Listen]:
    artists = [artist for artist, count in counts.items() for _ in range(count)]
    return [
        listen(f"2025-01-01T10:{i:02}", f"{artist}/Song", minutes=1)
        for i, artist in enumerate(artists)
    ]


def test_diversity_of_four_plays_of_three_artists() -> None:
    assert profile_of(plays({"Abba": 2, "Queen": 1, "Zappa": 1})).artists == Diversity(
        richness=3,
        effective=about(2**1.5),
        dominant=about(8 / 3),  # 1 / (1/4 + 1/16 + 1/16)
        shannon=about(1.5 * math.log(2)),
        gini=about(1 / 6),  # 4 of the 9 pairs differ by 1; 4 / (2 · 9 · 4/3)
        top_share=0.5,
        top10_share=1.0,
        half=1,
        once_share=about(2 / 3),
    )


def test_one_artist_has_the_least_diversity() -> None:
    assert profile_of(plays({"Abba": 7})).artists == Diversity(
        richness=1,
        effective=1.0,
        dominant=1.0,
        shannon=0.0,
        gini=0.0,
        top_share=1.0,
        top10_share=1.0,
        half=1,
        once_share=0.0,
    )


def test_ten_of_twelve_artists_are_the_top_ten() -> None:
    spread = profile_of(plays({f"Artist {i}": 1 + (i < 8) for i in range(12)})).artists
    assert spread.richness == 12
    assert spread.top10_share == about(18 / 20)
    assert spread.top_share == about(2 / 20)
    assert spread.once_share == about(4 / 12)
    assert spread.half == 5


def test_tracks_with_the_same_title_by_two_artists_are_two() -> None:
    profile = profile_of(
        [
            listen("2025-01-01T10:00", "Abba/Intro"),
            listen("2025-01-01T11:00", "Queen/Intro"),
        ]
    )
    assert profile.tracks.richness == 2
    assert profile.tracks.effective == about(2)


def test_equal_plays_have_no_gini_and_no_share_above_one() -> None:
    for kinds in range(1, 60):
        spread = measure_diversity(pl.Series([1] * kinds, dtype=pl.UInt32))
        assert spread.effective == about(kinds)
        assert spread.dominant == about(kinds)
        assert 0 <= spread.gini < 1e-12
        assert spread.top10_share <= 1
