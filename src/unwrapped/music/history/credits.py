"""Artists that are split into several others, which count in their place.

The columns `credit` and `artist` are names or numbers; a frame has a row for each artist
that a credit is split into. A play stays one play of the credit; only where artists are
counted, it is one play of each.
"""

import polars as pl


def no_credits() -> pl.DataFrame:
    """The frame in which no artist is split."""
    return pl.DataFrame(schema={"credit": pl.UInt32, "artist": pl.UInt32})


def for_each_artist(plays: pl.DataFrame, credits: pl.DataFrame) -> pl.DataFrame:
    """`plays` in their order, repeated for each artist that they count for."""
    if credits.is_empty():
        return plays
    artists = credits.select(pl.col("credit").alias("artist"), one="artist")
    return (
        plays.join(artists, on="artist", how="left", maintain_order="left")
        .with_columns(pl.coalesce("one", "artist").alias("artist"))
        .drop("one")
    )
