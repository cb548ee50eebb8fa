"""Tracks as they are counted and shown: a name for every listen."""

import polars as pl

from unwrapped.music.listens.identity import name_key

LISTEN_COLUMNS = (
    "started_at",  # Datetime[us, UTC]
    "ms_played",  # Int64, null: unknown
    "track",  # UInt32, the same for the same track
    "artist",  # Enum of the artists' names
    "title",  # Enum of the titles
    "album",  # Enum of the albums' names, null: unknown
    "source",  # Enum of the sources' names
    "reason_end",  # Categorical, null: unknown
    "skipped",  # Boolean, null: unknown
    "shuffle",  # Boolean, null: unknown
)
"""A listening history as the profile reads it, sorted by `started_at`, then names."""


def name_tracks(listens: pl.DataFrame, spelled: pl.DataFrame) -> pl.DataFrame:
    """`listens` with the columns `LISTEN_COLUMNS`.

    Every recording is named by its latest spelling. Of names that differ in spelling
    alone (case, width, white space) the latest is shown for all.
    """
    recordings = (
        _latest_first(spelled)
        .unique("recording", keep="first", maintain_order=True)
        .with_columns(_keys_of(spelled, "album"))
        .with_columns(
            _shown("artist", by=["artist_key"]),
            _shown("title", by=["artist_key", "title_key"]),
            _shown("album", by=["artist_key", "album_key"]),
            pl.struct("artist_key", "title_key")
            .rank("dense")
            .cast(pl.UInt32)
            .alias("track"),
        )
        .sort("recording")
    )
    return _sorted(listens, recordings)


def _latest_first(spelled: pl.DataFrame) -> pl.DataFrame:
    """The order in which spellings are preferred; equal times go by the alphabet."""
    return spelled.sort(
        "last_logged",
        "artist",
        "title",
        "album",
        descending=[True, False, False, False],
        nulls_last=True,
    )


def _keys_of(spelled: pl.DataFrame, column: str) -> pl.Expr:
    keys = {name: name_key(name) for name in spelled[column].unique().drop_nulls()}
    return (
        pl.col(column)
        .replace_strict(keys, default=None, return_dtype=pl.String)
        .alias(f"{column}_key")
    )


def _shown(column: str, by: list[str]) -> pl.Expr:
    """The latest spelling of a name; the frame is sorted by `_latest_first`."""
    return pl.col(column).first().over(by)


def _sorted(listens: pl.DataFrame, recordings: pl.DataFrame) -> pl.DataFrame:
    known = pl.Series("recording", recordings["recording"])
    at = known.search_sorted(listens["recording"])
    played = pl.col("ms_played").fill_null(0)
    return (
        listens.with_columns(
            (pl.col("logged_at") - pl.duration(milliseconds=played)).alias(
                "started_at"
            ),
            recordings["track"].gather(at),
            *(
                _as_enum(recordings[name]).gather(at)
                for name in ("artist", "title", "album")
            ),
        )
        .sort(
            "started_at", "artist", "title", "track", "ms_played", "source", "recording"
        )
        .select(LISTEN_COLUMNS)
    )


def _as_enum(names: pl.Series) -> pl.Series:
    return names.cast(pl.Enum(names.drop_nulls().unique().sort()))
