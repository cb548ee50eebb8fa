"""Reading files of history one by one: rows by log, and rows set aside."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

import polars as pl

from unwrapped.music.sources.containers import Leaf, LeafReader
from unwrapped.music.sources.format import Context, Format, Learner, Mixed
from unwrapped.music.sources.limits import Budget
from unwrapped.music.sources.logs import RICH_TO_POOR, LogName
from unwrapped.music.sources.reasons import OTHER_FORM, AsideReason
from unwrapped.music.sources.rows.clean import BAD_DURATION
from unwrapped.music.sources.rows.frame import ROW_SCHEMA

UPLOAD_SCHEMA = pl.Schema(
    {name: kind for name, kind in ROW_SCHEMA.items() if name != "aside"}
    | {"file": pl.UInt32()}
)
"""The schema of rows that are not set aside; `file` is an index into the upload's files.
"""

BATCH_ROWS = 50_000

type OnRead = Callable[[int], None]
"""Called with the number of bytes just read."""


@dataclass(frozen=True, slots=True)
class HistoryFile:
    """A file that was read, or the part of it that belongs to one log."""

    path: str
    source: str | None
    """The name of the log; None for an empty list."""

    rows_read: int


class HistoryReading:
    """The rows of the files that were read so far."""

    def __init__(
        self, budget: Budget, context: Context, formats: Sequence[Format]
    ) -> None:
        self.frames: list[pl.DataFrame] = []
        self.aside: dict[int, dict[str, int]] = {}
        self.files: list[HistoryFile] = []
        self.context = context
        self._budget = budget
        self._formats = formats

    def learn(self, leaf: Leaf, form: Format) -> None:
        """Let a `Learner` learn from a file; do nothing for other formats.

        Raises as `read` does.
        """
        if isinstance(form, Learner):
            with closing(LeafReader(leaf, lambda _: None)) as reader:
                form.learn(reader, self.context)

    def read(self, leaf: Leaf, form: Format, on_read: OnRead) -> None:
        """Read a file; the books list the rows of each log as a file of their own.

        Raises `DamagedHistory` and what the walk raises.
        """
        file = _FileRows(form.logs[0])
        for rows in self._batches(leaf, form, on_read):
            self._budget.spend_rows(leaf.path, len(rows))
            self._budget.spend_bad_rows(leaf.path, self._bad_rows(rows))
            file.add(rows)
        parts = [file]
        if OTHER_FORM in file.aside[file.default]:
            parts += [
                self._read_strange(leaf, other, pl.concat(file.strange))
                for other in self._formats
                if other is not form and isinstance(other, Mixed)
            ]
        file.give_up(sum(other.rows_read.total() for other in parts[1:]))
        for part in parts:
            logs = [log for log in RICH_TO_POOR if part.rows_read[log]]
            if not logs and part is file:
                logs = [file.default]
            for log in logs:
                self._keep(leaf, part, log)

    def _bad_rows(self, rows: pl.DataFrame) -> int:
        """The number of rows that are certain to count as damage in the books."""
        aside, logged_at = pl.col("aside"), pl.col("logged_at")
        is_bad = logged_at.is_null() | (pl.col("ms_played") == BAD_DURATION)
        no_object = aside == AsideReason.NO_OBJECT.value
        bad = rows.filter(no_object | (aside.is_null() & is_bad))
        names_track = self.context.spellings.names_track
        return sum(
            reason is not None or names_track(code)
            for reason, code in bad.select("aside", "spelling").iter_rows()
        )

    def _read_strange(
        self, leaf: Leaf, form: Format, strange: pl.Series
    ) -> "_FileRows":
        """The rows of a file that `form` knows and the file's own format does not.

        `strange` has a truth value for each row of the file.
        """
        file, start = _FileRows(form.logs[0]), 0
        for rows in self._batches(leaf, form, lambda _: None):
            mine = rows.filter(strange.slice(start, len(rows)))
            start += len(rows)
            file.add(mine.filter(pl.col("aside").ne_missing(pl.lit(OTHER_FORM))))
        return file

    def _batches(
        self, leaf: Leaf, form: Format, on_read: OnRead
    ) -> Iterator[pl.DataFrame]:
        """The rows of a file, tens of thousands at a time."""
        batch = [pl.DataFrame(schema=ROW_SCHEMA)]
        with closing(LeafReader(leaf, on_read)) as reader:
            for rows in form.read(reader, self.context):
                batch.append(rows)
                if sum(map(len, batch)) > BATCH_ROWS:
                    yield pl.concat(batch)
                    batch = []
        if batch:
            yield pl.concat(batch)

    def _keep(self, leaf: Leaf, file: "_FileRows", log: LogName) -> None:
        index = len(self.files)
        rows = pl.concat(file.frames)
        if file.rows_read[log] < file.rows_read.total():
            rows = rows.filter(pl.col("log") == log.value)
        self.frames.append(labelled(rows, index))
        self.files.append(HistoryFile(leaf.path, log.value, file.rows_read[log]))
        if aside := +file.aside[log]:
            self.aside[index] = dict(aside)


@dataclass(slots=True)
class _FileRows:
    """The rows of a file in one format."""

    default: LogName
    """The log of rows that do not show their log."""

    rows_read: Counter[LogName] = field(default_factory=Counter)
    frames: list[pl.DataFrame] = field(default_factory=list)
    strange: list[pl.Series] = field(default_factory=list)
    """For each batch, which of its rows are in another format."""

    aside: dict[LogName, Counter[str]] = field(
        default_factory=lambda: {name: Counter() for name in LogName}
    )

    def add(self, rows: pl.DataFrame) -> None:
        """Keep listens and only count other rows, since there may be millions."""
        self.strange.append((rows["aside"] == OTHER_FORM).fill_null(value=False))
        kept, aside = without_aside(rows)
        for log, count in rows["log"].value_counts().iter_rows():
            self.rows_read[LogName(log)] += count
        for log, reasons in aside.items():
            self.aside[log].update(reasons)
        self.frames.append(kept)

    def give_up(self, claimed: int) -> None:
        """Give up `claimed` rows, which other formats read.

        Rows that no format knows are counted as rows without a track.
        """
        aside = self.aside[self.default]
        self.rows_read[self.default] -= claimed
        aside[AsideReason.NO_TRACK.value] += aside.pop(OTHER_FORM, 0) - claimed


def without_aside(
    rows: pl.DataFrame,
) -> tuple[pl.DataFrame, dict[LogName, dict[str, int]]]:
    """The rows that are not set aside, and the number of others by log and reason."""
    kept = rows.filter(pl.col("aside").is_null()).drop("aside")
    aside: dict[LogName, dict[str, int]] = {}
    if len(kept) < len(rows):
        counted = rows.drop_nulls("aside").group_by("log", "aside").len()
        for log, reason, count in counted.iter_rows():
            aside.setdefault(LogName(log), {})[reason] = count
    return kept, aside


def labelled(rows: pl.DataFrame, file: int) -> pl.DataFrame:
    """The rows with the index of their file, in `UPLOAD_SCHEMA`."""
    return rows.with_columns(pl.lit(file, pl.UInt32).alias("file"))
