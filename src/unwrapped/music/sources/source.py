"""The port of a format: how a file is recognised and how its rows are read."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

import polars as pl

from unwrapped.core.exceptions import Invalid
from unwrapped.music.sources.spellings import Spellings

Precision = Literal["second", "minute"]

ASIDE_REASONS = (
    "podcast",
    "audiobook",
    "no_track",
    "no_object",
    "bad_date",
    "bad_duration",
)
OTHER_FORM = "other_form"
"""A row has no member of the format: it may be in another one."""

Aside = pl.Enum((*ASIDE_REASONS, OTHER_FORM))

ROW_SCHEMA = pl.Schema(
    {
        "logged_at": pl.Datetime("us", "UTC"),  # null: no readable time
        "ms_played": pl.Int64(),  # null: the source does not say; BAD_DURATION: nonsense
        "spelling": pl.UInt32(),  # code in `Spellings`
        "aside": Aside,  # null: a listen to a track, as far as the row itself tells
        "reason_end": pl.Categorical(),
        "skipped": pl.Boolean(),
        "shuffle": pl.Boolean(),
    }
)
"""What a source makes of its rows, one for one and in their order."""

BAD_DURATION = -1


class DamagedHistory(Invalid):
    """A file begins as listening history and cannot be read to its end."""

    code = "damaged_history"


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a file, which decides what it is."""

    text: str
    """The first 64 KB, decoded; `""` when they are no text."""

    keys: frozenset[str]
    """Names of the JSON members seen in `text`."""

    is_json_array: bool


class ByteReader(Protocol):
    """What a source reads from: a file, or an entry of a zip."""

    path: str
    """How the user knows this file: `export.zip/folder/name.json`."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes, `b""` at the end. Raises `Invalid` on damage."""
        ...


class Source(Protocol):
    """One format of listening history."""

    @property
    def name(self) -> str:
        """Identifier, stored with each listen: `spotify_extended`."""
        ...

    @property
    def title(self) -> str:
        """What people call it."""
        ...

    @property
    def precision(self) -> Precision:
        """How finely the source logs time. It logs the end of a listen."""
        ...

    def recognises(self, head: Head) -> bool:
        """Whether a file that begins like this is in this format."""
        ...

    def read(self, reader: ByteReader, spellings: Spellings) -> Iterator[pl.DataFrame]:
        """All rows of a file as frames of `ROW_SCHEMA`, batch by batch.

        Raises `DamagedHistory` when the file cannot be read to its end.
        """
        ...
