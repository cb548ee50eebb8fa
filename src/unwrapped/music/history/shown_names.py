"""The names under which recordings count and are shown.

They are a pure function of the spellings in use, for a whole history or for a closed part of
it, which has, with a recording, all recordings that share the key of its artist.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from unwrapped.music.history.recording_identity import by_names

LISTEN_COLUMNS = (
    "started_at",  # Datetime[us, UTC]
    "ms_played",  # Int64, null: unknown
    "track",  # UInt32, the same for the same track
    "artist",  # Enum of the artists' names
    "title",  # Enum of the titles
    "album",  # Enum of the albums' names, null: unknown
    "source",  # Enum of the logs' names
    "reason_end",  # Categorical or Enum, null: unknown
    "skipped",  # Boolean, null: unknown
    "shuffle",  # Boolean, null: unknown
)
"""The columns of a history as the profile reads it, sorted by `started_at`, then names."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names under which recordings count and are shown."""

    recordings: pl.DataFrame
    """`recording`, with `artist_key` and `title_key` of its latest spelling."""

    spellings: pl.DataFrame
    """`recording`, `spelling`, and the album that its listens are shown with:
    `artist_key` and `album_key`, null if unknown.
    """

    artists: pl.DataFrame
    """`artist_key` and `name`."""

    tracks: pl.DataFrame
    """`artist_key`, `title_key` and `title`."""

    albums: pl.DataFrame
    """`artist_key`, `album_key` and `name`."""


def name_recordings(spelled: pl.DataFrame) -> Names:
    """The names that follow from the spellings in use, each with its latest listen.

    Every recording uses its latest spelling. A recording with a service's URI is also shown
    with the album of that spelling; without a URI, each listen is shown with its own album.
    Of names that differ only in spelling (case, width, white space), the latest is shown for
    all; of equally late ones, the first in alphabetical order.

    `spelled` has the columns `recording`, `spelling`, `identity`, `artist`, `title`,
    `album`, their keys, and `last_started`.
    """
    in_order = _latest_first(spelled)
    is_latest = pl.col("recording").is_first_distinct()
    latest = in_order.filter(is_latest)
    keys = ("artist_key", "album_key")
    of_latest = latest.select("recording", pl.col(keys).name.prefix("latest_"))
    albums = in_order.filter(is_latest | by_names()).drop_nulls("album_key")
    return Names(
        recordings=latest.select("recording", "artist_key", "title_key"),
        spellings=spelled.join(of_latest, on="recording").select(
            "recording",
            "spelling",
            *(pl.when(by_names()).then(key).otherwise(f"latest_{key}") for key in keys),
        ),
        artists=_shown(latest, "artist", "artist_key", name="name"),
        tracks=_shown(latest, "title", "artist_key", "title_key", name="title"),
        albums=_shown(albums, "album", "artist_key", "album_key", name="name"),
    )


def latest_spellings(spelled: pl.DataFrame) -> pl.DataFrame:
    """The latest spelling of each recording, by which it counts."""
    return _latest_first(spelled).filter(pl.col("recording").is_first_distinct())


def _latest_first(spelled: pl.DataFrame) -> pl.DataFrame:
    """Sort spellings from the latest on; equally late ones alphabetically."""
    return spelled.sort(
        "last_started", "artist", "title", "album",
        descending=[True, False, False, False],
        # Only albums can be unknown. One flag for all columns takes five times as long.
        nulls_last=[False, False, False, True],
    )  # fmt: skip


def _shown(in_order: pl.DataFrame, column: str, *keys: str, name: str) -> pl.DataFrame:
    """The latest spelling of each name; the frame is sorted by `_latest_first`."""
    return in_order.unique(list(keys), keep="first", maintain_order=True).select(
        *keys, pl.col(column).alias(name)
    )


def name_tracks(listens: pl.DataFrame, spelled: pl.DataFrame) -> pl.DataFrame:
    """`listens` with the columns `LISTEN_COLUMNS`."""
    names = name_recordings(spelled)
    tracks = names.tracks.with_columns(
        pl.struct("artist_key", "title_key")
        .rank("dense")
        .cast(pl.UInt32)
        .alias("track")
    )
    albums = names.albums.rename({"name": "album"})
    recordings = names.recordings.join(
        names.artists.rename({"name": "artist"}), on="artist_key"
    ).join(tracks, on=["artist_key", "title_key"])
    shown = (
        names.spellings.join(
            albums, on=["artist_key", "album_key"], how="left", nulls_equal=False
        )
        .select("recording", "spelling", "album")
        .join(
            recordings.select("recording", "track", "artist", "title"), on="recording"
        )
    )
    columns = [as_enum(shown[name]) for name in ("artist", "title", "album")]
    return sort_listens(listens, shown.with_columns(columns), ["recording", "spelling"])


def as_enum(names: pl.Series) -> pl.Series:
    """Names as codes in alphabetical order."""
    return names.cast(pl.Enum(names.drop_nulls().unique().sort()))


def sort_listens(
    listens: pl.DataFrame,
    spellings: pl.DataFrame,
    key: list[str],
    kept: Sequence[str] = (),
) -> pl.DataFrame:
    """`listens`, sorted, with the columns `LISTEN_COLUMNS` and those to be `kept`.

    `spellings` has a row for each value of `key` in `listens`: `recording` (numbered in
    the order of their identity), `track`, `artist`, `title` and `album`.
    """
    return (
        listens.join(spellings, on=key, how="left", maintain_order="left")
        .rename({"log": "source"})
        .select(*LISTEN_COLUMNS, "recording", *kept)
        .sort(
            "started_at", "artist", "title", "track", "ms_played", "source", "recording"
        )
        .select(*LISTEN_COLUMNS, *kept)
    )
