"""The books of an import, which account for every row that was read."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import polars as pl

from unwrapped.music.history.warnings import HistoryWarning, Span
from unwrapped.music.sources.reading import HistoryFile
from unwrapped.music.sources.reasons import AsideReason
from unwrapped.music.sources.upload_reading import SkippedFile

MOST_SKIPPED = 100
"""The maximum number of skipped files that books list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What happened to rows: rows_read = stored + known + the sum of set_aside;
    shadowed, echoes and double_scrobbles are parts of stored."""

    rows_read: int
    stored: int
    known: int
    """Rows that are stored already, from this upload or from an earlier one."""

    set_aside: dict[str, int]
    """Rows that are not listens to a track, by reason, in the order of `AsideReason`."""

    shadowed: int
    """Stored, but not counted: a richer source has the same listen."""

    echoes: int = 0
    """Stored, but not counted: the same log has the same listen, begun shortly before."""

    double_scrobbles: int = 0
    """Stored, but not counted: the same log has a report of the same track from seconds
    before.
    """

    shortened: int = 0
    """Stored and known rows whose artist, title or album had more than 1,000 characters
    and was cut.
    """

    def reasons(self) -> list[str]:
        """`set_aside` in words, a phrase for each reason."""
        return [
            AsideReason(reason).counted(count)
            for reason, count in self.set_aside.items()
        ]

    def uncounted(self) -> list[str]:
        """The stored listens that are not counted, a phrase for each reason."""
        counts = (self.shadowed, self.echoes, self.double_scrobbles)
        return [
            f"{count:,} {'was' if count == 1 else 'were'} not counted: {why}"
            for count, why in zip(counts, UNCOUNTED.values(), strict=True)
            if count
        ]


UNCOUNTED: Mapping[str, str] = {
    "richer_source": "a richer source has the same listen",
    "echo": "the same log has the same listen, begun shortly before",
    "double_scrobble": "the same listen was reported twice within seconds",
}
"""Why a stored listen is not counted, by its mark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileBooks:
    """The account of one file."""

    path: str
    source: str | None
    """Null for an empty list."""

    account: Account
    first: datetime | None = None
    last: datetime | None = None
    """The starts of its first and last listen, new or known; null if it has none, and
    in books of earlier versions.
    """


def without_music(account: Account) -> str:
    """A sentence on what an upload contains if it has no listen to a track."""
    aside = dict(account.set_aside)
    spoken = [
        reason.counted(count) for reason in _SPOKEN if (count := aside.pop(reason, 0))
    ]
    parts = []
    if spoken:
        are = "is" if spoken[0].startswith("1 ") and len(spoken) == 1 else "are"
        parts.append(f"{' and '.join(spoken)}, which {are} not judged")
    if nameless := aside.pop(AsideReason.NO_TRACK, 0):
        rows = "1 row" if nameless == 1 else f"{nameless:,} rows"
        parts.append(f"{rows} without the name of a track")
    parts += [AsideReason(reason).counted(count) for reason, count in aside.items()]
    return f"There is no music in it: {'; '.join(parts) or 'no row'}."


_SPOKEN = (AsideReason.PODCAST, AsideReason.AUDIOBOOK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """The accounts of an upload, in total and by file, and the skipped files."""

    total: Account
    files: list[FileBooks]
    skipped: list[SkippedFile]
    """At most `MOST_SKIPPED`, those with a warning first."""

    more_skipped: int = 0
    """The number of skipped files that are not listed."""

    warnings: list[HistoryWarning] = field(default_factory=list)
    """What looked wrong in the whole history when the import ended, or when the
    portrait was made.
    """


def count_aside(
    rows: pl.DataFrame, before: dict[int, dict[str, int]]
) -> dict[int, dict[str, int]]:
    """The number of rows set aside by `file` and reason (`aside`), added to `before`."""
    aside = {file: dict(reasons) for file, reasons in before.items()}
    counted = rows.drop_nulls("aside").group_by("file", "aside").len()
    for file, reason, count in counted.iter_rows():
        reasons = aside.setdefault(file, {})
        reasons[reason] = reasons.get(reason, 0) + count
    return aside


def count_shortened(listens: pl.DataFrame, spellings: set[int]) -> dict[int, int]:
    """The number of listens with one of these spellings, by `file`."""
    if not spellings:
        return {}
    codes = pl.Series(sorted(spellings), dtype=pl.UInt32)
    counted = listens.filter(pl.col("spelling").is_in(codes.implode()))
    return dict(counted.group_by("file").len().iter_rows())


@dataclass(frozen=True, slots=True)
class StoredCount:
    """The stored listens of a file, in total and by mark."""

    listens: int
    marked: Mapping[str, int] = field(default_factory=dict)


def count_stored(listens: pl.DataFrame) -> dict[int, StoredCount]:
    """The number of listens, in total and by `mark`, for each `file`."""
    counted = listens.group_by("file").agg(
        pl.len(), *((pl.col("mark") == mark).sum().alias(mark) for mark in UNCOUNTED)
    )
    return {
        file: StoredCount(stored, dict(zip(UNCOUNTED, marked, strict=True)))
        for file, stored, *marked in counted.iter_rows()
    }


def spans_of_files(listens: pl.DataFrame) -> dict[int, Span]:
    """The span from the first to the last start of the listens of each `file`."""
    moment = pl.col("started_at")
    spans = listens.group_by("file").agg(
        moment.min().alias("first"), moment.max().alias("last")
    )
    return {file: Span(first, last) for file, first, last in spans.iter_rows()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What happened to the rows of an upload, by index of the file."""

    aside: Mapping[int, Mapping[str, int]]
    shortened: Mapping[int, int]
    spans: Mapping[int, Span]


def keep_books(
    files: list[HistoryFile],
    skipped: list[SkippedFile],
    tally: Tally,
    stored: Mapping[int, StoredCount],
) -> Books:
    """The books of an upload; `stored` is by index of the file, as `tally` is."""
    kept = [
        _file_books(index, file, tally, stored.get(index, StoredCount(0)))
        for index, file in enumerate(files)
    ]
    return books_of(sum_accounts(kept), kept, skipped)


def books_of(
    total: Account, files: list[FileBooks], skipped: list[SkippedFile], more: int = 0
) -> Books:
    """Books that list at most `MOST_SKIPPED` files and add the others to `more`."""
    if len(skipped) > MOST_SKIPPED:
        more += len(skipped) - MOST_SKIPPED
        skipped = sorted(skipped, key=lambda file: not file.warning)[:MOST_SKIPPED]
    return Books(total=total, files=files, skipped=skipped, more_skipped=more)


def _file_books(
    index: int, file: HistoryFile, tally: Tally, stored: StoredCount
) -> FileBooks:
    aside = tally.aside.get(index, {})
    span = tally.spans.get(index)
    account = Account(
        rows_read=file.rows_read,
        stored=stored.listens,
        known=file.rows_read - stored.listens - sum(aside.values()),
        set_aside=_in_order(aside),
        shadowed=stored.marked.get("richer_source", 0),
        echoes=stored.marked.get("echo", 0),
        double_scrobbles=stored.marked.get("double_scrobble", 0),
        shortened=tally.shortened.get(index, 0),
    )
    return FileBooks(
        path=file.path,
        source=file.source,
        account=account,
        first=span.first if span else None,
        last=span.last if span else None,
    )


def as_known(books: Books) -> Books:
    """The books of the same files when all of their rows are known."""

    def known(account: Account) -> Account:
        return replace(
            account,
            stored=0,
            known=account.known + account.stored,
            shadowed=0,
            echoes=0,
            double_scrobbles=0,
        )

    return replace(
        books,
        total=known(books.total),
        files=[replace(file, account=known(file.account)) for file in books.files],
    )


def sum_accounts(files: list[FileBooks]) -> Account:
    """The account of all files together."""
    accounts = [file.account for file in files]
    aside = {
        reason.value: sum(account.set_aside.get(reason, 0) for account in accounts)
        for reason in AsideReason
    }
    return Account(
        rows_read=sum(account.rows_read for account in accounts),
        stored=sum(account.stored for account in accounts),
        known=sum(account.known for account in accounts),
        set_aside=_in_order(aside),
        shadowed=sum(account.shadowed for account in accounts),
        echoes=sum(account.echoes for account in accounts),
        double_scrobbles=sum(account.double_scrobbles for account in accounts),
        shortened=sum(account.shortened for account in accounts),
    )


def _in_order(aside: Mapping[str, int]) -> dict[str, int]:
    return {
        reason.value: count for reason in AsideReason if (count := aside.get(reason))
    }
