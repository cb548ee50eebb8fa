"""Finds the warnings of an import."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from unwrapped.music.history.books import Books
from unwrapped.music.history.building import PreparedUpload
from unwrapped.music.history.missing_files import warn_of_files
from unwrapped.music.history.odd_times import OF_TIMES, warn_of_times


def with_warnings(
    books: Books, upload: PreparedUpload, earlier: Sequence[Books]
) -> Books:
    """The books of an import with its warnings.

    Files may be missing among those of all imports (`earlier` and this one). Odd times are
    looked for in this upload only; a portrait checks the whole history.
    """
    files = [file for before in earlier for file in before.files] + books.files
    times = warn_of_times(_timed(upload))
    return replace(books, warnings=warn_of_files(files) + times)


def still_warned(books: Books, earlier: Sequence[Books]) -> Books:
    """The books of a known import, with missing files looked for in all imports."""
    files = [file for before in earlier for file in before.files] + books.files
    times = [warning for warning in books.warnings if warning.code in OF_TIMES]
    return replace(books, warnings=warn_of_files(files) + times)


def _timed(upload: PreparedUpload) -> pl.DataFrame:
    """The listens in the form that `odd_times` reads."""
    first = upload.spelled.sort("artist_key", "title_key").filter(
        pl.col("recording").is_first_distinct()
    )
    tracks = first.select(
        "recording",
        pl.struct("artist_key", "title_key").rank("dense").alias("track"),
        pl.col("artist_key").rank("dense").alias("artist"),
    )
    return (
        upload.listens.lazy()
        .select("started_at", "ms_played", pl.col("log").alias("source"), "recording")
        .join(tracks.lazy(), on="recording")
        .collect()
    )
