"""The types that parsers of clients need, as Navidrome, rustfm, web-scrobbler and Pano
Scrobbler declare them: each structure here is one of theirs, read strictly."""

import json
import xml.etree.ElementTree as ET
from datetime import UTC, datetime

import msgspec
import pytest

from unwrapped.music.scrobbles.audioscrobbler import errors
from unwrapped.music.scrobbles.audioscrobbler.methods import answers
from unwrapped.music.scrobbles.audioscrobbler.plays import Given, Ignored
from unwrapped.music.scrobbles.audioscrobbler.rendering import (
    Answer,
    as_json,
    as_xml,
)

TAKEN = Given("Ä & B", "T", timestamp="1700000000")
NAMELESS = Given("", "T", timestamp="1700000001")
EMPTY = '<album corrected="0"></album><albumArtist corrected="0"></albumArtist>'


class Corrected(msgspec.Struct):
    """rustfm's `CorrectableString`: a number fails, and panics in a batch."""

    corrected: str
    text: str = msgspec.field(name="#text")


class Message(msgspec.Struct):
    """Navidrome and web-scrobbler compare the code to "0"."""

    code: str
    text: str = msgspec.field(name="#text")


class Counts(msgspec.Struct):
    """Navidrome's `int`s."""

    accepted: int
    ignored: int


class NowPlaying(msgspec.Struct):
    """All four names are required, even if empty."""

    artist: Corrected
    track: Corrected
    album: Corrected
    albumArtist: Corrected  # noqa: N815 - as it is sent
    ignoredMessage: Message  # noqa: N815


class Scrobble(NowPlaying):
    """One play."""

    timestamp: str


class One(msgspec.Struct):
    """rustfm's answer to one play: an object, never an array of one."""

    counts: Counts = msgspec.field(name="@attr")
    scrobble: Scrobble


class Several(msgspec.Struct):
    """rustfm's answer to a batch."""

    counts: Counts = msgspec.field(name="@attr")
    scrobble: list[Scrobble]


class Session(msgspec.Struct):
    """rustfm: i64; Navidrome: int."""

    name: str
    key: str
    subscriber: int


class LastError(msgspec.Struct):
    """The error of Navidrome and rustfm: a number."""

    error: int
    message: str


class Attributes(msgspec.Struct):
    """The attributes of a page: strings, as Last.fm sends them."""

    user: str
    page: str
    perPage: str  # noqa: N815
    total: str
    totalPages: str  # noqa: N815


class Text(msgspec.Struct):
    """A name with its MBID."""

    mbid: str
    text: str = msgspec.field(name="#text")


class Date(msgspec.Struct):
    """When a play began."""

    uts: str
    text: str = msgspec.field(name="#text")


class Playing(msgspec.Struct):
    """The mark of the track that is playing."""

    nowplaying: str


class Recent(msgspec.Struct):
    """Pano Scrobbler's track."""

    artist: Text
    album: Text
    name: str
    mbid: str
    url: str
    streamable: str
    image: list[dict[str, str]]
    date: Date | None = None
    attributes: Playing | None = msgspec.field(name="@attr", default=None)


class RecentTracks(msgspec.Struct):
    """A page."""

    attributes: Attributes = msgspec.field(name="@attr")
    track: list[Recent]


class Registered(msgspec.Struct):
    """The time of registration, the only number that has a text beside it."""

    unixtime: str
    text: int = msgspec.field(name="#text")


class User(msgspec.Struct):
    """Pano Scrobbler needs a name and an address."""

    name: str
    url: str
    playcount: str
    subscriber: str
    registered: Registered


def _read[T](answer: Answer, member: str, kind: type[T]) -> T:
    read = msgspec.json.decode(as_json(answer), type=dict[str, kind])  # type: ignore[valid-type]
    return read[member]


def test_one_play_is_an_object_and_several_are_an_array() -> None:
    one = _read(answers.scrobbles([(TAKEN, None)]), "scrobbles", One)
    assert one.counts == Counts(1, 0)
    assert one.scrobble.artist == Corrected("0", "Ä & B")
    assert one.scrobble.timestamp == "1700000000"
    assert one.scrobble.ignoredMessage == Message("0", "")

    rows = [(TAKEN, None), (NAMELESS, Ignored.NO_ARTIST)]
    several = _read(answers.scrobbles(rows), "scrobbles", Several)
    assert several.counts == Counts(1, 1)
    assert [row.ignoredMessage.code for row in several.scrobble] == ["0", "1"]


def test_plays_in_xml_are_as_last_fm_writes_them() -> None:
    root = as_xml(answers.scrobbles([(TAKEN, None)])).decode()
    assert root == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<lfm status="ok"><scrobbles accepted="1" ignored="0"><scrobble>'
        '<artist corrected="0">Ä &amp; B</artist><track corrected="0">T</track>'
        f"{EMPTY}<timestamp>1700000000</timestamp>"
        '<ignoredMessage code="0"></ignoredMessage></scrobble></scrobbles></lfm>\n'
    )


def test_playing_tracks_and_sessions_have_their_types() -> None:
    playing = _read(answers.now_playing(TAKEN, None), "nowplaying", NowPlaying)
    assert playing.ignoredMessage == Message("0", "")
    session = _read(answers.session("anna", "key"), "session", Session)
    assert session == Session("anna", "key", 0)
    assert b"<subscriber>0</subscriber>" in as_xml(answers.session("anna", "key"))
    assert as_json(answers.requested("t")) == b'{"token":"t"}'


def test_a_page_of_plays_has_its_types_in_both_forms() -> None:
    tracks = [
        answers.Track("A", "now", "", None),
        answers.Track("A", "T", "B", datetime(2025, 6, 13, 0, 55, tzinfo=UTC)),
    ]
    shown = answers.recent_tracks(
        "anna", tracks, page=1, per_page=50, total=51, is_extended=False
    )
    page = _read(shown, "recenttracks", RecentTracks)
    assert page.attributes == Attributes("anna", "1", "50", "51", "2")
    now, earlier = page.track
    assert now.attributes == Playing("true")
    assert now.date is None
    assert earlier.attributes is None
    assert earlier.date == Date("1749776100", "13 Jun 2025, 00:55")

    root = ET.fromstring(as_xml(shown))  # noqa: S314 - written by ourselves
    [recent] = root
    assert recent.attrib["totalPages"] == "2"
    assert [track.get("nowplaying") for track in recent] == ["true", None]
    assert recent[1].find("date[@uts='1749776100']") is not None


@pytest.mark.parametrize(("is_loved", "loved"), [(True, "1"), (False, "0")])
def test_an_extended_page_names_artists_by_an_object(
    loved: str, *, is_loved: bool
) -> None:
    at = datetime(2025, 6, 13, tzinfo=UTC)
    tracks = [answers.Track("A", "T", "B", at, is_loved=is_loved)]
    shown = json.loads(
        as_json(
            answers.recent_tracks(
                "anna", tracks, page=1, per_page=50, total=1, is_extended=True
            )
        )
    )
    [track] = shown["recenttracks"]["track"]
    assert track["artist"]["name"] == "A"
    assert track["loved"] == loved


def test_a_person_has_what_pano_scrobbler_requires() -> None:
    person = answers.Person(
        "anna", "http://localhost/", datetime(2020, 1, 1, tzinfo=UTC), 3, 2, 2, 1
    )
    user = _read(answers.user(person), "user", User)
    assert user.playcount == "3"
    assert user.registered == Registered("1577836800", 1577836800)


@pytest.mark.parametrize("fault", list(errors.Fault))
def test_a_fault_is_a_number_with_words_in_both_forms(fault: errors.Fault) -> None:
    read = msgspec.json.decode(as_json(errors.failure(fault)), type=LastError)
    assert read == LastError(fault.code, fault.words)
    root = ET.fromstring(  # noqa: S314 - written by ourselves
        as_xml(errors.failure_in_xml(fault), is_failure=True)
    )
    assert root.attrib == {"status": "failed"}
    assert root.findtext(f"error[@code='{fault.code}']") == fault.words
    assert errors.status_of(fault) == (503 if fault.code in (8, 11, 16, 29) else 200)
