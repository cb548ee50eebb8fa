"""Traps of ListenBrainz' exports."""

import json
from pathlib import Path

import pytest

from tests.exports import Row, as_json, extended_row, history_at, make_zip, played
from tests.music.kits.listenbrainz import as_lines, listen_line
from unwrapped.music.sources.format import DamagedHistory
from unwrapped.music.sources.upload_reading import Upload, read_upload

AT = 1_720_000_000
START = "2024-07-03 09:46:40"
URL = "https://open.spotify.com/track/0123456789ABCDEFGHIJKL"
URI = "spotify:track:0123456789ABCDEFGHIJKL"


def upload_of(folder: Path, *lines: object) -> Upload:
    (folder / "1.jsonl").write_bytes(as_lines(lines))
    return read_upload([folder])


def log_of(folder: Path, **info: object) -> str:
    (log,) = upload_of(folder, listen_line(**info)).rows["log"]
    return str(log)


def test_the_files_of_the_zip_are_recognised_by_their_content(tmp_path: Path) -> None:
    feedback = {
        "recording_msid": "x",
        "recording_mbid": None,
        "score": 1,
        "created": AT,
    }
    pinned = {"created": AT, "track_metadata": {"track_name": "Song"}}
    export = {
        "user.json": as_json({"user_id": 1, "username": "somebody"}),
        "listens/2024/": b"",
        "listens/2024/7.jsonl": as_lines([listen_line(AT)]),
        "listens/2024/8.jsonl": as_lines([listen_line(AT + 300, title="Other")])[:-1],
        "feedback.jsonl": as_lines([feedback]),
        "pinned_recording.jsonl": as_lines([pinned]),
    }
    (tmp_path / "export.zip").write_bytes(make_zip(export))
    history = history_at(tmp_path)
    assert played(history) == [
        (START, None, "Artist", "Song"),
        ("2024-07-03 09:51:40", None, "Artist", "Other"),
    ]
    assert [Path(file.path).name for file in history.books.skipped] == [
        "feedback.jsonl",
        "pinned_recording.jsonl",
        "user.json",
    ]
    assert not any(file.warning for file in history.books.skipped)


@pytest.mark.parametrize("indent", [None, 2])
def test_the_older_export_is_an_array(tmp_path: Path, indent: int | None) -> None:
    rows = [listen_line(AT), listen_line(AT + 300)]
    (tmp_path / "somebody_lb-2024-07-03.json").write_bytes(as_json(rows, indent))
    assert len(history_at(tmp_path).listens) == 2


@pytest.mark.parametrize(
    ("info", "log"),
    [
        ({}, "listenbrainz"),
        ({"submission_client": "navidrome"}, "listenbrainz"),
        ({"submission_client": "ListenBrainz lastfm importer v2"}, "listenbrainz"),
        ({"submission_client": "listenbrainz"}, "listenbrainz"),
        (
            {"submission_client": "web-scrobbler", "music_service": "spotify.com"},
            "listenbrainz",
        ),
        (
            {"submission_client": "listenbrainz", "music_service": "spotify.com"},
            "listenbrainz_spotify",
        ),
        (
            {
                "submission_client": "ListenBrainz Archive Importer",
                "music_service": "spotify.com",
            },
            "listenbrainz_archive",
        ),
        ({"submission_client": "ListenBrainz Archive Importer"}, "listenbrainz"),
        ({"submission_client": "Mopidy-Listenbrainz"}, "listenbrainz_end"),
        ({"submission_client": "rescrobbled"}, "listenbrainz_end"),
        (
            {"submission_client": "other", "original_submission_client": "mopidy"},
            "listenbrainz_end",
        ),
        ({"submission_client": "not mopidy"}, "listenbrainz"),
    ],
)
def test_the_client_determines_what_its_times_mean(
    tmp_path: Path, info: dict[str, object], log: str
) -> None:
    assert log_of(tmp_path, **info) == log


def test_rows_of_several_logs_have_books_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_bytes(
        as_lines(
            [
                listen_line(AT),
                listen_line(AT, submission_client="mopidy", title=""),
                listen_line("nonsense", submission_client="mopidy"),
            ]
        )
    )
    books = history_at(tmp_path).books
    assert [(file.source, file.account.rows_read) for file in books.files] == [
        ("listenbrainz", 1),
        ("listenbrainz_end", 2),
    ]
    assert [file.account.set_aside for file in books.files] == [
        {},
        {"no_track": 1, "bad_date": 1},
    ]


def test_a_file_of_one_client_is_read_once(tmp_path: Path) -> None:
    """Its log is not the first one of the format."""
    (tmp_path / "x.jsonl").write_bytes(
        as_lines([listen_line(AT, submission_client="mopidy")])
    )
    books = history_at(tmp_path).books
    assert [(file.source, file.account.stored) for file in books.files] == [
        ("listenbrainz_end", 1)
    ]


@pytest.mark.parametrize(
    ("info", "ms", "length"),
    [
        ({}, None, None),
        ({"duration_ms": 180_000}, None, 180_000),
        ({"duration_ms": 180_000, "duration": 99}, None, 180_000),
        ({"duration": 180}, None, 180_000),
        ({"duration": "180.5"}, None, 180_500),
        ({"duration_played": 95}, 95_000, None),
        ({"ms_played": 95_123, "duration_played": 95}, 95_123, None),
        ({"duration_ms": "3:00", "ms_played": -1}, None, None),
        ({"duration_ms": 0, "ms_played": 2**31}, None, None),
        ({"duration_ms": 1e300, "ms_played": True}, None, None),
        ({"duration_ms": ["180000"], "duration_played": {}}, None, None),
    ],
)
def test_the_length_of_a_track_is_not_the_time_played(
    tmp_path: Path, info: dict[str, object], ms: int | None, length: int | None
) -> None:
    rows = upload_of(tmp_path, listen_line(AT, **info)).rows
    assert rows.select("ms_played", "length_ms").rows() == [(ms, length)]


def test_two_msids_of_one_second_are_one_listen(tmp_path: Path) -> None:
    first, second = listen_line(AT), listen_line(AT, duration_ms=180_000)
    metadata = second["track_metadata"]
    assert isinstance(metadata, dict)
    metadata["recording_msid"] = "11111111-1111-1111-1111-111111111111"
    (tmp_path / "x.jsonl").write_bytes(as_lines([first, second]))
    history = history_at(tmp_path)
    assert len(history.listens) == 1
    assert history.books.total.known == 1


def _mapped(row: Row, artist: str) -> Row:
    metadata = row["track_metadata"]
    assert isinstance(metadata, dict)
    metadata["mbid_mapping"] = {
        "artists": [{"artist_credit_name": artist, "join_phrase": ""}],
        "recording_name": "Mapped",
        "recording_mbid": "22222222-2222-2222-2222-222222222222",
    }
    return row


def test_names_are_those_that_the_client_sent_and_not_those_of_the_mapping(
    tmp_path: Path,
) -> None:
    rows = [listen_line(AT), _mapped(listen_line(AT), "Mapped Artist")]
    (tmp_path / "x.jsonl").write_bytes(as_lines(rows))
    assert played(history_at(tmp_path)) == [(START, None, "Artist", "Song")]


@pytest.mark.parametrize(
    ("info", "uri"),
    [
        ({"spotify_id": URL}, URI),
        ({"spotify_id": URI}, URI),
        ({"origin_url": URL + "?si=1"}, URI),
        ({"origin_url": URL.replace("/track", "/intl-de/track")}, URI),
        ({"spotify_id": "", "origin_url": URL}, URI),
        ({"origin_url": "https://music.youtube.com/watch?v=x"}, None),
        ({"origin_url": URL.replace("track", "episode")}, None),
        ({"spotify_id": URL[:-1]}, None),
        ({"isrc": "DEUM71807062", "recording_mbid": "x"}, None),
        ({"spotify_id": 5}, None),
    ],
)
def test_a_track_of_spotify_is_identified_by_its_uri(
    tmp_path: Path, info: dict[str, object], uri: str | None
) -> None:
    (spelling,) = upload_of(tmp_path, listen_line(**info)).spellings.rows()
    assert spelling == (uri, "Artist", "Song", None)


@pytest.mark.parametrize(
    "info",
    [
        {"release_artist_names": ["Artist", "Guest"], "release_artist_name": "x"},
        {"release_artist_name": "Artist"},
        {"release_artist_names": [], "release_artist_name": "Artist"},
    ],
)
def test_a_track_of_spotify_is_the_same_as_in_the_export_of_spotify(
    tmp_path: Path, info: dict[str, object]
) -> None:
    """The export names the artist of the album, ListenBrainz those of the track."""
    line = listen_line(AT, "Artist, Guest", "Song", "LP", spotify_id=URL, **info)
    (tmp_path / "x.jsonl").write_bytes(as_lines([line]))
    (tmp_path / "x.json").write_bytes(
        as_json([extended_row(spotify_track_uri=URI, ts="2020-01-01T00:00:00Z")])
    )
    listens = history_at(tmp_path).listens
    assert listens["track"].n_unique() == 1
    assert listens["artist"].unique().to_list() == ["Artist"]


def test_long_lines_are_read(tmp_path: Path) -> None:
    lines = [
        listen_line(AT + n, tags=["x" * 1_000] * 200, title=f"{n}") for n in range(30)
    ]
    assert len(upload_of(tmp_path, *lines).rows) == 30


def test_rows_of_wrong_clocks_and_rows_without_names_are_set_aside(
    tmp_path: Path,
) -> None:
    rows: list[object] = [
        listen_line(0),
        listen_line(-1_000_000),
        listen_line(AT, title=""),
        listen_line(AT, title=None, artist=None),
        {"listened_at": AT, "track_metadata": None},
        [],
    ]
    lines = as_lines(rows) + b"no JSON\n" + as_lines([listen_line(AT)])
    (tmp_path / "x.jsonl").write_bytes(lines)
    history = history_at(tmp_path)
    assert history.books.total.set_aside == {
        "wrong_clock": 2,
        "no_track": 3,
        "no_object": 2,
    }
    assert len(history.listens) == 1


def test_a_last_line_that_is_cut_off_is_damage(tmp_path: Path) -> None:
    lines = as_lines([listen_line(AT), listen_line(AT)])
    (tmp_path / "x.jsonl").write_bytes(lines[:-20])
    with pytest.raises(DamagedHistory, match="cut off or damaged after row 1"):
        read_upload([tmp_path])


def test_names_that_do_not_match_their_type_are_repaired(tmp_path: Path) -> None:
    line = json.dumps(listen_line(AT, title=1989, artist="\ud83d\ude00"))
    (tmp_path / "x.jsonl").write_text(line)
    assert played(history_at(tmp_path)) == [(START, None, "\U0001f600", "1989")]
