"""Recordings whose spellings have different keys, and the public ids of each set of keys
(variants).
"""

from collections.abc import Iterable

import polars as pl

from unwrapped.music.history.public_ids import public_id

SPELLED = pl.Schema(
    {
        "recording_id": pl.Int32(),
        "artist_key": pl.String(),
        "title_key": pl.String(),
        "album_key": pl.String(),
    }
)
"""The keys of spellings."""

VARIANTS = pl.Schema(
    {
        "variant": pl.UInt32(),
        "artist": pl.String(),
        "track": pl.String(),
        "album": pl.String(),
    }
)
"""The ids of recordings, a row for each set of keys; `variant` is the `recording_id`."""


def variants_of(spelled: pl.DataFrame) -> pl.DataFrame:
    """The `VARIANTS` of recordings with several sets of keys in `spelled` (`SPELLED`)."""
    several = (
        spelled.select(SPELLED.names())
        .unique()
        .filter(pl.len().over("recording_id") > 1)
    )
    rows = [_ids(*row) for row in several.iter_rows()]
    return pl.DataFrame(rows, VARIANTS, orient="row").sort(VARIANTS.names())


def with_variant(listens: pl.DataFrame, variants: pl.DataFrame) -> pl.DataFrame:
    """The listens with `variant` instead of `recording_id`; null without variants."""
    number = pl.col("recording_id").cast(pl.UInt32)
    known = pl.lit(None, pl.UInt32)
    if not variants.is_empty():
        known = pl.when(number.is_in(variants["variant"].unique().implode())).then(
            number
        )
    return listens.with_columns(known.alias("variant")).drop("recording_id")


def spelled_frame(rows: Iterable[tuple[object, ...]]) -> pl.DataFrame:
    """The rows as a frame (`SPELLED`)."""
    return pl.DataFrame(list(rows), schema=SPELLED, orient="row")


def _ids(
    number: int, artist: str, title: str, album: str | None
) -> tuple[int, str, str, str | None]:
    return (
        number,
        public_id(artist),
        public_id(artist, title),
        None if album is None else public_id(artist, album),
    )
