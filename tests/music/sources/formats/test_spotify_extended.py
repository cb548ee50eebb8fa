"""Traps of the extended history: formats.md C1."""

from pathlib import Path

import pytest

from tests.exports import (
    Row,
    as_json,
    extended_row,
    history_at,
    history_of,
    played,
    track,
    write_json,
)

PLAYED_ONCE = [("2023-05-01 09:59:30", 30_000, "Artist", "Song")]

AUDIOBOOK_KEYS = {
    "audiobook_title",
    "audiobook_uri",
    "audiobook_chapter_uri",
    "audiobook_chapter_title",
}


def without(*keys: str) -> Row:
    return {key: value for key, value in extended_row().items() if key not in keys}


def row_of_2023() -> Row:
    row = without("ip_addr", *AUDIOBOOK_KEYS)
    return row | {
        "username": "somebody",
        "ip_addr_decrypted": "192.0.2.1",
        "user_agent_decrypted": "unknown",
    }


KEY_SETS = {
    21: row_of_2023(),
    19: without(*AUDIOBOOK_KEYS),
    23: extended_row(),
    22: without("ip_addr"),
}


@pytest.mark.parametrize("keys", KEY_SETS)
def test_every_set_of_keys_that_spotify_has_used_is_read(
    tmp_path: Path, keys: int
) -> None:
    assert len(KEY_SETS[keys]) == keys
    history = history_of(tmp_path, [KEY_SETS[keys]])
    assert played(history) == PLAYED_ONCE
    assert history.listens["album"].to_list() == ["Album"]
    assert history.listens["source"].to_list() == ["spotify_extended"]


def test_keys_in_any_order_and_unknown_keys(tmp_path: Path) -> None:
    row = dict(sorted(extended_row().items(), reverse=True))
    odd = {"new_in_2031": {"deep": [1, {"ts": "no"}]}}
    assert played(history_of(tmp_path, [odd | row])) == PLAYED_ONCE


def test_rows_may_lack_keys(tmp_path: Path) -> None:
    bare = {"ts": "2023-05-01T10:00:00Z", "master_metadata_track_name": "Song"}
    history = history_of(tmp_path, [bare])
    assert history.listens.rows(named=True) == [
        {
            "started_at": history.listens["started_at"][0],
            "ms_played": None,
            "track": 1,
            "artist": "Unknown Artist",
            "title": "Song",
            "album": None,
            "source": "spotify_extended",
            "reason_end": None,
            "skipped": None,
            "shuffle": None,
        }
    ]
    assert played(history) == [("2023-05-01 10:00:00", None, "Unknown Artist", "Song")]


def test_empty_strings_are_read_as_unknown_flags(tmp_path: Path) -> None:
    row = extended_row(
        offline="", offline_timestamp="", incognito_mode="", skipped="", shuffle=""
    )
    history = history_of(tmp_path, [row])
    assert played(history) == PLAYED_ONCE
    assert history.listens.select("skipped", "shuffle").rows() == [(None, None)]


@pytest.mark.parametrize(
    "name",
    [
        "endsong_0.json",
        "Streaming_History_Audio_2023.json",
        "Streaming_History_Audio_2022-2023_4.json",
        "2023_0.json",
        "my plays.txt",
        "no-extension",
    ],
)
def test_the_name_of_the_file_does_not_matter(tmp_path: Path, name: str) -> None:
    file = write_json(tmp_path / name, [extended_row()])
    assert played(history_at(file)) == PLAYED_ONCE


@pytest.mark.parametrize(
    "value", [0, 1_682_935_170_000, 1_682_935_170, 1_500_000_000, None, -1, "x", 1.5]
)
def test_offline_timestamp_moves_nothing(tmp_path: Path, value: object) -> None:
    rows = [extended_row(offline_timestamp=value)]
    assert played(history_of(tmp_path, rows)) == PLAYED_ONCE


def test_rows_that_differ_only_in_offline_timestamp_are_one_listen(
    tmp_path: Path,
) -> None:
    rows = [extended_row(offline_timestamp=0), extended_row(offline_timestamp=1)]
    history = history_of(tmp_path, rows)
    assert played(history) == PLAYED_ONCE
    assert history.books.total.known == 1


@pytest.mark.parametrize(
    ("value", "read"),
    [(None, None), (True, True), (False, False), (0, False), (1, True), (2, None)],
)
def test_skipped_and_shuffle_are_true_false_or_unknown(
    tmp_path: Path, value: object, read: bool | None
) -> None:
    history = history_of(tmp_path, [extended_row(skipped=value, shuffle=value)])
    assert history.listens.select("skipped", "shuffle").rows() == [(read, read)]


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("fwdbtn", "fwdbtn"),
        ("unexpected-exit-while-paused", "unexpected-exit-while-paused"),
        ("a reason of 2031", "a reason of 2031"),
        ("", None),
        (None, None),
    ],
)
def test_reason_end_may_be_any_text(
    tmp_path: Path, value: str | None, read: str | None
) -> None:
    history = history_of(tmp_path, [extended_row(reason_end=value)])
    assert history.listens["reason_end"].to_list() == [read]


def test_a_play_of_zero_milliseconds_is_kept(tmp_path: Path) -> None:
    history = history_of(tmp_path, [extended_row(ms_played=0)])
    assert played(history) == [("2023-05-01 10:00:00", 0, "Artist", "Song")]


def test_private_sessions_count(tmp_path: Path) -> None:
    history = history_of(tmp_path, [extended_row(incognito_mode=True)])
    assert played(history) == PLAYED_ONCE


def test_a_blank_uri_names_no_recording(tmp_path: Path) -> None:
    rows = [track("A", "One", ""), track("A", "Two", ""), track("A", "Two", None)]
    history = history_of(tmp_path, rows)
    assert [title for _, _, _, title in played(history)] == ["One", "Two"]


def test_podcasts_and_audiobooks_among_the_music_are_set_aside(tmp_path: Path) -> None:
    nameless = {
        "master_metadata_track_name": None,
        "master_metadata_album_artist_name": None,
        "master_metadata_album_album_name": None,
        "spotify_track_uri": None,
    }
    rows = [
        extended_row(**nameless, episode_name="E", episode_show_name="S"),
        extended_row(**nameless, spotify_episode_uri="spotify:episode:1"),
        extended_row(**nameless, audiobook_title="B"),
        extended_row(**nameless, audiobook_uri="spotify:show:1"),
        extended_row(**nameless),
        extended_row(),
    ]
    history = history_of(tmp_path, rows)
    assert played(history) == PLAYED_ONCE
    assert history.books.total.set_aside == {
        "podcast": 2,
        "audiobook": 2,
        "no_track": 1,
    }


def test_tracks_in_a_video_file_count(tmp_path: Path) -> None:
    name = "Streaming_History_Video_2022-2023.json"
    write_json(tmp_path / name, [extended_row(), extended_row(ms_played=0)])
    assert played(history_at(tmp_path)) == [
        ("2023-05-01 09:59:30", 30_000, "Artist", "Song"),
        ("2023-05-01 10:00:00", 0, "Artist", "Song"),
    ]


def test_pretty_printed_as_spotify_writes_it(tmp_path: Path) -> None:
    rows = [extended_row(), extended_row(ms_played=1_000)]
    (tmp_path / "a.json").write_bytes(as_json(rows, indent=2))
    assert len(played(history_at(tmp_path))) == 2
