import json

import pytest

from tests.exports import account_row, as_json, extended_row
from unwrapped.music.sources.head import Head
from unwrapped.music.sources.recognition import (
    describe,
    format_of,
    is_empty_list,
    is_named_like_history,
    is_of_the_desktop,
)


def log_of(head: bytes) -> str | None:
    form = format_of(Head(head))
    return None if form is None else form.logs[0]


EXTENDED = as_json([extended_row()])
ACCOUNT = as_json([account_row()])


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (EXTENDED, "spotify_extended"),
        (EXTENDED[:200], "spotify_extended"),
        (b"  \n" + EXTENDED, "spotify_extended"),
        (b'[{"ts": null, "ms_played": null}]', "spotify_extended"),
        (b'[{"spotify_track_uri" : "", "reason_end":1}]', "spotify_extended"),
        (ACCOUNT, "spotify_account"),
        (b'[{"endTime": "", "podcastName": ""}]', "spotify_account"),
        (b'[{"msPlayed": "", "audiobookName": ""}]', "spotify_account"),
        (EXTENDED[1:-1], None),
        (b'{"rows": ' + EXTENDED + b"}", None),
        (b'[{"ts": 1}]', None),
        (b'[{"ms_played": 1}]', None),
        (b'[{"endTime": "", "msPlayed": 1}]', None),
        (b'[{"artistName": "", "trackName": ""}]', None),
        (b"[]", None),
        (b"", None),
        (b"\xff\xd8\xff\xe0", None),
    ],
)
def test_format_of(head: bytes, name: str | None) -> None:
    assert log_of(head) == name


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"],
)
def test_every_unicode(encoding: str) -> None:
    head = EXTENDED.decode().encode(encoding)
    assert log_of(head) == "spotify_extended"
    assert is_empty_list(Head(" [\n]".encode(encoding)))


def test_a_head_cut_inside_a_character() -> None:
    head = as_json([extended_row(master_metadata_track_name="é" * 9)])
    for cut in range(head.index("é".encode()), len(head)):
        assert log_of(head[:cut]) == "spotify_extended"


@pytest.mark.parametrize("text", ["[]", " [ ] ", "[\r\n]\n", "\ufeff[]"])
def test_empty_list(text: str) -> None:
    assert is_empty_list(Head(text.encode()))


@pytest.mark.parametrize("text", ["", "[", "]", "[[]]", "{}", "[{}]", "[1]", "[] []"])
def test_no_empty_list(text: str) -> None:
    assert not is_empty_list(Head(text.encode()))


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("endsong_0.json", True),
        ("x.zip/MyData/endsong_10.json", True),
        ("StreamingHistory0.json", True),
        ("StreamingHistory_music_0.json", True),
        ("Streaming_History_Audio_2022-2023_4.json", True),
        ("STREAMINGHISTORY1.JSON", True),
        ("Playlist1.json", False),
        ("my endsong.json", False),
        ("endsong_0.json.txt", False),
        ("endsong_0.json/inner.txt", False),
        ("__MACOSX/MyData/endsong_0.json", False),
        ("MyData/._endsong_0.json", False),
    ],
)
def test_is_named_like_history(path: str, named: bool) -> None:
    assert is_named_like_history(path) is named


@pytest.mark.parametrize(
    ("path", "added"),
    [
        ("a.zip/__MACOSX/b.json", True),
        ("a.zip/b/._c.json", True),
        ("a.zip/MACOSX/b.json", False),
        ("a.zip/b_._c.json", False),
    ],
)
def test_is_of_the_desktop(path: str, added: bool) -> None:
    assert is_of_the_desktop(path) is added


@pytest.mark.parametrize(
    ("head", "looks_like"),
    [
        (b"", "an empty file"),
        (b"%PDF-1.7", "a PDF"),
        (b"\x89PNG\r\n", "a picture"),
        (b"\xff\xd8\xff\xe0", "a picture"),
        (b"\x1f\x8b\x08", "a gzip archive"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (b"Rar!\x1a", "a RAR archive"),
        (b"SQLite format 3\x00", "a database"),
        (b"\x01\x02\x00\x03 binary\x00", "not text"),
        (b"\x00\x00\x00\x01Bud1\x00\x00\x10\x00", "not text"),
        (b"  \n", "not text"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"\n\n<HTML lang=en>", "a web page"),
        ("\ufeff<!doctype html>".encode(), "a web page"),
        (b'{"a": 1}', "JSON without listening history"),
        (json.dumps([1]).encode("utf-16"), "JSON without listening history"),
        (b"ts,track\n", "text, but not listening history in a known format"),
    ],
)
def test_describe(head: bytes, looks_like: str) -> None:
    assert describe(Head(head)) == looks_like
