"""What looks wrong when an import ends."""

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
    """Books of an import with what looks wrong.

    Files are looked at together with those of `earlier` imports, since one may have been
    forgotten then; times of listens in this upload alone. A portrait looks at all.
    """
    files = [file for before in earlier for file in before.files] + books.files
    times = warn_of_times(_timed(upload))
    return replace(books, warnings=warn_of_files(files) + times)


def still_warned(books: Books, earlier: Sequence[Books]) -> Books:
    """Books of files that are known, with what looks wrong beside `earlier` imports."""
    files = [file for before in earlier for file in before.files] + books.files
    times = [warning for warning in books.warnings if warning.code in OF_TIMES]
    return replace(books, warnings=warn_of_files(files) + times)


def _timed(upload: PreparedUpload) -> pl.DataFrame:
    """The listens as `odd_times` looks at them."""
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
