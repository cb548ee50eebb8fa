"""The books of an import: what became of every row that was read."""

from dataclasses import dataclass

import polars as pl

from unwrapped.music.sources.reading import HistoryFile
from unwrapped.music.sources.reasons import AsideReason
from unwrapped.music.sources.uploads import SkippedFile

MOST_SKIPPED = 100
"""Skipped files that books list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """rows_read = stored + known + the sum of set_aside; shadowed is a part of stored."""

    rows_read: int
    stored: int
    known: int
    """Rows that were there already: repeated in this upload or in an earlier one."""

    set_aside: dict[str, int]
    """Rows that are no listen to a track, by reason, in the order of `AsideReason`."""

    shadowed: int
    """Stored, and not counted, because a richer source logged the same listen."""

    shortened: int = 0
    """Of stored and known, those with an artist, a title or an album of more than 1,000
    characters, which was cut."""

    def reasons(self) -> list[str]:
        """`set_aside` in words, a phrase per reason."""
        return [
            AsideReason(reason).counted(count)
            for reason, count in self.set_aside.items()
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileBooks:
    """The account of one file."""

    path: str
    source: str | None
    """None for an empty list."""

    account: Account


def without_music(account: Account) -> str:
    """What there is instead, where nothing was stored: a sentence."""
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
        parts.append(f"{rows}, none names a track")
    parts += [AsideReason(reason).counted(count) for reason, count in aside.items()]
    return f"There is no music in it: {'; '.join(parts) or 'no row'}."


_SPOKEN = (AsideReason.PODCAST, AsideReason.AUDIOBOOK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """The accounts of an upload, in total and per file, and the files left alone."""

    total: Account
    files: list[FileBooks]
    skipped: list[SkippedFile]
    """At most `MOST_SKIPPED`, those with a warning before others."""

    more_skipped: int = 0
    """Skipped files that are not listed."""


def count_aside(
    rows: pl.DataFrame, before: dict[int, dict[str, int]]
) -> dict[int, dict[str, int]]:
    """Rows set aside, by `file` and reason (`aside`), with those set aside `before`."""
    aside = {file: dict(reasons) for file, reasons in before.items()}
    counted = rows.drop_nulls("aside").group_by("file", "aside").len()
    for file, reason, count in counted.iter_rows():
        reasons = aside.setdefault(file, {})
        reasons[reason] = reasons.get(reason, 0) + count
    return aside


def count_shortened(listens: pl.DataFrame, spellings: set[int]) -> dict[int, int]:
    """Listens with one of these spellings, by `file`."""
    if not spellings:
        return {}
    codes = pl.Series(sorted(spellings), dtype=pl.UInt32)
    counted = listens.filter(pl.col("spelling").is_in(codes.implode()))
    return dict(counted.group_by("file").len().iter_rows())


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
    shortened: dict[int, int],
) -> Books:
    """Books of an upload; the counts as above, by index of the file."""
    kept = [
        _file_books(
            file,
            *stored.get(index, (0, 0)),
            aside.get(index, {}),
            shortened.get(index, 0),
        )
        for index, file in enumerate(files)
    ]
    return books_of(sum_accounts(kept), kept, skipped)


def books_of(
    total: Account, files: list[FileBooks], skipped: list[SkippedFile], more: int = 0
) -> Books:
    """Books that list the first skipped files, and count others and `more`."""
    if len(skipped) > MOST_SKIPPED:
        more += len(skipped) - MOST_SKIPPED
        skipped = sorted(skipped, key=lambda file: not file.warning)[:MOST_SKIPPED]
    return Books(total=total, files=files, skipped=skipped, more_skipped=more)


def _file_books(
    file: HistoryFile, stored: int, shadowed: int, aside: dict[str, int], shortened: int
) -> FileBooks:
    account = Account(
        rows_read=file.rows_read,
        stored=stored,
        known=file.rows_read - stored - sum(aside.values()),
        set_aside=_in_order(aside),
        shadowed=shadowed,
        shortened=shortened,
    )
    return FileBooks(path=file.path, source=file.source, account=account)


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
        shortened=sum(account.shortened for account in accounts),
    )


def _in_order(aside: dict[str, int]) -> dict[str, int]:
    return {
        reason.value: count for reason in AsideReason if (count := aside.get(reason))
    }
