"""Find turns of phrase that `english.toml` lists, and say what to write instead.

Reads the tracked files of prose and code, except those under a path of `skip`. A hit
that contains the text of an exception, in the file of that exception, is allowed.
"""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

LIST = Path(__file__).with_name("english.toml")
SUFFIXES = (".py", ".md", ".html", ".toml", ".sh", ".js", ".css", ".yml", ".example")


class Turn(msgspec.Struct, forbid_unknown_fields=True):
    """A turn of phrase: a regular expression, and why and how to avoid it."""

    pattern: str
    why: str
    better: str


class Allowed(msgspec.Struct, forbid_unknown_fields=True):
    """A line of a file in which listed turns may occur."""

    file: str
    text: str
    why: str


class WordList(msgspec.Struct, forbid_unknown_fields=True):
    """The content of `english.toml`."""

    skip: list[str]
    turn: list[Turn]
    exception: list[Allowed] = []


def read_list(path: Path = LIST) -> WordList:
    """Read the list. Raises `msgspec.ValidationError` for a member it does not know."""
    return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), WordList)


def faults(files: Iterable[Path], words: WordList) -> Iterator[str]:
    """Yield a line for each hit, and one for each exception that no hit needs."""
    unused = {id(allowed): allowed for allowed in words.exception}
    for file in files:
        name, text = file.as_posix(), file.read_text(encoding="utf-8")
        lines, searched = text.splitlines(), text.replace("_", "-")  # parts of names
        for turn in words.turn:
            for match in _compiled(turn.pattern).finditer(searched):
                number = text.count("\n", 0, match.start())
                line = lines[number]
                excuses = [
                    allowed
                    for allowed in words.exception
                    if allowed.file == name and allowed.text in line
                ]
                for allowed in excuses:
                    unused.pop(id(allowed), None)
                if not excuses:
                    found = " ".join(match[0].split())
                    yield f"{name}:{number + 1}: “{found}”: {turn.better} ({turn.why})"
    for allowed in unused.values():
        yield f"{LIST.name}: nothing needs the exception “{allowed.text}” ({allowed.file})"


def tracked_files(skip: Iterable[str]) -> list[Path]:
    """Return the files that git tracks, without those under one of the paths."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607 - the developer's own git
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    left_out = tuple(skip)
    return [
        path
        for name in listed
        if name.endswith(SUFFIXES) and not name.startswith(left_out)
        if (path := Path(name)).is_file()
    ]


def _compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern; its spaces also match line ends, comment signs and `_` in
    names.
    """
    return re.compile(pattern.replace(" ", r'[\s#"-]+'), re.IGNORECASE)


if __name__ == "__main__":
    listed_words = read_list()
    hits = list(faults(tracked_files(listed_words.skip), listed_words))
    if hits:
        sys.exit("\n".join([*hits, f"{len(hits)} to rewrite; see tools/english.toml"]))
