"""The authored lines, read from the TOML files of `critic/stock`."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec

from unwrapped.music.critic.composition.lines import Line

FOLDER = Path(__file__).parent.parent / "stock"

PLAIN = "plain"
"""In the place of a rule: an opening for where none fires."""

type Role = Literal["absurd", "fact", "bond", "habit", "clock"]
"""Where in a text a beat may stand."""


class Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a file of the stock."""


class Beats(Written, frozen=True):
    """What may be said of the finding of a rule."""

    role: Role = msgspec.field(name="as")
    lines: list[Line]


class Word(Written, frozen=True):
    """What may be said of a track with a word in its title."""

    lines: list[Line]


class Thesis(Written, frozen=True):
    """An idea that a text can be about."""

    idea: str
    """The idea in a sentence, for those who write its lines."""

    hero: list[str]
    """The facts that may be its hero, the first that is there: the name to return to."""

    premises: list[str]
    """What sets up the picture that the text keeps to; it follows the opening."""

    turns: dict[str, list[str]]
    """Words of that picture that lead to a beat, by its role, `exception` among them."""

    script: dict[str, list[Line]]
    """Lines in that picture about the charts (`fact`, `more`) and the time (`clock`)."""

    openings: dict[str, list[Line]]
    """First sentences, by the rule that must fire; of several the first counts."""

    titles: list[Line]
    closings: list[Line]
    serves: list[str] = []
    """Rules whose beats prove the idea."""

    against: list[str] = []
    """Rules whose beats are an exception to it."""

    weight: float = 0.0
    """Added to its worth when theses are ranked."""


class Small(Written, frozen=True):
    """What may be said of a kind of small history."""

    titles: list[Line]
    lines: list[Line]
    beats: list[Line]
    closings: list[Line]


class Shared(Written, frozen=True):
    """What any text may take."""

    asides: list[Line]
    """About the hero, in a beat about others."""

    closings: list[Line]
    titles: list[Line]


class Stock(msgspec.Struct, frozen=True):
    """All that is authored."""

    beats: dict[str, Beats]
    """By the name of the rule."""

    theses: dict[str, Thesis]
    shared: Shared
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
    beats |= {f"word_{name}": Beats("habit", one.lines) for name, one in words.items()}
    theses = {
        file.stem: _read(file, Thesis) for file in sorted(FOLDER.glob("theses/*.toml"))
    }
    return Stock(
        beats=beats,
        theses=theses,
        shared=_read(FOLDER / "shared.toml", Shared),
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
