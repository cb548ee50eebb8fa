"""Evidence: a figure, date or name of the profile, and how it is written in a text."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from unwrapped.core.printable import printable

type Unit = Literal[
    "share",
    "number",
    "ratio",
    "plays",
    "listens",
    "artists",
    "tracks",
    "sessions",
    "hours",
    "minutes",
    "days",
    "months",
    "years",
    "nights",
    "letters",
    "times",
    "rank",
    "clock",
    "weekday",
    "calendar_month",
    "artist",
    "title",
    "album",
    "day",
    "month",
    "year",
]


KINDS: dict[Unit, tuple[type, ...]] = {
    "artist": (str,),
    "title": (str,),
    "album": (str,),
    "weekday": (str,),
    "calendar_month": (str,),
    "day": (date,),
    "month": (date,),
}
# A value of any other unit is a number.


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One fact that a text uses."""

    label: str
    """What the fact is, in words."""

    value: int | float | str | date
    """The fact itself, not rounded. A share is 0..1."""

    unit: Unit

    text: str
    """The fact as the text spells it: `43%`, `1,234 plays`, `14 March 2023`."""


AS_VARIED = "as varied as that many artists played equally"
"""The label of a Hill number of order 1, the "effective number" of artists."""

NAMES: frozenset[Unit] = frozenset({"artist", "title", "album"})
"""The units whose values are names."""


WHOLE_FROM = 10
"""Amounts from here on are written without decimals."""


def fact(
    label: str, value: float | str | date, unit: Unit, text: str | None = None
) -> Evidence:
    """Evidence with the given text, by default `written(value, unit)`."""
    return Evidence(
        label=label,
        value=value,
        unit=unit,
        text=written(value, unit) if text is None else text,
    )


def written(value: float | str | date, unit: Unit) -> str:
    """How a value of `unit` is written.

    Raises `TypeError` when the value cannot be of that unit.
    """
    kinds: tuple[type, ...] = KINDS.get(unit, (int, float))
    if not isinstance(value, kinds):
        raise TypeError(f"{value!r} cannot be of the unit {unit!r}")
    if isinstance(value, str):
        name = printable(value)
        return f"“{name}”" if unit in {"title", "album"} else name
    if isinstance(value, date):
        return f"{value:%B %Y}" if unit == "month" else f"{value.day} {value:%B %Y}"
    match unit:
        case "share":
            return _percent(value)
        case "number":
            return _amount(value)
        case "ratio":
            return f"{_amount(value)} times"
        case "rank":
            return f"number {value:.0f}"
        case "clock":
            return f"{value:02.0f}:00"
        case "year":
            return f"{value:.0f}"
        case _:
            return _counted(value, unit)


def _percent(share: float) -> str:
    """Whole per cent, with decimals near 0 and 1, so that nothing rounds to none or
    all."""
    if share in (0, 1) or 0.1 <= share < 0.995:
        return f"{share:.0%}"
    if share < 0.0001 or share > 0.9999:
        return "under 0.01%" if share < 0.5 else "over 99.99%"
    decimals = 1 if 0.001 <= share < 0.9995 else 2
    return f"{share:.{decimals}%}"


def _amount(value: float) -> str:
    if isinstance(value, int) or value >= WHOLE_FROM or value.is_integer():
        return f"{value:,.0f}"
    text = f"{value:,.{1 if value >= 1 else 2}f}"
    return text.rstrip("0").rstrip(".")


def _counted(value: float, unit: str) -> str:
    text = _amount(value)
    return f"{text} {unit.removesuffix('s') if text == '1' else unit}"
