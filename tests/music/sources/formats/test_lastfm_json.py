"""Traps of Last.fm's JSON: pages, lists, and the archive beside its tables."""

import json
from pathlib import Path

import pytest

from tests.exports import as_json, history_at, make_zip, played, write_json
from tests.music.sources.formats.test_lastfm_table import ARCHIVE
from unwrapped.music.sources.format import DamagedHistory
from unwrapped.music.sources.upload_reading import read_upload


def api_track(
    title: str = "Song", uts: int | None = 1_720_000_000
) -> dict[str, object]:
    """A track as Last.fm's API returns it; one without a time is playing."""
    track: dict[str, object] = {
        "artist": {"mbid": "", "#text": "Artist"},
        "album": {"mbid": "", "#text": "LP"},
        "image": [{"size": "small", "#text": ""}, {"size": "large", "#text": ""}],
        "name": title,
        "mbid": "",
        "url": "https://www.last.fm/music/Artist/_/Song",
    }
    if uts is None:
        return track | {"@attr": {"nowplaying": "true"}}
    return track | {"date": {"uts": str(uts), "#text": "03 Jul 2024, 09:46"}}


ATTR = {"user": "somebody", "page": "1", "perPage": "200", "total": "3"}
TRACKS = [api_track(), api_track("Other Song", 1_720_000_300)]
PLAYING = api_track("Playing Now", None)
ONE, OTHER = (
    ("2024-07-03 09:46:40", None, "Artist", "Song"),
    ("2024-07-03 09:51:40", None, "Artist", "Other Song"),
)
PAGES = [
    {"@attr": ATTR, "track": [PLAYING, TRACKS[0]]},
    {"track": [PLAYING, TRACKS[1]]},
]


@pytest.mark.parametrize(
    ("shape", "playing"),
    [
        (as_json(PAGES), 2),
        (as_json([{"recenttracks": page} for page in PAGES], indent=1), 2),
        (as_json({"recenttracks": {"track": [PLAYING, *TRACKS], "@attr": ATTR}}), 1),
        (b"\n".join(as_json({"recenttracks": page}) for page in PAGES), 2),
        (as_json([{"track": []}, {"track": [TRACKS[0]]}, {"track": TRACKS[1]}]), 0),
        (as_json([PLAYING, *TRACKS]), 1),
        (as_json([TRACKS[:1], TRACKS[1:]]), 0),
        (b"\n".join(map(as_json, [PLAYING, *TRACKS])), 1),
    ],
    ids=[
        "pages",
        "answers",
        "one",
        "lines of pages",
        "alone",
        "list",
        "lists",
        "lines",
    ],
)
def test_answers_of_the_api_are_read_in_every_shape(
    tmp_path: Path, shape: bytes, playing: int
) -> None:
    (tmp_path / "x").write_bytes(shape)
    history = history_at(tmp_path)
    assert played(history) == [ONE, OTHER]
    assert history.listens["album"].to_list() == ["LP", "LP"]
    assert history.books.total.set_aside == (
        {"now_playing": playing} if playing else {}
    )


@pytest.mark.parametrize(
    "shape",
    [
        {
            "username": "somebody",
            "scrobbles": [
                {
                    "track": "Song",
                    "artist": "Artist",
                    "album": "LP",
                    "albumId": "1",
                    "date": 1_720_000_000_000,
                }
            ],
        },
        [
            {
                "artist_name": "Artist",
                "track_name": "Song",
                "album_name": "LP",
                "timestamp_unix": 1_720_000_000,
                "mbid": "",
            }
        ],
    ],
)
def test_files_of_other_tools_are_read(tmp_path: Path, shape: object) -> None:
    write_json(tmp_path / "x", shape)
    assert played(history_at(tmp_path)) == [ONE]


def archive_row(title: str, unix: int) -> dict[str, object]:
    return {
        "timestamp": {"iso": "2013-12-31T23:59:59", "unixtimestamp": unix},
        "track": {"name": title, "mbid": "", "artist": {"name": "Artist", "mbid": ""}},
        "uncorrectedTrack": {"name": "Sogn", "artist": {"name": "Artsit"}},
        "album": {"name": "LP"},
        "application": {"name": "A player"},
    }


LAST_SECOND = ("2013-12-31 23:59:59", None, "Artist", "Song")


def test_the_archive_is_read_once_and_rows_that_are_not_plays_are_set_aside(
    tmp_path: Path,
) -> None:
    row = archive_row("Song", 1_388_534_399)
    archive = {
        "somebody/data/scrobbles.tsv": ARCHIVE.encode(),
        "somebody/json/bootstraps/bootstraps.json": as_json(
            [{"track": {}, "count": 9}]
        ),
        "somebody/json/loved/loved.json": as_json([row]),
        "somebody/json/scrobbles/scrobbles-2013-12.json": as_json([row, row]),
        "somebody/readme.txt": b"Hello",
    }
    (tmp_path / "archive.zip").write_bytes(make_zip(archive))
    history = history_at(tmp_path)
    assert played(history) == [LAST_SECOND]
    assert history.books.total.set_aside == {"not_a_play": 1}
    assert history.books.total.known == 1
    skipped = {Path(file.path).name: file for file in history.books.skipped}
    assert skipped.keys() == {"scrobbles.tsv", "bootstraps.json", "readme.txt"}
    assert "JSON, which is read" in skipped["scrobbles.tsv"].looks_like
    assert not any(file.warning for file in skipped.values())


def test_the_table_of_the_archive_is_read_if_its_json_is_missing(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "scrobbles.tsv").write_text(ARCHIVE)
    (folder / "loved.tsv").write_text(ARCHIVE)
    history = history_at(tmp_path)
    assert played(history) == [LAST_SECOND]
    assert history.books.total.set_aside == {"not_a_play": 1}


def test_rows_that_do_not_match_their_type_are_repaired(tmp_path: Path) -> None:
    odd = [
        TRACKS[0] | {"name": 1989},
        TRACKS[0] | {"artist": "Artist", "name": "As text"},
        TRACKS[0] | {"artist": {"#text": 5}, "album": None, "name": "A number"},
        TRACKS[0] | {"date": {"uts": 1_720_000_000}, "name": "As a number"},
        TRACKS[0] | {"date": ["x"], "name": "Without a time"},
        "a text",
    ]
    write_json(tmp_path / "x", [{"track": odd}])
    history = history_at(tmp_path)
    assert {(artist, title) for _, _, artist, title in played(history)} == {
        ("Artist", "1989"),
        ("Artist", "As text"),
        ("5", "A number"),
        ("Artist", "As a number"),
    }
    assert history.books.total.set_aside == {"now_playing": 1, "no_object": 1}


@pytest.mark.parametrize("cut", [1, 40, 400, 900])
def test_pages_that_are_cut_off_are_damage(tmp_path: Path, cut: int) -> None:
    whole = json.dumps(PAGES)
    (tmp_path / "x").write_text(whole[:-cut])
    with pytest.raises(DamagedHistory, match="cut off or damaged after row"):
        read_upload([tmp_path])
