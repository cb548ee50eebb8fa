import polars as pl
import pytest

from tests.music.profile.histories import listen, profile_of
from unwrapped.music.profile.most_played.artist_words import (
    KINDS,
    ArtistWord,
    find_artist_words,
)


def test_the_most_played_artist_with_a_word_of_each_kind_is_found() -> None:
    rows = [
        listen(f"2025-01-01T{number:02}:00", f"{artist}/Waterloo")
        for number, artist in enumerate(
            ["Queen", "King Crimson", "King Crimson", "Coldplay"]
        )
    ]
    assert profile_of(rows).charts.artist_words == [
        ArtistWord(kind="royal", artist="King Crimson", plays=2)
    ]


@pytest.mark.parametrize(
    ("artist", "kinds"),
    [
        ("THE KILLERS", ["dangerous"]),
        ("Cold War Kids", ["cold", "young"]),
        ("Kingmaker", []),
        ("椎名林檎", []),
        ("...And You Will Know Us by the Trail of Dead", ["dead"]),
    ],
)
def test_words_are_whole_words_in_any_case(artist: str, kinds: list[str]) -> None:
    ranked = pl.DataFrame({"artist": [artist], "plays": [1]})
    assert sorted(word.kind for word in find_artist_words(ranked)) == kinds


def test_each_word_belongs_to_one_kind() -> None:
    words = [word for kind in KINDS.values() for word in kind]
    assert len(set(words)) == len(words)
