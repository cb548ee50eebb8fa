"""Adds later listens of a history to its copy."""

from collections.abc import Sequence

import polars as pl
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.music.history.shown_names import LISTEN_COLUMNS, as_enum
from unwrapped.music.read_model.columns import Columns, columns_of
from unwrapped.music.read_model.history_state import Head, Span
from unwrapped.music.read_model.key_variants import (
    spelled_frame,
    variants_of,
    with_variant,
)
from unwrapped.music.sources.rows.frame import LOG_DTYPE
from unwrapped.music.store.listener_sql import run
from unwrapped.music.store.models import LOG_NAMES
from unwrapped.music.store.spelling_keys import read_spelling_keys

# Each span is looked up in the index of the exact key, and each name by its primary
# key, independent of the planner's statistics.
_ADDED = """SELECT added.recording_id, added.started_at, added.ms_played, recording.track_id, artist.name,
    track.title, album.name, added.log, end_reason.reason, added.skipped, added.shuffle
FROM unnest(CAST(:firsts AS timestamptz[]), CAST(:lasts AS timestamptz[]))
    AS span (first, last),
LATERAL (SELECT * FROM listen WHERE listen.user_id = :user_id
    AND started_at >= span.first AND started_at <= span.last
    AND number >= :since AND number < :until AND mark = 0 OFFSET 0) AS added
JOIN LATERAL (SELECT track_id FROM recording WHERE user_id = added.user_id
    AND id = added.recording_id LIMIT 1) AS recording ON true
JOIN LATERAL (SELECT artist_id, title FROM track WHERE user_id = added.user_id
    AND id = recording.track_id LIMIT 1) AS track ON true
JOIN LATERAL (SELECT name FROM artist WHERE user_id = added.user_id
    AND id = track.artist_id LIMIT 1) AS artist ON true
JOIN LATERAL (SELECT album_id FROM spelling WHERE user_id = added.user_id
    AND recording_id = added.recording_id AND id = added.spelling_id LIMIT 1) AS spelling
    ON true
LEFT JOIN LATERAL (SELECT name FROM album WHERE user_id = added.user_id
    AND id = spelling.album_id LIMIT 1) AS album ON true
LEFT JOIN LATERAL (SELECT reason FROM end_reason WHERE user_id = added.user_id
    AND id = added.end_reason_id LIMIT 1) AS end_reason ON true"""

_ROWS = pl.Schema(
    {
        "recording_id": pl.Int32(),
        "started_at": pl.Datetime("us", "UTC"),
        "ms_played": pl.Int64(),
        "track": pl.UInt32(),
        "artist": pl.String(),
        "title": pl.String(),
        "album": pl.String(),
        "log": pl.Int16(),
        "reason_end": pl.String(),
        "skipped": pl.Boolean(),
        "shuffle": pl.Boolean(),
    }
)


async def read_added(
    session: AsyncSession, base: Head, head: Head, spans: Sequence[Span]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The counted listens that were added between two states (`LISTEN_COLUMNS` and
    `variant`), and the variants of their recordings."""
    rows = await run(
        session,
        head.user_id,
        _ADDED,
        firsts=[span.first for span in spans],
        lasts=[span.last for span in spans],
        since=base.next_number,
        until=head.next_number,
    )
    found = pl.DataFrame(map(tuple, rows), schema=_ROWS, orient="row").with_columns(
        pl.col("log").replace_strict(LOG_NAMES, return_dtype=LOG_DTYPE).alias("source")
    )
    names = [
        as_enum(found[name]) for name in ("artist", "title", "album", "reason_end")
    ]
    order = ["started_at", "artist", "title", "track", "ms_played", "source"]
    recordings = found["recording_id"].unique().to_list()
    respelled = await read_spelling_keys(session, head.user_id, recordings)
    variants = variants_of(spelled_frame(respelled))
    listens = with_variant(found.with_columns(names).sort(order), variants)
    return listens.select(*LISTEN_COLUMNS, "variant"), variants


def lay_over(
    base: Columns, added: pl.DataFrame, variants: pl.DataFrame | None = None
) -> Columns | None:
    """The columns of a history with `added` listens (`LISTEN_COLUMNS`, in its order), and
    with the variants of their recordings (see `columns_of`).

    None if an added listen begins at the same moment as another listen: their order
    depends on data that the columns do not have.
    """
    if added.is_empty():
        return base
    starts, begin = base.listens["started_at"], added["started_at"][0]
    at = int(starts.search_sorted(begin))
    head, tail = base.listens.head(at), base.listens.slice(at)
    if added["started_at"].is_duplicated().any() or (
        added["started_at"].is_in(tail["started_at"].implode()).any()
    ):
        return None
    news = columns_of(added, variants)
    names = _Names(base, news)
    offset = len(base.items)
    reasons = _words(base.listens, news.listens)
    rows = news.listens.with_columns(pl.col("item") + offset)
    parts = [
        frame.with_columns(pl.col("reason_end").cast(pl.String).cast(reasons))
        if frame["reason_end"].dtype != reasons
        else frame
        for frame in (head, tail, rows)
    ]
    late = pl.concat(parts[1:]).sort("started_at")
    return Columns(
        listens=pl.concat([parts[0], late]).rechunk(),
        items=pl.concat([names.items(base), names.items(news)]),
        artists=names.artists,
        albums=names.albums,
        tracks=names.tracks,
        # No known recording has other keys: that would be more than an addition.
        variants=pl.concat(
            [
                base.variants,
                news.variants.join(base.variants, on="variant", how="anti"),
            ]
        ),
    )


class _Names:
    """The names of several histories, joined to one table for each kind."""

    def __init__(self, *parts: Columns) -> None:
        self.artists, self._artists = _joined(
            [part.artists for part in parts], "id", ["name"]
        )
        self.albums, self._albums = self._works([part.albums for part in parts], "name")
        self.tracks, self._tracks = self._works(
            [part.tracks for part in parts], "title"
        )
        self._parts = parts

    def items(self, part: Columns) -> pl.DataFrame:
        """The items of one of the histories, with the numbers of the joined tables."""
        number = self._parts.index(part)
        return part.items.select(
            self._tracks[number].gather(part.items["track"]).alias("track"),
            self._albums[number].gather(part.items["album"]).alias("album"),
            part.items["variant"],
        )

    def _works(
        self, tables: list[pl.DataFrame], name: str
    ) -> tuple[pl.DataFrame, list[pl.Series]]:
        renumbered = [
            table.with_columns(codes.gather(table["artist"]).alias("artist"))
            for table, codes in zip(tables, self._artists, strict=True)
        ]
        return _joined(renumbered, "id", ["artist", name])


def _joined(
    tables: list[pl.DataFrame], key: str, order: list[str]
) -> tuple[pl.DataFrame, list[pl.Series]]:
    """The tables joined to one, in order, and the places of their rows in it."""
    first, *others = tables
    known = [_places(other[key], first[key]) for other in others]
    # Usually nothing is new: then the names need not be sorted again.
    if not any(places.null_count() for places in known):
        return first, [pl.int_range(len(first), dtype=pl.UInt32, eager=True), *known]
    joined = pl.concat(tables).unique(key, keep="first").sort(order)
    return joined, [_places(table[key], joined[key]) for table in tables]


def _places(wanted: pl.Series, ids: pl.Series) -> pl.Series:
    """The place of each `wanted` id among `ids`; null if it is not one of them."""
    places = ids.to_frame("id").with_row_index("place")
    among = places.filter(pl.col("id").is_in(wanted.implode()))
    return wanted.to_frame("id").join(
        among, on="id", how="left", maintain_order="left"
    )["place"]


def _words(*listens: pl.DataFrame) -> pl.Enum:
    """The reasons for endings in all of the frames."""
    types = [frame.schema["reason_end"] for frame in listens]
    words = [one.categories for one in types if isinstance(one, pl.Enum)]
    return pl.Enum(pl.concat(words).unique().sort())
