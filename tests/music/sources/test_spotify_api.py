"""Traps in the plays of the Web API: formats.md, “Spotify Web API”."""

import pytest

from tests.exports import Played, Row, api_row, played
from unwrapped.music.history.building import History, build_history, prepare_rows
from unwrapped.music.sources.upload_reading import read_recently_played

ONCE: list[Played] = [("2023-05-01 10:00:00", None, "Artist", "Song")]


def history_of(*items: object) -> History:
    return build_history(read_recently_played(list(items)))


def test_a_play_is_read_with_all_of_its_members() -> None:
    history = history_of(api_row())
    (listen,) = history.listens.rows(named=True)
    assert listen["started_at"].microsecond == 123_000
    del listen["started_at"]
    assert listen == {
        "ms_played": None,
        "track": 1,
        "artist": "Artist",
        "title": "Song",
        "album": "Album",
        "source": "spotify_api",
        "reason_end": None,
        "skipped": None,
        "shuffle": None,
    }


@pytest.mark.parametrize(
    "at",
    [
        "2023-05-01T10:00:00Z",
        "2023-05-01T10:00:00.1Z",
        "2023-05-01T10:00:00.123456Z",
        "2023-05-01T12:00:00.000+02:00",
    ],
)
def test_times_of_any_precision_are_read(at: str) -> None:
    assert played(history_of(api_row(played_at=at))) == ONCE


def named(*names: str) -> list[Row]:
    return [{"name": name} for name in names]


@pytest.mark.parametrize(
    ("album", "artists", "shown"),
    [
        (named("Various Artists"), named("Guest"), "Various Artists"),
        (named("One", "Two"), named("Two", "One"), "One"),
        ([], named("One", "Two"), "One"),
        (None, named("One"), "One"),
        ([None], named("One"), "One"),
        ([{"name": ""}], named("One"), "One"),
        ("One", {"name": "One"}, "Unknown Artist"),
        (None, [], "Unknown Artist"),
        (None, ["One"], "Unknown Artist"),
        (named("1"), None, "1"),
        ([{"name": 1975}], None, "1975"),
    ],
)
def test_the_artist_is_the_first_one_of_the_album(
    album: object, artists: object, shown: str
) -> None:
    row = api_row(album={"name": "LP", "artists": album}, artists=artists)
    assert [artist for _, _, artist, _ in played(history_of(row))] == [shown]


@pytest.mark.parametrize("album", [None, {}, [], "LP", {"name": None}, {"name": []}])
def test_an_album_without_a_name_is_unknown(album: object) -> None:
    history = history_of(api_row(album=album))
    assert history.listens["album"].to_list() == [None]
    assert played(history) == ONCE


def test_a_local_file_is_a_track_like_any_other() -> None:
    uri = "spotify:local:Artist:LP:Song:203"
    row = api_row(uri=uri, id=None, is_local=True, album={"name": "LP"})
    assert played(history_of(row)) == ONCE


NO_LISTENS: list[tuple[object, str]] = [
    (None, "no_track"),
    ("play", "no_track"),
    ([], "no_track"),
    ({}, "no_track"),
    ({"played_at": "2023-05-01T10:00:00Z"}, "no_track"),
    (api_row() | {"track": None}, "no_track"),
    (api_row() | {"track": []}, "no_track"),
    (api_row(title=None), "no_track"),
    (api_row(title=" \u200b"), "no_track"),
    (api_row(name={"de": "Lied"}), "no_track"),
    (api_row("Unknown Artist", "Unknown Track"), "no_track"),
    (api_row(type="episode", uri="spotify:episode:1"), "podcast"),
    (api_row(type=None, uri="spotify:episode:1"), "podcast"),
    (api_row(type="chapter"), "audiobook"),
    (api_row(played_at=None), "bad_date"),
    (api_row(played_at=1_682_935_200_000), "bad_date"),
    (api_row(played_at="yesterday"), "bad_date"),
    (api_row(played_at="1970-01-01T00:00:00Z"), "bad_date"),
    (api_row(played_at="9999-01-01T00:00:00Z"), "bad_date"),
    (api_row(played_at=True), "bad_date"),
]


def test_items_that_are_not_listens_are_set_aside() -> None:
    for reason in {reason for _, reason in NO_LISTENS}:
        items = [item for item, why in NO_LISTENS if why == reason]
        history = history_of(*items, api_row())
        assert history.books.total.set_aside == {reason: len(items)}
        assert played(history) == ONCE


def test_odd_members_do_not_matter() -> None:
    odd = api_row(type=7, uri=None, id=[], duration_ms="long") | {"context": 5}
    assert played(history_of(odd)) == ONCE
    assert played(history_of(api_row(uri="no colon", type=None))) == ONCE


def test_names_that_are_not_text_are_unknown() -> None:
    history = history_of(api_row("A\x00", "\ud800"))
    assert played(history)[0][2:] == ("A\ufffd", "\ufffd")


def test_a_play_that_is_returned_twice_is_one_listen() -> None:
    history = history_of(api_row(), api_row(), api_row(uri="spotify:track:2"))
    assert history.books.total.stored == 2
    assert history.books.total.known == 1


def test_an_answer_without_items_is_an_empty_history() -> None:
    assert history_of().listens.is_empty()


def test_many_rows_without_a_date_are_not_damage() -> None:
    prepared = prepare_rows(read_recently_played([api_row(played_at="x")] * 50))
    assert prepared.listens.is_empty()
    assert prepared.tally.aside == {0: {"bad_date": 50}}
