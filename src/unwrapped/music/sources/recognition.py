"""Recognises the format of a file by its first 64 KB, never by its name."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from unwrapped.music.sources.format import Format, Refuser
from unwrapped.music.sources.formats import FORMATS
from unwrapped.music.sources.head import Head

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


def format_of(head: Head, formats: Sequence[Format] = FORMATS) -> Format | None:
    """The format of a file that begins like this; None if it is not history."""
    return next((form for form in formats if form.recognises(head)), None)


def refusal_of(head: Head, formats: Sequence[Format] = FORMATS) -> str | None:
    """What a file that nearly matches a format is and what it lacks; None for others."""
    refusers = [form for form in formats if isinstance(form, Refuser)]
    return next(filter(None, (form.refuses(head) for form in refusers)), None)


def is_empty_list(head: Head) -> bool:
    """Whether the file is `[]`: an export of a history without a row."""
    return head.text.split() in (["[]"], ["[", "]"])


def is_named_like_history(path: str) -> bool:
    """Whether a file has a name that Spotify uses for listening history."""
    name = PurePosixPath(path).name
    return bool(_HISTORY_NAME.match(name)) and not is_of_the_desktop(path)


def is_of_the_desktop(path: str) -> bool:
    """Whether a file is one that macOS adds to folders and zips."""
    parts = PurePosixPath(path).parts
    return "__MACOSX" in parts or parts[-1].startswith("._")


def describe(head: Head) -> str:
    """What a file that is not listening history looks like, in words."""
    if not head.start:
        return "an empty file"
    for magic, kind in _MAGIC:
        if head.start.startswith(magic):
            return kind
    text = head.text.lstrip()
    if not text or _NO_TEXT.search(text[:1024]):
        return "not text"
    if text.startswith(("[", "{")):
        return "JSON without listening history"
    if text[:1024].lower().startswith(("<!doctype html", "<html")):
        return "a web page"
    return "text, but not listening history in a known format"
