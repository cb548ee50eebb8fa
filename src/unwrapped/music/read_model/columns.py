"""A history in narrow columns, in which each listen refers to an item by a number."""

from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from unwrapped.music.history.credits import no_credits
from unwrapped.music.history.shown_names import LISTEN_COLUMNS, as_enum
from unwrapped.music.read_model.key_variants import VARIANTS
from unwrapped.music.read_model.name_tables import albums_of, artists_of, tracks_of

ITEMS = pl.Schema({"track": pl.UInt32, "album": pl.UInt32, "variant": pl.UInt32})
_NO_ALBUM = 0
_VARIANT = 2**63


@dataclass(frozen=True, eq=False)
class Columns:
    """The listens of a history that count, in their order, and the names in it.

    Names are numbered by their position in `artists`, `albums` and `tracks`, which are
    sorted by the code points of artist and name.
    """

    listens: pl.DataFrame
    """`started_at`, `ms_played` (Int32), `item`, `source`, `reason_end`, `skipped` and
    `shuffle`, by `started_at`."""

    items: pl.DataFrame
    """`ITEMS` that listens refer to, in any order: a track on an album (null: unknown). A
    recording with `variants` has an item of its own, with the number of these.
    """

    artists: pl.DataFrame
    albums: pl.DataFrame
    tracks: pl.DataFrame
    variants: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema=VARIANTS)
    )
    """`VARIANTS`: the keys of all spellings of recordings with several sets of keys."""

    credits: pl.DataFrame = field(default_factory=no_credits)
    """`history.credits`, by numbers; empty until corrections are applied."""

    def named(self, kind: str) -> pl.DataFrame:
        """The names of the `artist`s, `album`s or `track`s."""
        tables = {"artist": self.artists, "album": self.albums, "track": self.tracks}
        return tables[kind]

    @cached_property
    def size(self) -> int:
        """Approximate bytes in memory."""
        names = (self.artists, self.albums, self.tracks, self.variants)
        frames = (self.listens, self.items, *names)
        return int(sum(frame.estimated_size() for frame in frames))

    @cached_property
    def item_artists(self) -> pl.Series:
        """The artist of each item."""
        return self.tracks["artist"].gather(self.items["track"]).alias("artist")


def columns_of(listens: pl.DataFrame, variants: pl.DataFrame | None = None) -> Columns:
    """The columns of a history (`LISTEN_COLUMNS`, in its order).

    With `variants`, the listens must have a column `variant` that refers to them.
    """
    if variants is None:
        variants = pl.DataFrame(schema=VARIANTS)
        listens = listens.with_columns(pl.lit(None, pl.UInt32).alias("variant"))
    keys = listens.select(_key().alias("key"))["key"]
    found = (
        listens.select("track", "artist", "title", "album", "variant", keys)
        .unique("key", keep="any")
        .with_columns(pl.col("artist", "title", "album").cast(pl.String))
    )
    artists = found["artist"].unique().sort()
    codes = pl.DataFrame({"artist": artists}).with_row_index("artist_code")
    found = found.join(codes, on="artist")
    tracks = found.unique("track", keep="any").sort("artist", "title", "track")
    albums = found.drop_nulls("album").unique(["artist", "album"], keep="any")
    albums = albums.sort("artist", "album")
    items = (
        found.join(_numbered(tracks, ["track"], "track_code"), on="track")
        .join(
            _numbered(albums, ["artist", "album"], "album_code"),
            on=["artist", "album"],
            how="left",
        )
        .with_row_index("item")
    )
    rows = keys.to_frame().join(
        items.select("key", "item"), on="key", how="left", maintain_order="left"
    )
    return Columns(
        listens=listens.select(
            "started_at",
            pl.col("ms_played").cast(pl.Int32),
            rows["item"],
            "source",
            "reason_end",
            "skipped",
            "shuffle",
        ),
        items=items.select("variant", track="track_code", album="album_code")
        .select(ITEMS.names())
        .cast(ITEMS),
        artists=artists_of(artists.to_list()),
        albums=albums_of(
            albums["artist"].to_list(), albums["artist_code"], albums["album"].to_list()
        ),
        tracks=tracks_of(
            tracks["artist"].to_list(), tracks["artist_code"], tracks["title"].to_list()
        ),
        variants=variants,
    )


def _key() -> pl.Expr:
    """The key of an item: its variant, or else its track and album.

    All listens of a recording with variants are shown with the same names.
    """
    album = pl.col("album").to_physical().cast(pl.UInt64) + 1
    shown = pl.col("track").cast(pl.UInt64) * 2**32 + album.fill_null(_NO_ALBUM)
    return (pl.col("variant").cast(pl.UInt64) + _VARIANT).fill_null(shown)


def listens_of(columns: Columns) -> pl.DataFrame:
    """The history (`LISTEN_COLUMNS`) from its columns: the reverse of `columns_of`.

    If names were corrected, listens at the same moment may be in another order. Tracks are
    numbered in alphabetical order.
    """
    item = columns.listens["item"]
    tracks, albums, items = columns.tracks, columns.albums, columns.items
    artist = pl.Enum(columns.artists["name"])
    titles, names = as_enum(tracks["title"]), as_enum(albums["name"])
    return columns.listens.select(
        "started_at",
        pl.col("ms_played").cast(pl.Int64),
        items["track"].gather(item).alias("track"),
        columns.item_artists.cat.to(artist).gather(item).alias("artist"),
        titles.gather(items["track"]).gather(item).alias("title"),
        names.gather(items["album"]).gather(item).alias("album"),
        "source",
        "reason_end",
        "skipped",
        "shuffle",
    ).select(LISTEN_COLUMNS)


def credits_of(columns: Columns) -> pl.DataFrame:
    """`history.credits`, by the names in `listens_of`."""
    names = columns.artists["name"]
    names = names.cast(pl.Enum(names))
    return columns.credits.select(
        names.gather(columns.credits["credit"]).alias("credit"),
        names.gather(columns.credits["artist"]).alias("artist"),
    )


def _numbered(rows: pl.DataFrame, by: list[str], name: str) -> pl.DataFrame:
    return rows.select(by).with_row_index(name)
