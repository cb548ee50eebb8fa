"""Prints the books of an import: what happened to every row of its files."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from unwrapped.core.printable import printable
from unwrapped.music.history.books import Books


def draw_books(books: Books, *, with_files: bool) -> RenderableType:
    """Draw the total in words and, if wanted, a table of the files."""
    parts: list[RenderableType] = [Text(line) for line in _total(books)]
    for warning in books.warnings:
        parts += [Text(warning.text, "yellow"), Text(warning.advice, "dim")]
    if with_files:
        parts.append(_files(books))
    elif len(books.files) > 1:
        parts.append(Text("--books shows what happened to each file's rows.", "dim"))
    return Group(*parts)


def _total(books: Books) -> list[str]:
    total = books.total
    aside = sum(total.set_aside.values())
    lines = [
        f"{total.rows_read:,} rows read = {total.stored:,} stored"
        f" + {total.known:,} known already + {aside:,} set aside"
    ]
    if aside:
        lines.append(f"set aside: {', '.join(total.reasons())}")
    lines += [f"of the stored rows, {phrase}" for phrase in total.uncounted()]
    if total.shortened:
        lines.append(f"{total.shortened:,} with a name so long that it was cut")
    files = "1 file" if len(books.files) == 1 else f"{len(books.files):,} files"
    skipped = len(books.skipped) + books.more_skipped
    lines.append(f"{files} read, {skipped:,} skipped")
    return lines


def _files(books: Books) -> Table:
    table = Table(box=None, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("File", overflow="fold")
    for heading in ("Read", "Stored", "Known", "Aside", "Not counted"):
        table.add_column(heading, justify="right")
    for file in books.files:
        account = file.account
        table.add_row(
            Text(printable(file.path, 200)),
            f"{account.rows_read:,}",
            f"{account.stored:,}",
            f"{account.known:,}",
            f"{sum(account.set_aside.values()):,}",
            f"{account.shadowed + account.echoes + account.double_scrobbles:,}",
        )
    for skipped in books.skipped:
        seen = f"{printable(skipped.path, 200)}: {skipped.looks_like}, skipped"
        table.add_row(Text(seen, "dim"))
    if books.more_skipped:
        table.add_row(Text(f"and {books.more_skipped:,} more, skipped", "dim"))
    return table
