"""Records and listens: a listen is all records with the same exact key.

A record is a distinct row of a log. The first record of a listen, in a fixed order, decides
its ending and spelling. The others are kept, since the first one may be removed.
"""

import polars as pl

KEY = ("started_at", "log", "recording", "ms_played")
"""The exact key: a row with the same key is known. Null durations are equal."""

REST = ("spelling", "reason_end", "skipped", "shuffle", "length_ms")
"""The columns in which records of one listen may differ."""

ROWS_AT_ONCE = 100_000
"""The number of records that are searched for among stored ones at once."""

_ORDER = ("reason_end", "skipped", "shuffle", "length_ms", "spelled")


def spelled_rank(spellings: pl.DataFrame) -> pl.Series:
    """The rank of each spelling in the order of texts, by code point."""
    texts = pl.struct(
        "artist",
        "title",
        pl.col("album").is_null().alias("unknown"),
        pl.col("album").fill_null(""),
    )
    return spellings.select(texts.rank("dense").cast(pl.UInt32)).to_series()


def split_records(
    rows: pl.DataFrame, spellings: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The first record of each listen, and all other records, each once.

    `file` becomes the first file that had a row of the listen. `spellings` has a row for
    each code in `spelling`, in their order.
    """
    # Most rows are alone at their time: sorting all of them would double the memory.
    shared = rows["started_at"].is_duplicated()
    if not shared.any():
        return rows, rows.clear()
    suspects = in_order(
        rows.filter(shared).with_columns(
            spelled_rank(spellings)
            .gather(rows.filter(shared)["spelling"])
            .alias("spelled")
        )
    )
    first = _changes(KEY)
    suspects = suspects.with_columns(
        pl.any_horizontal(first).alias("first"),
        pl.any_horizontal(first + _changes(_ORDER)).alias("new"),
    ).with_columns(pl.col("file").min().over(pl.col("first").cum_sum()))
    suspects = suspects.filter("new")
    firsts = suspects.filter("first").select(rows.columns)
    also = suspects.filter(~pl.col("first")).select(rows.columns)
    return pl.concat([rows.filter(~shared), firsts]), also


def in_order(records: pl.DataFrame) -> pl.DataFrame:
    """Sort records by their exact key, and those of one listen in the fixed order.

    `spelled` is the rank of the spelling in the order of texts, by code point. Unknown
    values come last.
    """
    return records.sort(
        *KEY, pl.col("reason_end").cast(pl.String), *_ORDER[1:], nulls_last=True
    )


def _changes(columns: tuple[str, ...]) -> list[pl.Expr]:
    return [pl.col(name).ne_missing(pl.col(name).shift()) for name in columns]


def known_records(records: pl.DataFrame, stored: pl.DataFrame) -> pl.DataFrame:
    """`records` in the order of their starts, with the `number` of the same record in
    `stored`; null if it is new.
    """
    ordered = records.sort("started_at")
    if stored.is_empty():
        return ordered.with_columns(pl.lit(None, pl.Int32).alias("number"))
    # Part by part: joining a million rows by ten columns at once takes 400 MB.
    return pl.concat(_known(part, stored) for part in ordered.iter_slices(ROWS_AT_ONCE))


def _known(part: pl.DataFrame, stored: pl.DataFrame) -> pl.DataFrame:
    columns = [*KEY, *_STORED_REST]
    moment = pl.col("started_at")
    near = stored.filter(
        moment.is_between(part["started_at"].first(), part["started_at"].last())
    )
    return part.join(
        near.select(*columns, "number"),
        on=columns,
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )


_STORED_REST = ("spelling", "end_reason", "skipped", "shuffle", "length_ms")
