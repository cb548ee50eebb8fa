"""Files that are due: a hole among numbered files, a full file that nothing follows.

By names and spans of all files of a listener, whatever the order in which they were
given. Spotify numbers the files of an export from 0.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from pathlib import PurePosixPath

from unwrapped.core.text import printable
from unwrapped.music.history.books import FileBooks
from unwrapped.music.history.warnings import HistoryWarning, Span, WarningCode
from unwrapped.music.sources.logs import LogName

ACCOUNT_FILE_ROWS = 10_000
"""Rows of a file of account data, unless it is the last one."""

REST = timedelta(days=7)
"""What may be left of a hole that other files fill: nobody listens every day."""

_EXTENDED = frozenset({LogName.SPOTIFY_EXTENDED})
_ACCOUNT = _EXTENDED | {LogName.SPOTIFY_ACCOUNT}
_NUMBER = r"(?P<number>\d{1,3})"
# Music videos are few, and their one file is about all years.
_VIDEO = re.compile(r"Streaming_History_Video", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Series:
    """Files that are numbered together."""

    stem: str
    """The name up to the number; years in it, which differ, are left out."""

    pattern: str
    log: LogName
    filled_by: frozenset[LogName]
    """Logs whose files have what a missing file would."""

    is_in_order: bool = True
    """Whether a higher number is a later time."""

    def number_of(self, path: str) -> int | None:
        """The number of a file; None for a file of another kind."""
        name = PurePosixPath(path).name
        pattern = rf"{self.pattern}(?: ?\(\d+\)| copy)?\.json\b"
        found = re.match(pattern, name, re.IGNORECASE | re.ASCII)
        # A file that is alone has no number.
        return int(found["number"] or 0) if found else None


SERIES = (
    Series(
        "Streaming_History_Audio_..._",
        rf"Streaming_History_Audio_\d{{4}}(?:-\d{{4}})?(?:_{_NUMBER})?",
        LogName.SPOTIFY_EXTENDED,
        _EXTENDED,
    ),
    Series(
        "endsong_",
        rf"endsong_{_NUMBER}",
        LogName.SPOTIFY_EXTENDED,
        _EXTENDED,
        is_in_order=False,
    ),
    Series(
        "StreamingHistory",
        rf"StreamingHistory{_NUMBER}",
        LogName.SPOTIFY_ACCOUNT,
        _ACCOUNT,
    ),
    Series(
        "StreamingHistory_music_",
        rf"StreamingHistory_music_{_NUMBER}",
        LogName.SPOTIFY_ACCOUNT,
        _ACCOUNT,
    ),
)


def warn_of_files(files: Sequence[FileBooks]) -> list[HistoryWarning]:
    """What is due among all files of a listener."""
    missing = [_warn_of_missing(series, files) for series in SERIES]
    return [*(warning for warning in missing if warning), *_warn_of_full(files)]


def _warn_of_missing(
    series: Series, files: Sequence[FileBooks]
) -> HistoryWarning | None:
    numbered: dict[int, list[FileBooks]] = {}
    for file in files:
        if (number := series.number_of(file.path)) is not None:
            numbered.setdefault(number, []).append(file)
    absent: list[int] = []
    spans: list[Span] = []
    for run in _runs(set(range(max(numbered, default=0))) - numbered.keys()):
        left = _left_out(series, files, numbered, run)
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
    series: Series,
    files: Sequence[FileBooks],
    numbered: dict[int, list[FileBooks]],
    run: Sequence[int],
) -> list[Span] | None:
    """The time that files of these numbers would be about, as far as it is known.

    None where other files are about all of it.
    """
    if not series.is_in_order:
        return []
    ends = [file.last for file in numbered.get(run[0] - 1, ())]
    starts = [file.first for file in numbered[run[-1] + 1]]
    until = min((start for start in starts if start), default=None)
    if until is None:
        return []
    others = [
        Span(file.first, file.last)
        for file in files
        if file.first and file.last and file.source in series.filled_by
        if not _VIDEO.match(PurePosixPath(file.path).name)
    ]
    if run[0] == 0:
        return None if any(other.first < until for other in others) else []
    since = max((end for end in ends if end), default=None)
    if since is None:
        return []
    inside = [o for o in others if o.first < until and o.last > since]
    if not inside and since < until:
        return [Span(since, until)]
    return _rest(Span(since, until), inside) or None


def _rest(hole: Span, inside: Iterable[Span]) -> list[Span]:
    """What the spans leave of a hole, but for short times."""
    left, since = [], hole.first
    for span in sorted(inside, key=lambda span: span.first):
        left.append(Span(since, span.first))
        since = max(since, span.last)
    left.append(Span(since, hole.last))
    return [span for span in left if span.last - span.first > REST]


def _warn_of_full(files: Sequence[FileBooks]) -> list[HistoryWarning]:
    """Full files of account data, each once, that nothing goes on after."""
    full = {
        PurePosixPath(file.path).name: file
        for file in files
        if file.source == LogName.SPOTIFY_ACCOUNT
        and file.account.rows_read == ACCOUNT_FILE_ROWS
        and not _goes_on(file, files)
    }
    return [
        HistoryWarning(
            code=WarningCode.FULL_FILE,
            text=f"{printable(name, 100)} is full, with {ACCOUNT_FILE_ROWS:,} rows, and"
            " no file goes on after it.",
            advice="Look for the next number in what Spotify sent, and import it too. If"
            " there is none, all is here.",
            names=[name],
            logs=[LogName.SPOTIFY_ACCOUNT.value],
        )
        for name, _ in sorted(full.items())
    ]


def _goes_on(file: FileBooks, files: Sequence[FileBooks]) -> bool:
    """Whether there is a file of the next number, or one that ends later."""
    for series in SERIES:
        number = series.number_of(file.path)
        if number is not None and any(
            series.number_of(other.path) == number + 1 for other in files
        ):
            return True
    ends = [other.last for other in files if other.source in _ACCOUNT and other.last]
    return file.last is not None and any(end > file.last for end in ends)


def _runs(numbers: Iterable[int]) -> list[list[int]]:
    """Numbers in order, those that follow one another together."""
    placed = enumerate(sorted(numbers))
    return [
        [number for _, number in run]
        for _, run in groupby(placed, key=lambda pair: pair[1] - pair[0])
    ]


def _listed(numbers: Iterable[int]) -> str:
    """`0`, `0 and 2`, `0 to 3, 5 and 7`."""
    parts = [
        part
        for run in _runs(numbers)
        for part in (
            [f"{run[0]} to {run[-1]}"] if len(run) > 2 else [str(n) for n in run]
        )
    ]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if parts[1:] else parts)
