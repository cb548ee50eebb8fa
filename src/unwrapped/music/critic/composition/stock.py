"""The authored lines, read from the TOML files of `critic/stock`."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from unwrapped.music.critic.composition.line import Line

FOLDER = Path(__file__).parent.parent / "stock"


class Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of the parts of a file of the stock."""


class Beats(Written, frozen=True):
    """The lines for the finding of a rule."""

    lines: list[Line]


class Word(Written, frozen=True):
    """The lines for a track with a word in its title."""

    lines: list[Line]


class Passage(Written, frozen=True):
    """A position in the text of a story."""

    lines: list[Line]
    """The lines to choose from; the passage is left out if none fits."""

    needed: bool = False
    """Whether the story is rejected if no line fits."""


class Story(Written, frozen=True):
    """A complete short text of the clerk about an odd fact of a listener."""

    idea: str
    """The story in a sentence, for its authors."""

    when: str
    """The gate: conditions on the facts of the listener."""

    openings: list[Line]
    passages: list[Passage]
    closings: list[Line]
    titles: list[Line]
    fewest: int = 3
    """The smallest number of passages with which the story applies."""

    weight: float = 0.0
    """Added to its worth when stories are ranked; higher for rarer facts."""


class Small(Written, frozen=True):
    """The lines for a kind of small history."""

    titles: list[Line]
    lines: list[Line]
    beats: list[Line]
    closings: list[Line]


class Stock(msgspec.Struct, frozen=True):
    """All authored lines."""

    beats: dict[str, Beats]
    """The lines for findings, by the name of the rule."""

    stories: dict[str, Story]
    small: dict[str, Small]
    """The lines for small histories, by their kind."""


@cache
def read_stock() -> Stock:
    """The stock of the house, read once.

    Raises `msgspec.ValidationError`, naming the place, if a file does not have the
    right form.
    """
    beats: dict[str, Beats] = {}
    for file in sorted(FOLDER.glob("beats/*.toml")):
        beats |= _read(file, dict[str, Beats])
    words = _read(FOLDER / "words.toml", dict[str, Word])
    beats |= {f"word_{name}": Beats(one.lines) for name, one in words.items()}
    return Stock(
        beats=beats,
        stories={
            file.stem: _read(file, Story)
            for file in sorted(FOLDER.glob("stories/*.toml"))
        },
        small=_read(FOLDER / "small.toml", dict[str, Small]),
    )


def _read[T](file: Path, kind: type[T]) -> T:
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    try:
        return msgspec.convert(content, kind, dec_hook=_line)
    except msgspec.ValidationError as error:
        raise msgspec.ValidationError(f"{file.name}: {error}") from error


def _line(kind: type, written: Any) -> Line:
    if kind is not Line:
        raise NotImplementedError
    return Line(written) if isinstance(written, str) else Line(**written)
