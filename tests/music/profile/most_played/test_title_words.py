import polars as pl
import pytest

from tests.music.profile.histories import listen, profile_of
from unwrapped.music.profile.most_played.title_words import TitleWord, find_words


def found_in(*titles: str) -> list[TitleWord]:
    rows = [
        listen(f"2025-01-01T{number:02}:00", f"Abba/{title}")
        for number, title in enumerate(titles)
    ]
    return profile_of(rows).charts.words


def test_words_in_titles_are_whole_words_in_any_case() -> None:
    assert found_in("Sorry, SORRY", "Sorry, SORRY", "I'm sorry", "Unsorry Beloved") == [
        TitleWord(word="sorry", tracks=2, artist="Abba", title="Sorry, SORRY", plays=2)
    ]


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Dreaming of Dreams", ["dream"]),
        ("Forget Me", ["forget"]),
        ("Don't Forget", []),
        ("Don’t Forget", []),
        ("I Will Never Forget", []),
        ("Not To Forget", []),
        ("Knot to Forget", ["forget"]),
        ("Rain - Home Demo", ["rain"]),
        ("Rain (feat. Love Machine) [Night Mix]", ["rain"]),
        ("Rain ft. Love Machine", ["rain"]),
        ("Rain [with Love Machine] in the Night", ["night", "rain"]),
        ("Rain with Love", ["love", "rain"]),
        ("Gift of Love", ["love"]),
    ],
)
def test_a_title_is_read_without_guests_and_versions(
    title: str, words: list[str]
) -> None:
    ranked = pl.DataFrame({"artist": ["Abba"], "title": [title], "plays": [1]})
    assert [entry.word for entry in find_words(ranked)] == words
