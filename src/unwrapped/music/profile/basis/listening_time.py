"""Hours of listening, and the share of plays whose time is known."""

from collections.abc import Sequence
from typing import Any, Protocol

import polars as pl

MS_PER_HOUR = 3_600_000

ENOUGH_KNOWN = 0.9
"""Below this share of plays with a known time, plays are shown instead of hours."""


class Timed(Protocol):
    """Plays, and the hours of those with a known time."""

    @property
    def plays(self) -> int: ...

    @property
    def hours(self) -> float | None: ...

    @property
    def known_share(self) -> float: ...


def with_hours(amounts: pl.DataFrame) -> list[dict[str, Any]]:
    """The rows of `amounts`, with `hours` and `known_share` in place of `ms` and
    `unknown`.

    `unknown` is the number of `plays` without a known time. The share is 1 if there are
    no plays.
    """
    rows = amounts.rows(named=True)
    for row in rows:
        plays, ms, unknown = row["plays"], row.pop("ms"), row.pop("unknown")
        row["known_share"] = known = (plays - unknown) / plays if plays else 1.0
        row["hours"] = ms / MS_PER_HOUR if known else None
    return rows


def shows_hours(parts: Sequence[Timed]) -> bool:
    """Whether hours are shown for these parts, instead of plays.

    They are shown if the time of enough plays is known in all parts together.
    """
    plays = sum(part.plays for part in parts)
    known = sum(part.plays * part.known_share for part in parts)
    return any(part.hours for part in parts) and known >= ENOUGH_KNOWN * plays
