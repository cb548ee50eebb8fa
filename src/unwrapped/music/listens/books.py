"""The books of an import: what became of every row that was read."""

from dataclasses import dataclass

import polars as pl

from unwrapped.music.sources.source import ASIDE_REASONS
from unwrapped.music.sources.uploads import HistoryFile, SkippedFile

IN_WORDS = {
    "podcast": "podcast episodes",
    "audiobook": "audiobook chapters",
    "no_track": "without the name of a track",
    "bad_date": "without a readable date",
    "bad_duration": "without a sensible duration",
}
"""Why rows are set aside, as in `12 podcast episodes`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """rows_read = stored + known + the sum of set_aside; shadowed is a part of stored."""

    rows_read: int
    stored: int
    known: int
    """Rows that were there already: repeated in this upload or in an earlier one."""

    set_aside: dict[str, int]
    """Rows that are no listen to a track, by reason, in the order of `ASIDE_REASONS`."""

    shadowed: int
    """Stored, and not counted, because a richer source logged the same listen."""

    def reasons(self) -> list[str]:
        """`set_aside` in words, a phrase per reason."""
        return [
            f"{count:,} {IN_WORDS[reason]}" for reason, count in self.set_aside.items()
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileBooks:
    """The account of one file."""

    path: str
    source: str | None
    """None for an empty list."""

    account: Account


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """The accounts of an upload, in total and per file, and the files left alone."""

    total: Account
    files: list[FileBooks]
    skipped: list[SkippedFile]


def count_aside(rows: pl.DataFrame) -> dict[int, dict[str, int]]:
    """Rows set aside, by `file` and reason (`aside`)."""
    aside: dict[int, dict[str, int]] = {}
    counted = rows.drop_nulls("aside").group_by("file", "aside").len()
    for file, reason, count in counted.iter_rows():
        aside.setdefault(file, {})[reason] = count
    return aside


def count_stored(listens: pl.DataFrame) -> dict[int, tuple[int, int]]:
    """Listens and shadowed ones among them, by `file`."""
    counted = listens.group_by("file").agg(
        pl.len(), pl.col("shadowed").sum().alias("of_them")
    )
    return {file: (stored, shadowed) for file, stored, shadowed in counted.iter_rows()}


def keep_books(
    files: list[HistoryFile],
    skipped: list[SkippedFile],
    aside: dict[int, dict[str, int]],
    stored: dict[int, tuple[int, int]],
) -> Books:
    """Books of an upload; `aside` and `stored` as counted above, by index of the file."""
    kept = [
        _file_books(file, *stored.get(index, (0, 0)), aside.get(index, {}))
        for index, file in enumerate(files)
    ]
    return Books(total=sum_accounts(kept), files=kept, skipped=skipped)


def _file_books(
    file: HistoryFile, stored: int, shadowed: int, aside: dict[str, int]
) -> FileBooks:
    account = Account(
        rows_read=file.rows_read,
        stored=stored,
        known=file.rows_read - stored - sum(aside.values()),
        set_aside=_in_order(aside),
        shadowed=shadowed,
    )
    return FileBooks(path=file.path, source=file.source, account=account)


def sum_accounts(files: list[FileBooks]) -> Account:
    """The account of all files together."""
    accounts = [file.account for file in files]
    aside = {
        reason: sum(account.set_aside.get(reason, 0) for account in accounts)
        for reason in ASIDE_REASONS
    }
    return Account(
        rows_read=sum(account.rows_read for account in accounts),
        stored=sum(account.stored for account in accounts),
        known=sum(account.known for account in accounts),
        set_aside=_in_order(aside),
        shadowed=sum(account.shadowed for account in accounts),
    )


def _in_order(aside: dict[str, int]) -> dict[str, int]:
    return {reason: aside[reason] for reason in ASIDE_REASONS if aside.get(reason)}
