"""Traps of the account data: formats.md C2."""

from pathlib import Path

import pytest

from tests.exports import account_row, history_at, history_of, played, write_json
from unwrapped.music.sources.upload_reading import read_upload

FOLDER = "Spotify Account Data"


def test_the_time_is_the_end_in_utc_cut_to_the_minute(tmp_path: Path) -> None:
    history = history_of(
        tmp_path, [account_row(endTime="2023-05-01 00:00", msPlayed=61_000)]
    )
    assert played(history) == [("2023-04-30 23:58:59", 61_000, "Artist", "Song")]
    assert history.listens.select("source", "album", "reason_end").rows() == [
        ("spotify_account", None, None)
    ]
    assert history.listens.select("skipped", "shuffle").rows() == [(None, None)]


@pytest.mark.parametrize(
    "name", ["StreamingHistory0.json", "StreamingHistory_music_0.json", "plays"]
)
def test_old_and_new_names_of_the_files_are_recognised(
    tmp_path: Path, name: str
) -> None:
    file = write_json(tmp_path / name, [account_row()])
    assert played(history_at(file)) == [
        ("2023-05-01 09:59:30", 30_000, "Artist", "Song")
    ]


def test_several_plays_in_a_minute_are_kept_and_one_is_not_lost(tmp_path: Path) -> None:
    rows = [account_row(msPlayed=ms) for ms in (0, 1_000, 2_000, 2_000)]
    history = history_of(tmp_path, rows)
    assert [ms for _, ms, _, _ in played(history)] == [2_000, 1_000, 0]
    assert history.books.total.known == 1


def test_podcast_and_audiobook_files_are_counted_and_set_aside(tmp_path: Path) -> None:
    podcast = {
        "endTime": "2023-05-01 10:00",
        "podcastName": "P",
        "episodeName": "E",
        "msPlayed": 5,
    }
    audiobook = {
        "endTime": "2023-05-01 10:00",
        "audiobookName": "B",
        "chapterName": "C",
        "authorName": "W",
        "msPlayed": 5,
    }
    folder = tmp_path / FOLDER
    write_json(folder / "StreamingHistory_audiobook_0.json", [audiobook])
    write_json(folder / "StreamingHistory_music_0.json", [account_row()])
    write_json(folder / "StreamingHistory_podcast_0.json", [podcast] * 3)
    history = history_at(tmp_path)
    assert [file.account.set_aside for file in history.books.files] == [
        {"audiobook": 1},
        {},
        {"podcast": 3},
    ]
    assert history.books.total.set_aside == {"podcast": 3, "audiobook": 1}
    assert history.books.skipped == []
    assert len(history.listens) == 1


def test_unknown_track_by_unknown_artist_is_set_aside(tmp_path: Path) -> None:
    rows = [
        account_row(artistName="Unknown Artist", trackName="Unknown Track"),
        account_row(artistName="", trackName="Unknown Track"),
        account_row(artistName="Unknown Artist", trackName="Real Song"),
        account_row(artistName="Real Artist", trackName="Unknown Track"),
        account_row(artistName="Artist", trackName=""),
        account_row(artistName="Artist", trackName=" \u200b "),
    ]
    history = history_of(tmp_path, rows)
    assert [(artist, title) for _, _, artist, title in played(history)] == [
        ("Real Artist", "Unknown Track"),
        ("Unknown Artist", "Real Song"),
    ]
    assert history.books.total.set_aside == {"no_track": 4}


PERSONAL: dict[str, object] = {
    "Follow.json": {"userIsFollowing": ["somebody"]},
    "Identity.json": {"displayName": "Somebody", "firstName": "Some"},
    "Inferences.json": {"inferences": ["1P_Custom_Audience"]},
    "Marquee.json": [{"artistName": "Artist", "segment": "Light listeners"}],
    "Payments.json": {"payment_method": "visa", "creation_date": "2019-01-01"},
    "Playlist1.json": {
        "playlists": [{"items": [{"track": {"trackName": "T", "artistName": "A"}}]}]
    },
    "SearchQueries.json": [
        {
            "platform": "ANDROID",
            "searchTime": "2023-05-01T10:00:00Z[UTC]",
            "searchQuery": "q",
            "searchInteractionURIs": [],
        }
    ],
    "Userdata.json": {"username": "somebody", "email": "some@body.example"},
    "Wrapped2023.json": {"topArtists": {"numUniqueArtists": 3, "ms_played": 5}},
    "YourLibrary.json": {"tracks": [{"artist": "A", "track": "T", "uri": "u"}]},
}


def test_personal_files_beside_the_history_are_left_alone(tmp_path: Path) -> None:
    for name, content in PERSONAL.items():
        write_json(tmp_path / FOLDER / name, content)
    write_json(tmp_path / FOLDER / "StreamingHistory_music_0.json", [account_row()])
    upload = read_upload([tmp_path])
    assert [Path(file.path).name for file in upload.files] == [
        "StreamingHistory_music_0.json"
    ]
    assert [Path(file.path).name for file in upload.skipped] == sorted(PERSONAL)
    assert {file.looks_like for file in upload.skipped} == {
        "JSON without listening history"
    }
    assert not any(file.warning for file in upload.skipped)
    assert len(upload.spellings.rows()) == 1
