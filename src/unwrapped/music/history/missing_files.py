"""Warns of missing files: a gap among numbered files, a full file without a successor.

The warnings depend on the names and spans of all files of a listener, not on their order.
Formats define how their files are numbered.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import groupby
from pathlib import PurePosixPath

from unwrapped.core.printable import printable
from unwrapped.music.history.books import FileBooks
from unwrapped.music.history.warnings import HistoryWarning, Span, WarningCode
from unwrapped.music.sources.file_series import Numberer, Series, filled_by
from unwrapped.music.sources.formats import FORMATS
from unwrapped.music.sources.logs import LogName

REST = timedelta(days=7)
"""The longest part of a gap that other files may leave open: nobody listens every day."""

# Music videos are few, and their only file covers all years: it fills no gap.
_VIDEO = re.compile(r"Streaming_History_Video", re.IGNORECASE | re.ASCII)


_NUMBERED = [form for form in FORMATS if isinstance(form, Numberer)]

SERIES = tuple(series for form in _NUMBERED for series in form.series)

_FULL = {
    series.log: form.full_rows
    for form in _NUMBERED
    for series in form.series
    if form.full_rows is not None
}
"""The number of rows of each file but the last one, by log."""


type Numbered = dict[int, list[FileBooks]]
"""The files of a series, by their numbers."""


def warn_of_files(files: Sequence[FileBooks]) -> list[HistoryWarning]:
    """The warnings about missing files of a listener."""
    numbered = {series: _numbered(series, files) for series in SERIES}
    missing = [
        _warn_of_missing(series, found, _spans(files, filled_by(series.log)))
        for series, found in numbered.items()
    ]
    full = [
        warning
        for log, rows in _FULL.items()
        for warning in _warn_of_full(log, rows, files, numbered)
    ]
    return [*(warning for warning in missing if warning), *full]


def _numbered(series: Series, files: Sequence[FileBooks]) -> Numbered:
    numbered: Numbered = {}
    for file in files:
        if (number := series.number_of(file.path)) is not None:
            numbered.setdefault(number, []).append(file)
    return numbered


def _spans(files: Sequence[FileBooks], logs: Collection[str]) -> list[Span]:
    """The spans of the listens of these logs, one for each file."""
    return [
        Span(file.first, file.last)
        for file in files
        if file.first and file.last and file.source in logs
        if not _VIDEO.match(PurePosixPath(file.path).name)
    ]


def _warn_of_missing(
    series: Series, numbered: Numbered, others: Sequence[Span]
) -> HistoryWarning | None:
    absent: list[int] = []
    spans: list[Span] = []
    for run in _runs(set(range(max(numbered, default=0))) - numbered.keys()):
        left = _left_out(run, numbered, others) if series.is_in_order else []
        if left is not None:
            absent += run
            spans += left
    if not absent:
        return None
    is_one = len(absent) == 1
    there = "the only file is" if len(numbered) == 1 else "files are"
    return HistoryWarning(
        code=WarningCode.MISSING_FILE,
        text=f"{series.stem}{_listed(absent)} {'is' if is_one else 'are'} missing:"
        f" {there} numbered {_listed(numbered)}.",
        advice=f"Look for {'it' if is_one else 'them'} in what Spotify sent, and import"
        f" {'it' if is_one else 'them'} too.",
        names=[f"{series.stem}{number}" for number in absent],
        numbers=absent,
        logs=[series.log.value],
        spans=spans,
    )


def _left_out(
    run: Sequence[int], numbered: Numbered, others: Sequence[Span]
) -> list[Span] | None:
    """The time that files with these numbers would cover, as far as known.

    None if other files cover all of it.
    """
    starts = [file.first for file in numbered[run[-1] + 1] if file.first]
    ends = [file.last for file in numbered.get(run[0] - 1, ()) if file.last]
    if not starts:
        return []
    until = min(starts)
    if run[0] == 0:
        return None if any(other.first < until for other in others) else []
    if not ends:
        return []
    hole = Span(max(ends), until)
    inside = [o for o in others if o.first < hole.last and o.last > hole.first]
    if not inside and hole.first < hole.last:
        return [hole]
    return _rest(hole, inside) or None


def _rest(hole: Span, inside: Iterable[Span]) -> list[Span]:
    """The parts of a gap that the spans leave open, except short ones."""
    left, since = [], hole.first
    for span in sorted(inside, key=lambda span: span.first):
        left.append(Span(since, span.first))
        since = max(since, span.last)
    left.append(Span(since, hole.last))
    return [span for span in left if span.last - span.first > REST]


def _warn_of_full(
    log: LogName,
    rows: int,
    files: Sequence[FileBooks],
    numbered: Mapping[Series, Numbered],
) -> list[HistoryWarning]:
    """A warning for each full file of a log without a successor."""
    latest = max((span.last for span in _spans(files, filled_by(log))), default=None)
    full = {
        PurePosixPath(file.path).name
        for file in files
        if file.source == log
        and file.account.rows_read == rows
        and not _has_next(file, numbered)
        and (latest == file.last if file.last else _has_number(file, numbered))
    }
    return [
        HistoryWarning(
            code=WarningCode.FULL_FILE,
            text=f"{printable(name, 100)} is full, with {rows:,} rows, and"
            " no file continues it.",
            advice="Look for the next number in what Spotify sent, and import it too. If"
            " there is none, nothing is missing.",
            names=[name],
            logs=[log.value],
        )
        for name in sorted(full)
    ]


def _has_number(file: FileBooks, numbered: Mapping[Series, Numbered]) -> bool:
    return any(series.number_of(file.path) is not None for series in numbered)


def _has_next(file: FileBooks, numbered: Mapping[Series, Numbered]) -> bool:
    """Whether there is a file with the next number."""
    return any(
        number + 1 in there
        for series, there in numbered.items()
        if (number := series.number_of(file.path)) is not None
    )


def _runs(numbers: Iterable[int]) -> list[list[int]]:
    """Numbers in order, with consecutive ones grouped."""
    placed = enumerate(sorted(numbers))
    return [
        [number for _, number in run]
        for _, run in groupby(placed, key=lambda pair: pair[1] - pair[0])
    ]


def _listed(numbers: Iterable[int]) -> str:
    """Numbers in words: `0`, `0 and 2`, `0 to 3, 5 and 7`."""
    parts = [
        part
        for run in _runs(numbers)
        for part in (
            [f"{run[0]} to {run[-1]}"] if len(run) > 2 else [str(n) for n in run]
        )
    ]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if parts[1:] else parts)
