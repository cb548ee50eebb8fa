"""Tracks as they are counted and shown: a name for every listen."""

import polars as pl

from unwrapped.music.sources.name_keys import name_key

LISTEN_COLUMNS = (
    "started_at",  # Datetime[us, UTC]
    "ms_played",  # Int64, null: unknown
    "track",  # UInt32, the same for the same track
    "artist",  # Enum of the artists' names
    "title",  # Enum of the titles
    "album",  # Enum of the albums' names, null: unknown
    "source",  # Enum of the sources' names
    "reason_end",  # Categorical or Enum, null: unknown
    "skipped",  # Boolean, null: unknown
    "shuffle",  # Boolean, null: unknown
)
"""A listening history as the profile reads it, sorted by `started_at`, then names."""


def name_tracks(listens: pl.DataFrame, spelled: pl.DataFrame) -> pl.DataFrame:
    """`listens` with the columns `LISTEN_COLUMNS`.

    Every recording is named by its latest spelling. Of names that differ in spelling
    alone (case, width, white space) the latest is shown for all.
    """
    latest = _latest_first(spelled).filter(pl.col("recording").is_first_distinct())
    recordings = _with_key(latest, "album").select(
        "recording",
        pl.struct("artist_key", "title_key")
        .rank("dense")
        .cast(pl.UInt32)
        .alias("track"),
        _shown("artist", by=["artist_key"]),
        _shown("title", by=["artist_key", "title_key"]),
        _shown("album", by=["artist_key", "album_key"]),
    )
    names = [as_enum(recordings[name]) for name in ("artist", "title", "album")]
    return sort_listens(listens, recordings.with_columns(names), "recording")


def _latest_first(spelled: pl.DataFrame) -> pl.DataFrame:
    """The order in which spellings are preferred; equal times go by the alphabet."""
    return spelled.sort(
        "last_logged", "artist", "title", "album",
        descending=[True, False, False, False],
        # Only albums can be unknown. One flag for all would take five times as long.
        nulls_last=[False, False, False, True],
    )  # fmt: skip


def _with_key(names: pl.DataFrame, column: str) -> pl.DataFrame:
    """`names` with the column's `name_key`, null for null."""
    known = names.select(column).unique().drop_nulls()
    keys = [name_key(name) for name in known[column]]
    return names.join(
        known.with_columns(pl.Series(f"{column}_key", keys, pl.String)),
        on=column,
        how="left",
        maintain_order="left",
    )


def _shown(column: str, by: list[str]) -> pl.Expr:
    """The latest spelling of a name; the frame is sorted by `_latest_first`."""
    return pl.col(column).first().over(by)


def as_enum(names: pl.Series) -> pl.Series:
    """Names as codes whose order is that of the alphabet."""
    return names.cast(pl.Enum(names.drop_nulls().unique().sort()))


def sort_listens(
    listens: pl.DataFrame, recordings: pl.DataFrame, key: str
) -> pl.DataFrame:
    """`listens` with the columns `LISTEN_COLUMNS`, in their order.

    `recordings` has a row for each value of `key` in `listens`: `recording` (numbered
    in the order of their identity), `track`, `artist`, `title` and `album`.
    """
    played = pl.duration(milliseconds=pl.col("ms_played").fill_null(0))
    return (
        listens.join(recordings, on=key, how="left", maintain_order="left")
        .with_columns((pl.col("logged_at") - played).alias("started_at"))
        .select(*LISTEN_COLUMNS, "recording")
        .sort(
            "started_at", "artist", "title", "track", "ms_played", "source", "recording"
        )
        .select(LISTEN_COLUMNS)
    )
