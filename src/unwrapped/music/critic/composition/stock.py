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
    """A place of the text of a situation."""

    lines: list[Line]
    """What may be said there; it is left out where none fits."""

    needed: bool = False
    """Whether the situation does not apply where none fits."""


class Situation(Written, frozen=True):
    """A whole short text around one picture that a listener's figures force."""

    idea: str
    """The picture in a sentence, for those who write its lines."""

    when: str
    """What forces it: a gate on the facts of the listener."""

    openings: list[Line]
    passages: list[Passage]
    closings: list[Line]
    titles: list[Line]
    fewest: int = 5
    """The passages without which it does not apply."""

    rests_on: list[str] = []
    """Rules whose findings it is made of: the more surprising, the better it suits."""

    weight: float = 0.0
    """Added to its worth when situations are ranked."""


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

    situations: dict[str, Situation]
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
        situations={
            file.stem: _read(file, Situation)
            for folder in ("situations", "stories")
            for file in sorted(FOLDER.glob(f"{folder}/*.toml"))
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
