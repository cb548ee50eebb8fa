"""Replaces the names of items by the names that they count as."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from unwrapped.music.corrections.correction import Names, artist_id
from unwrapped.music.history.credits import no_credits
from unwrapped.music.read_model.columns import Columns
from unwrapped.music.read_model.name_tables import albums_of, artists_of, tracks_of


@dataclass(frozen=True, slots=True)
class Labels:
    """What an item counts as."""

    names: Names
    artists: tuple[str, ...]
    """The artists that the item counts for."""


def relabel(
    columns: Columns, labels: Mapping[int, Labels], excluded: pl.Series
) -> Columns:
    """The same listens under other names; `excluded` marks items that do not count.

    A name that the history has is spelled as there, a new one as in the correction.
    """
    names = _Extended(columns, list(labels.values()))
    at = list(labels)
    track, album = columns.items["track"].clone(), columns.items["album"].clone()
    if at:
        track = track.scatter(at, pl.Series(names.track_codes, dtype=pl.UInt32))
        album = album.scatter(at, pl.Series(names.album_codes, dtype=pl.UInt32))
    items = columns.items.with_columns(
        pl.when(~excluded).then(code).alias(name)
        for name, code in (("track", track), ("album", album))
    )
    return names.compact(items)


class _Extended:
    """The tables of a history, with the counted names appended."""

    def __init__(self, columns: Columns, labels: Sequence[Labels]) -> None:
        self._columns = columns
        self.artists, places = _with_artists(columns.artists, labels)
        credited = [artist_id(one.names.artist) for one in labels]
        of_label = pl.Series([places[one] for one in credited], dtype=pl.UInt32)
        names = [one.names.artist for one in labels]
        self.tracks, self.track_codes = _with_rows(
            columns.tracks,
            tracks_of(names, of_label, [one.names.title for one in labels]),
            "title",
        )
        on_album = [number for number, one in enumerate(labels) if one.names.album is not None]  # fmt: skip
        self.albums, codes = _with_rows(
            columns.albums,
            albums_of(
                [names[number] for number in on_album],
                of_label.gather(on_album),
                [labels[number].names.album or "" for number in on_album],
            ),
            "name",
        )
        self.album_codes: list[int | None] = [None] * len(labels)
        for number, code in zip(on_album, codes, strict=True):
            self.album_codes[number] = code
        self.credits = _credits(labels, places)

    def compact(self, items: pl.DataFrame) -> Columns:
        """The columns with the names that are used, in alphabetical order."""
        credited = self.tracks["artist"].gather(items["track"])
        used = pl.concat([credited, self.credits["artist"]])
        artists, codes = _used(self.artists, used, ["name"])
        tracks, track_codes = _used(
            self.tracks.with_columns(
                codes.gather(self.tracks["artist"]).alias("artist")
            ),
            items["track"],
            ["artist", "title"],
        )
        albums, album_codes = _used(
            self.albums.with_columns(
                codes.gather(self.albums["artist"]).alias("artist")
            ),
            items["album"],
            ["artist", "name"],
        )
        return replace(
            self._columns,
            items=items.with_columns(
                track_codes.gather(items["track"]).alias("track"),
                album_codes.gather(items["album"]).alias("album"),
            ),
            artists=artists,
            tracks=tracks,
            albums=albums,
            credits=self.credits.select(
                codes.gather(self.credits["credit"]).alias("credit"),
                codes.gather(self.credits["artist"]).alias("artist"),
            ),
        )


def _with_artists(
    table: pl.DataFrame, labels: Sequence[Labels]
) -> tuple[pl.DataFrame, dict[str, int]]:
    """The table with the artists of the labels added, and all positions by id."""
    written: dict[str, str] = {}
    for one in labels:
        for name in (one.names.artist, *one.artists):
            key = artist_id(name)
            # Of several spellings, the first by code point, whatever their order.
            written[key] = min(written.get(key, name), name)
    known = dict(zip(table["id"], range(len(table)), strict=True))
    new = [key for key in sorted(written) if key not in known]
    known |= {key: len(table) + number for number, key in enumerate(new)}
    return pl.concat([table, artists_of([written[key] for key in new])]), known


def _with_rows(
    table: pl.DataFrame, rows: pl.DataFrame, name: str
) -> tuple[pl.DataFrame, list[int]]:
    """The table with missing `rows` added, and the position of each of `rows`."""
    new = (
        rows.join(table, on="id", how="anti")
        .sort("id", name)
        .unique("id", keep="first", maintain_order=True)
    )
    joined = pl.concat([table, new])
    places = joined.select("id").with_row_index("place")
    found = rows.select("id").join(places, on="id", how="left", maintain_order="left")
    return joined, found["place"].to_list()


def _credits(labels: Sequence[Labels], places: Mapping[str, int]) -> pl.DataFrame:
    """The credits that are split, and the artists they count for."""
    rows = {
        (places[artist_id(one.names.artist)], places[artist_id(artist)])
        for one in labels
        for artist in one.artists
        if one.artists != (one.names.artist,)
    }
    return pl.DataFrame(sorted(rows), no_credits().schema, orient="row")


def _used(
    table: pl.DataFrame, used: pl.Series, order: list[str]
) -> tuple[pl.DataFrame, pl.Series]:
    """The rows that are used, in order, and the new number of each row."""
    numbered = table.with_row_index("was")
    kept = numbered.filter(pl.col("was").is_in(used.unique().implode())).sort(order)
    places = kept.select("was").with_row_index("place")
    became = numbered.select("was").join(
        places, on="was", how="left", maintain_order="left"
    )
    return kept.drop("was"), became["place"]
