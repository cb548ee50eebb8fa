"""Plays as clients write them, and which are taken."""

import pytest

from unwrapped.music.scrobbles.audioscrobbler.parameters import read_parameters
from unwrapped.music.scrobbles.audioscrobbler.plays import (
    Given,
    Ignored,
    read_lettered_plays,
    read_plays,
)

OLDEST, NEWEST = 1_033_430_400, 1_800_000_000


@pytest.mark.parametrize(
    ("artist", "track", "timestamp", "ignored"),
    [
        ("A", "T", "1700000000", None),
        ("A", "T", "1700000000.9", None),
        ("A", "T", str(OLDEST), None),
        ("A", "T", str(NEWEST), None),
        ("", "T", "1700000000", Ignored.NO_ARTIST),
        ("A", "", "1700000000", Ignored.NO_TRACK),
        ("A", "T", "", Ignored.TOO_OLD),
        ("A", "T", "soon", Ignored.TOO_OLD),
        ("A", "T", "nan", Ignored.TOO_OLD),
        ("A", "T", "inf", Ignored.TOO_OLD),
        ("A", "T", "0", Ignored.TOO_OLD),
        ("A", "T", str(OLDEST - 1), Ignored.TOO_OLD),
        ("A", "T", str(NEWEST + 1), Ignored.TOO_NEW),
        ("A", "T", "1700000000000", Ignored.TOO_NEW),  # in milliseconds
        ("A", "T", "9" * 5000, Ignored.TOO_OLD),
    ],
)
def test_a_play_is_taken_or_ignored_for_a_reason(
    artist: str, track: str, timestamp: str, ignored: Ignored | None
) -> None:
    given = Given(artist=artist, track=track, timestamp=timestamp)
    assert given.ignored(OLDEST, NEWEST) is ignored


@pytest.mark.parametrize("form", ["artist=A&track=T&album=B&albumArtist=C&trackNumber=3&duration=200&mbid=m&timestamp=5", "artist[0]=A&track[0]=T&album[0]=B&albumArtist[0]=C&trackNumber[0]=3&duration[0]=200&mbid[0]=m&timestamp[0]=5&chosenByUser[0]=1&context[0]=x&streamId[0]=y"])  # fmt: skip
def test_all_that_a_client_sends_is_read(form: str) -> None:
    assert read_plays(read_parameters(b"", form.encode())) == [
        Given("A", "T", "B", "C", "3", "m", 200, "5")
    ]


@pytest.mark.parametrize("duration", ["", "0", "-3", "long", "nan"])
def test_a_length_that_says_nothing_is_none(duration: str) -> None:
    form = f"artist=A&track=T&timestamp=5&duration={duration}"
    [play] = read_plays(read_parameters(b"", form.encode()))
    assert play.seconds is None


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
        (Given("A", "T", "B", "", "3", "m", 31, "1700000000"), True),
        (Given("A", "U", seconds=31, timestamp="1700000040"), False),
        (Given("A", "V", seconds=31, timestamp="1700000080"), False),
    ]
