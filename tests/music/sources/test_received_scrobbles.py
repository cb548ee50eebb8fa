"""Reported scrobbles as rows: their log, their recording, and which are set aside."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from tests.music.scrobbles.players import AT, listen_of
from unwrapped.music.history.building import build_history, prepare_rows
from unwrapped.music.scrobbles.listenbrainz.submission import parse_submission
from unwrapped.music.sources.received_scrobbles import ENDS, STARTS, read_received
from unwrapped.music.sources.scrobble import Scrobble, reports_ends, spotify_uri

ID = "4uLU6hMCjMI75M1A2tKUQC"
URI = f"spotify:track:{ID}"


def _scrobble(**info: Any) -> Scrobble:
    body = {"payload": [listen_of(**info)]}
    [scrobble] = parse_submission(msgspec.json.encode(body)).listens
    return scrobble


@pytest.mark.parametrize(
    ("info", "log"),
    [
        ({}, STARTS),
        ({"submission_client": "Mopidy-ListenBrainz"}, ENDS),
        ({"submission_client": "rescrobbled"}, ENDS),
        ({"submission_client": "x", "original_submission_client": "rescrobbled"}, ENDS),
        ({"submission_client": "x", "original_submission_client": "y"}, STARTS),
        ({"original_submission_client": "mopidy"}, ENDS),
    ],
)
def test_the_client_decides_what_its_times_mean(
    info: dict[str, object], log: str
) -> None:
    assert read_received([_scrobble(**info)]).rows["log"].to_list() == [log]


def test_an_address_of_spotify_names_the_recording() -> None:
    for address in (URI, f"https://open.spotify.com/intl-de/track/{ID}?si=1"):
        assert spotify_uri(address) == URI
    assert spotify_uri(f"https://elsewhere.example/track/{ID}") is None
    scrobble = _scrobble(
        spotify_id=f"https://open.spotify.com/track/{ID}",
        release_artist_name="Album's artist",
    )
    spelled = prepare_rows(read_received([scrobble])).spelled
    assert spelled.select("identity", "artist").rows() == [(URI, "Album's artist")]
    plain = _scrobble(release_artist_name="Album's artist")
    named = prepare_rows(read_received([plain])).spelled
    assert named["artist"].to_list() == ["Artist"]


def test_the_length_of_a_track_is_not_the_time_heard() -> None:
    cases = {
        ("duration_ms", 240_000): (None, 240_000),
        ("duration", "240"): (None, 240_000),
        ("duration_played", 31): (31_000, None),
        ("ms_played", 31_000): (31_000, None),
        ("duration_ms", -1): (None, None),
        ("duration", 1e300): (None, None),
        ("duration", True): (None, None),
    }
    for (name, value), expected in cases.items():
        scrobble = _scrobble(**{name: value})
        assert (scrobble.ms_played, scrobble.length_ms) == expected, name


def test_the_books_of_what_was_reported_balance() -> None:
    scrobbles = [
        Scrobble(artist="A", title="T", listened_at=AT),
        Scrobble(artist="A", title="", listened_at=AT),
        Scrobble(artist="A", title="T", listened_at=0, client="mopidy"),
        Scrobble(artist="A", title="T", listened_at=0),
    ]
    history = build_history(read_received(scrobbles))
    assert history.books.total.set_aside == {"wrong_clock": 2, "no_track": 1}
    assert history.listens["started_at"].to_list() == [datetime.fromtimestamp(AT, UTC)]


def test_no_other_name_of_a_client_means_ends() -> None:
    assert not reports_ends(None, "", "the mopidy", "listenbrainz-mpd")
    assert reports_ends(None, "MOPIDY")
