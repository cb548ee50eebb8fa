"""Builds a listening history from the rows of an upload.

Rows that are not listens are set aside, repeats are dropped, listens are marked and named.
These are pure functions on frames: the result depends only on the set of rows, never on the
order of files or rows.
"""

from dataclasses import dataclass, field

import polars as pl

from unwrapped.music.history.books import (
    Books,
    StoredCount,
    Tally,
    count_aside,
    count_shortened,
    count_stored,
    keep_books,
    spans_of_files,
)
from unwrapped.music.history.credits import no_credits
from unwrapped.music.history.marks.marking import mark_listens
from unwrapped.music.history.recording_identity import spellings_frame
from unwrapped.music.history.records_by_key import split_records
from unwrapped.music.history.shown_names import name_tracks
from unwrapped.music.history.start_times import started_at
from unwrapped.music.sources.limits import TooManyBadRows, tolerated_bad_rows
from unwrapped.music.sources.reading import HistoryFile
from unwrapped.music.sources.reasons import AsideReason
from unwrapped.music.sources.rows.clean import BAD_DURATION
from unwrapped.music.sources.rows.frame import ASIDE_DTYPE
from unwrapped.music.sources.upload_reading import SkippedFile, Upload

_DAMAGE = {reason: reason.damage for reason in AsideReason if reason.damage}


@dataclass(frozen=True, slots=True)
class PreparedUpload:
    """The listens of an upload, each once, before they are compared with stored ones."""

    listens: pl.DataFrame
    """`records_by_key.KEY` (the recording as a code), `records_by_key.REST`, and
    `file`: the index of the first file that had the listen."""

    spelled: pl.DataFrame
    """The spellings in use (`recording_identity.spellings_frame`), each with the start of
    its latest listen (`last_started`)."""

    also_logged: pl.DataFrame
    """Further records of the same listens, with the same columns."""

    tally: Tally
    files: list[HistoryFile]
    skipped: list[SkippedFile]

    def books(self, stored: dict[int, StoredCount]) -> Books:
        """The books; `stored` counts the listens that are new, by file."""
        return keep_books(self.files, self.skipped, self.tally, stored)


@dataclass(frozen=True, slots=True)
class History:
    """A listening history, and the books of the upload that it was built from."""

    listens: pl.DataFrame
    """Every listen that counts, once; see `history.shown_names.LISTEN_COLUMNS`."""

    books: Books
    credits: pl.DataFrame = field(default_factory=no_credits)
    """Artists that are split into several, by names (`history.credits`)."""


def prepare_upload(upload: Upload) -> PreparedUpload:
    """The listens in an upload, each once.

    Raises `TooManyBadRows` when more than 1 % of its rows (and more than 20) are not
    objects, or have no readable date or duration.
    """
    prepared = prepare_rows(upload)
    _refuse_if_damaged(prepared)
    return prepared


def prepare_rows(upload: Upload) -> PreparedUpload:
    """The listens among rows of any log, each once."""
    spellings = spellings_frame(upload.spellings.rows())
    rows = set_aside(upload.rows, spellings)
    listens = rows.filter(pl.col("aside").is_null()).select(
        started_at(), pl.exclude("aside", "logged_at")
    )
    listens = listens.with_columns(
        spellings["recording"].gather(listens["spelling"]).alias("recording")
    )
    unique, also_logged = split_records(listens, spellings)
    return PreparedUpload(
        listens=unique,
        spelled=last_started(listens, spellings),
        also_logged=also_logged,
        tally=Tally(
            aside=count_aside(rows, upload.aside),
            shortened=count_shortened(listens, upload.spellings.shortened),
            spans=spans_of_files(listens),
        ),
        files=upload.files,
        skipped=upload.skipped,
    )


def build_history(upload: Upload) -> History:
    """The listening history in an upload. Raises as `prepare_upload`."""
    prepared = prepare_upload(upload)
    stored = mark_listens(prepared.listens, prepared.spelled)
    books = prepared.books(count_stored(stored))
    counted = stored.filter(pl.col("mark").is_null())
    return History(name_tracks(counted, prepared.spelled), books)


def set_aside(rows: pl.DataFrame, spellings: pl.DataFrame) -> pl.DataFrame:
    """`rows` with `aside`, which is null exactly for listens to a track."""
    nameless = spellings["nameless"].gather(rows["spelling"])
    return rows.with_columns(
        pl.when(nameless)
        .then(pl.lit(AsideReason.NO_TRACK.value, ASIDE_DTYPE))
        .when(pl.col("logged_at").is_null())
        .then(pl.lit(AsideReason.BAD_DATE.value, ASIDE_DTYPE))
        .when(pl.col("ms_played") == BAD_DURATION)
        .then(pl.lit(AsideReason.BAD_DURATION.value, ASIDE_DTYPE))
        .alias("aside")
    )


def last_started(listens: pl.DataFrame, spellings: pl.DataFrame) -> pl.DataFrame:
    """The spellings in use, each with the start of its latest listen (`last_started`)."""
    last = listens.group_by("spelling").agg(
        pl.col("started_at").max().alias("last_started")
    )
    return spellings.join(last, on="spelling", how="inner")


def _refuse_if_damaged(prepared: PreparedUpload) -> None:
    rows = sum(file.rows_read for file in prepared.files)
    bad = {
        file: sum(reasons.get(reason, 0) for reason in _DAMAGE)
        for file, reasons in prepared.tally.aside.items()
    }
    count = sum(bad.values())
    if count <= tolerated_bad_rows(rows):
        return
    worst = min(bad, key=lambda file: (-bad[file], file))
    raise TooManyBadRows(
        f"{prepared.files[worst].path}: {count:,} of {rows:,} rows in the upload"
        f" {', or '.join(_DAMAGE.values())}. Nothing was kept. Get the files again, as"
        " they were sent to you."
    )
