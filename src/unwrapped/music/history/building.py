"""From the rows of an upload to a listening history: set aside, dedupe, shadow, name.

Pure functions on frames. The outcome depends on the set of rows alone, never on the
order of files or rows.
"""

from dataclasses import dataclass

import polars as pl

from unwrapped.music.history.books import (
    Books,
    count_aside,
    count_shortened,
    count_stored,
    keep_books,
)
from unwrapped.music.history.identity import spellings_frame
from unwrapped.music.history.shadows import mark_shadowed
from unwrapped.music.history.tracks import name_tracks
from unwrapped.music.sources.limits import TooManyBadRows, tolerated_bad_rows
from unwrapped.music.sources.reading import HistoryFile
from unwrapped.music.sources.reasons import AsideReason
from unwrapped.music.sources.rows.clean import BAD_DURATION
from unwrapped.music.sources.rows.frame import ASIDE_DTYPE
from unwrapped.music.sources.uploads import SkippedFile, Upload

EXACT_KEY = ("logged_at", "source", "recording", "ms_played")
_MARKS = ("reason_end", "skipped", "shuffle")
_DAMAGE = {reason: reason.damage for reason in AsideReason if reason.damage}


@dataclass(frozen=True, slots=True)
class PreparedUpload:
    """The listens of an upload, each once, before what is stored already is known."""

    listens: pl.DataFrame
    """`EXACT_KEY` (the recording as a code), `spelling`, marks, and `file`: the first
    that had the row."""

    spelled: pl.DataFrame
    """The spellings in use (`identity.spellings_frame`; `recording` as a code, its text
    in `identity`), each with the time of its latest listen (`last_logged`)."""

    also_spelled: pl.DataFrame
    """`EXACT_KEY` and `spelling` of rows that are known by another spelling."""

    aside: dict[int, dict[str, int]]
    """Rows set aside, by file and reason."""

    shortened: dict[int, int]
    """Listens with a name that was cut, by file."""

    files: list[HistoryFile]
    skipped: list[SkippedFile]

    def books(self, stored: dict[int, tuple[int, int]]) -> Books:
        """The books, given the listens that are new and shadowed ones, by file."""
        return keep_books(self.files, self.skipped, self.aside, stored, self.shortened)


@dataclass(frozen=True, slots=True)
class History:
    """A listening history and how it came about."""

    listens: pl.DataFrame
    """Every listen that counts, once; see `listens.tracks.LISTEN_COLUMNS`."""

    books: Books


def prepare_upload(upload: Upload) -> PreparedUpload:
    """The listens in an upload, as `prepare_rows`.

    Raises `TooManyBadRows` when more than 1 % of its rows (and more than 20) are no
    objects, or have no readable date or duration.
    """
    prepared = prepare_rows(upload)
    _refuse_if_damaged(prepared)
    return prepared


def prepare_rows(upload: Upload) -> PreparedUpload:
    """The listens among rows of any source, each once."""
    spellings = spellings_frame(upload.spellings.rows()).with_columns(
        pl.col("recording").alias("identity"),
        pl.col("recording").rank("dense").cast(pl.UInt32),
    )
    rows = set_aside(upload.rows, spellings)
    aside = count_aside(rows, upload.aside)
    listens = rows.filter(pl.col("aside").is_null()).drop("aside")
    listens = listens.with_columns(
        spellings["recording"].gather(listens["spelling"]).alias("recording")
    )
    unique, also_spelled = split_known(listens)
    return PreparedUpload(
        listens=unique,
        spelled=last_spelled(listens, spellings),
        also_spelled=also_spelled,
        aside=aside,
        shortened=count_shortened(listens, upload.spellings.shortened),
        files=upload.files,
        skipped=upload.skipped,
    )


def build_history(upload: Upload) -> History:
    """The listening history in an upload. Raises as `prepare_upload`."""
    prepared = prepare_upload(upload)
    stored = mark_shadowed(prepared.listens, prepared.spelled)
    books = prepared.books(count_stored(stored))
    counted = stored.filter(~pl.col("shadowed"))
    return History(name_tracks(counted, prepared.spelled), books)


def set_aside(rows: pl.DataFrame, spellings: pl.DataFrame) -> pl.DataFrame:
    """`rows` with `aside`: null exactly for the listens to a track."""
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


def split_known(listens: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Each listen once, by the exact key, and `also_spelled`; null durations are equal.

    Of rows that differ only in `reason_end`, `skipped` and `shuffle` the first in their
    order stays, whichever was read first. `file` becomes the first file with the row.
    """
    # Most rows are alone at their time: sorting them all would take as much memory
    # again as everything else here.
    shared = listens["logged_at"].is_duplicated()
    suspects = listens.filter(shared).sort(*EXACT_KEY, *_MARKS, nulls_last=True)
    changes = [pl.col(name).ne_missing(pl.col(name).shift()) for name in EXACT_KEY]
    suspects = suspects.with_columns(pl.any_horizontal(changes).alias("first"))
    group = pl.col("first").cum_sum()
    suspects = suspects.with_columns(
        pl.col("file").min().over(group),
        (pl.col("spelling") != pl.col("spelling").first().over(group)).alias("other"),
    )
    also_spelled = suspects.filter("other").select(*EXACT_KEY, "spelling").unique()
    firsts = suspects.filter("first").drop("first", "other")
    return pl.concat([listens.filter(~shared), firsts]), also_spelled


def last_spelled(listens: pl.DataFrame, spellings: pl.DataFrame) -> pl.DataFrame:
    """The spellings in use, each with the time of its latest listen (`last_logged`)."""
    last = listens.group_by("spelling").agg(
        pl.col("logged_at").max().alias("last_logged")
    )
    return spellings.join(last, on="spelling", how="inner")


def _refuse_if_damaged(prepared: PreparedUpload) -> None:
    rows = sum(file.rows_read for file in prepared.files)
    bad = {
        file: sum(reasons.get(reason, 0) for reason in _DAMAGE)
        for file, reasons in prepared.aside.items()
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
