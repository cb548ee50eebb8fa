"""Plays as clients send them, and which are accepted."""

from datetime import UTC, datetime, timedelta

import pytest

from unwrapped.music.scrobbles.audioscrobbler.parameters import read_parameters
from unwrapped.music.scrobbles.audioscrobbler.plays import (
    Given,
    Ignored,
    read_lettered_plays,
    read_plays,
    summed_up,
)
from unwrapped.music.scrobbles.listen_times import EARLIEST
from unwrapped.music.sources.scrobble import Scrobble

FIRST = EARLIEST
NOW = datetime(2026, 1, 1, tzinfo=UTC)
MBID = "8f3471b5-7e6a-48da-86a9-c1c07a0f47ae"


@pytest.mark.parametrize(
    ("artist", "track", "timestamp", "ignored"),
    [
        ("A", "T", "1700000000", None),
        ("A", "T", "1700000000.9", None),
        ("A", "T", str(FIRST), None),
        ("A", "T", str(int(NOW.timestamp())), None),
        ("", "T", "1700000000", Ignored.NO_ARTIST),
        ("A", "", "1700000000", Ignored.NO_TRACK),
        ("A", "T", "", Ignored.TOO_OLD),
        ("A", "T", "soon", Ignored.TOO_OLD),
        ("A", "T", "nan", Ignored.TOO_OLD),
        ("A", "T", "inf", Ignored.TOO_OLD),
        ("A", "T", "0", Ignored.TOO_OLD),
        ("A", "T", str(FIRST - 1), Ignored.TOO_OLD),
        ("A", "T", str(int((NOW + timedelta(hours=2)).timestamp())), Ignored.TOO_NEW),
        ("A", "T", "1700000000000", Ignored.TOO_NEW),  # in milliseconds
        ("A", "T", "9" * 300, Ignored.TOO_NEW),
        ("A", "T", "9" * 5000, Ignored.TOO_OLD),
    ],
)
def test_a_play_is_accepted_or_ignored_for_a_reason(
    artist: str, track: str, timestamp: str, ignored: Ignored | None
) -> None:
    given = Given(artist=artist, track=track, timestamp=timestamp)
    assert given.ignored(NOW) is ignored


@pytest.mark.parametrize("form", [f"artist=A&track=T&album=B&albumArtist=C&trackNumber=3&duration=200&mbid={MBID}&timestamp=5", f"artist[0]=A&track[0]=T&album[0]=B&albumArtist[0]=C&trackNumber[0]=3&duration[0]=200&mbid[0]={MBID}&timestamp[0]=5&chosenByUser[0]=1&context[0]=x&streamId[0]=y"])  # fmt: skip
def test_all_that_a_client_sends_is_read(form: str) -> None:
    [play] = read_plays(read_parameters(b"", form.encode()))
    assert play == Given("A", "T", "B", "C", MBID, 200, "5")
    assert play.scrobble() == Scrobble(
        artist="A",
        title="T",
        listened_at=5,
        album="B",
        album_artist="C",
        length_ms=200_000,
        recording_mbid=MBID,
    )


@pytest.mark.parametrize(
    ("duration", "mbid"),
    [("", ""), ("0", "x"), ("-3", "0"), ("long", MBID[:-1]), ("nan", "\N{SNOWMAN}"), ("9" * 20, "")],
)  # fmt: skip
def test_invalid_lengths_and_ids_of_a_track_are_left_out(
    duration: str, mbid: str
) -> None:
    form = f"artist=A&track=T&timestamp=5&duration={duration}&mbid={mbid}"
    [play] = read_plays(read_parameters(b"", form.encode()))
    assert play.scrobble() == Scrobble(artist="A", title="T", listened_at=5)


def test_missing_parts_of_a_row_are_absent() -> None:
    form = b"artist[0]=A&timestamp[0]=5&track[3]=T"
    assert read_plays(read_parameters(b"", form)) == [
        Given("A", "", timestamp="5"),
        Given("", "T"),
    ]


def test_a_submission_of_mpdscribble_is_read() -> None:
    form = (
        b"s=x&a[0]=A&t[0]=T&l[0]=31&i[0]=1700000000&o[0]=P&r[0]=&r[0]=L&b[0]=B&n[0]=3&m[0]=m"
        b"&a[1]=A&t[1]=U&l[1]=31&i[1]=1700000040&o[1]=P&r[1]=S&b[1]=&n[1]=&m[1]="
        b"&a[2]=A&t[2]=V&l[2]=31&i[2]=1700000080&o[2]=R&r[2]=b"
    )
    assert read_lettered_plays(read_parameters(b"", form)) == [
        Given("A", "T", "B", "", "m", 31, "1700000000")
    ]


def test_the_plays_that_are_not_accepted_are_summed_up_in_words() -> None:
    assert summed_up([None, None]) is None
    assert summed_up([None, Ignored.NO_ARTIST, Ignored.TOO_NEW, Ignored.NO_ARTIST]) == (
        "Plays not accepted, 1: its time is in the future; 2: the artist is empty."
    )
