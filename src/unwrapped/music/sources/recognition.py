"""What a file is, told from its first 64 KB and never from its name."""

import codecs
import json
import re
from pathlib import PurePosixPath

from unwrapped.music.sources.source import Head, Source
from unwrapped.music.sources.spotify_account import SpotifyAccount
from unwrapped.music.sources.spotify_extended import SpotifyExtended

SOURCES: tuple[Source, ...] = (SpotifyExtended(), SpotifyAccount())
"""Every format that is read, the poorer after the richer."""

_KEY = re.compile(r'"(\w{1,64})"\s*:')
_HISTORY_NAME = re.compile(
    r"(endsong|streaming_?history).*\.json(\.(gz|bz2|xz|zst))?$",
    re.IGNORECASE | re.ASCII,
)
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1f]")
_MAGIC = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"SQLite format 3", "a database"),
)


def look_at(head: bytes) -> Head:
    """What the beginning of a file tells."""
    text = _text(head)
    return Head(
        text=text,
        keys=frozenset(_KEY.findall(text)),
        is_json_array=text.lstrip().startswith("["),
    )


def source_of(head: Head) -> Source | None:
    """The format of a file that begins like this; None when it is no history."""
    return next((source for source in SOURCES if source.recognises(head)), None)


def is_empty_list(head: Head) -> bool:
    """Whether the file is `[]`: an export of a history without a row."""
    return head.text.split() in (["[]"], ["[", "]"])


def is_named_like_history(path: str) -> bool:
    """Whether a file has a name that Spotify gives to listening history."""
    name = PurePosixPath(path).name
    return bool(_HISTORY_NAME.match(name)) and not is_of_the_desktop(path)


def is_of_the_desktop(path: str) -> bool:
    """Whether a file is one that a desktop adds by itself to folders and zips."""
    parts = PurePosixPath(path).parts
    return "__MACOSX" in parts or parts[-1].startswith("._")


def describe(head: bytes) -> str:
    """What a file that is no listening history looks like, for people."""
    if not head:
        return "an empty file"
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    text = _text(head).lstrip()
    if not text or _NO_TEXT.search(text[:1024]):
        return "no text"
    if text.startswith(("[", "{")):
        return "JSON without listening history"
    if text[:1024].lower().startswith(("<!doctype html", "<html")):
        return "a web page"
    return "text, but no listening history that is known here"


def _text(head: bytes) -> str:
    """The beginning as text; the last character may be cut."""
    encoding = json.detect_encoding(head)
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    return decoder.decode(head).removeprefix("\ufeff")
