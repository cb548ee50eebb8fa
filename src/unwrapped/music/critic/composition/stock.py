"""The authored lines, read from the TOML files of `critic/stock`."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from unwrapped.music.critic.composition.lines import Line

FOLDER = Path(__file__).parent.parent / "stock"


class Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a file of the stock."""


class Beats(Written, frozen=True):
    """What may be said of the finding of a rule."""

    lines: list[Line]


class Word(Written, frozen=True):
    """What may be said of a track with a word in its title."""

    lines: list[Line]


class Passage(Written, frozen=True):
    """A place of the text of a story."""

    lines: list[Line]
    """What may be said there; it is left out where none fits."""

    needed: bool = False
    """Whether the story does not apply where none fits."""


class Story(Written, frozen=True):
    """A whole short text of the clerk, which an odd fact of a listener calls for."""

    idea: str
    """The story in a sentence, for those who write its lines."""

    when: str
    """What it needs: a gate on the facts of the listener."""

    openings: list[Line]
    passages: list[Passage]
    closings: list[Line]
    titles: list[Line]
    fewest: int = 3
    """The passages without which it does not apply."""

    weight: float = 0.0
    """Added to its worth when stories are ranked: the rarer its fact, the more."""


class Small(Written, frozen=True):
    """What may be said of a kind of small history."""

    titles: list[Line]
    lines: list[Line]
    beats: list[Line]
    closings: list[Line]


class Stock(msgspec.Struct, frozen=True):
    """All that is authored."""

    beats: dict[str, Beats]
    """By the name of the rule."""

    stories: dict[str, Story]
    small: dict[str, Small]
    """By the kind of small history."""


@cache
def read_stock() -> Stock:
    """The stock of the house.

    Raises `msgspec.ValidationError`, which names the place, when a file is not as it has
    to be.
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
