"""One listen in two of Spotify's formats: the poorer row is stored, and not counted.

A rule over the set of rows, applied anew with every import, so that any order of
imports ends in the same history.
"""

from typing import Final

import polars as pl

RICHER: Final = "spotify_extended"
POORER: Final = "spotify_account"

TRACK_KEY = ("artist_key", "title_key")


def mark_shadowed(listens: pl.DataFrame, spelled: pl.DataFrame) -> pl.DataFrame:
    """`listens` with `shadowed`: rows of the account data that the extended history has.

    The same listen: the same track, by any spelling that its recording has had, with
    its end in the same minute. One extended row or more in that minute shadows all
    account rows of that track in it.
    """
    minute = pl.col("logged_at").dt.truncate("1m").alias("minute")
    poorer = listens.filter(pl.col("source") == POORER)
    first, last = poorer["logged_at"].dt.truncate("1m").min(), poorer["logged_at"].max()
    names = spelled.select("spelling", "recording", *TRACK_KEY)
    richer_minutes = (
        listens.filter(
            pl.col("source") == RICHER,
            minute.is_between(pl.lit(first), pl.lit(last)),
        )
        .select(minute, "recording")
        .unique()
        .join(names, on="recording")
        .select("minute", *TRACK_KEY)
        .unique()
    )
    shadowed = (
        poorer.select(minute, "spelling", *_IDENTITY)
        .join(names.drop("recording"), on="spelling")
        .join(richer_minutes, on=["minute", *TRACK_KEY], how="semi")
        .select(*_IDENTITY, pl.lit(value=True).alias("shadowed"))
    )
    return listens.join(
        shadowed, on=_IDENTITY, how="left", nulls_equal=True, maintain_order="left"
    ).with_columns(pl.col("shadowed").fill_null(value=False))


_IDENTITY = ["logged_at", "source", "recording", "ms_played"]
