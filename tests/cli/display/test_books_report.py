"""The books in the terminal."""

from dataclasses import replace
from io import StringIO

from rich.console import Console

from unwrapped.cli.display.books_report import draw_books
from unwrapped.music.history.books import Account, Books, FileBooks
from unwrapped.music.history.missing_files import warn_of_files

ACCOUNT = Account(
    rows_read=9, stored=7, known=2, set_aside={}, shadowed=1, echoes=2,
    double_scrobbles=3,
)  # fmt: skip
FILES = [
    FileBooks(path=f"{name}.json", source="spotify_extended", account=ACCOUNT)
    for name in ("Streaming_History_Audio_2022_0", "Streaming_History_Audio_2024_2")
]


def lines(books: Books, *, with_files: bool = False) -> list[str]:
    console = Console(file=StringIO(), width=100)
    console.print(draw_books(books, with_files=with_files))
    assert isinstance(console.file, StringIO)
    return [line.strip() for line in console.file.getvalue().splitlines()]


def test_a_missing_file_is_reported_in_one_line() -> None:
    books = Books(total=ACCOUNT, files=FILES, skipped=[])
    line = "Streaming_History_Audio_..._1 is missing: files are numbered 0 and 2."
    assert line not in lines(books)
    shown = lines(replace(books, warnings=warn_of_files(FILES)))
    assert shown.count(line) == 1
    advice = "Look for it in what Spotify sent, and import it too."
    assert shown[shown.index(line) + 1] == advice


def test_why_rows_are_not_counted() -> None:
    shown = lines(Books(total=ACCOUNT, files=FILES, skipped=[]), with_files=True)
    assert [line for line in shown if line.startswith("of the stored")] == [
        "of the stored rows, 1 was not counted: a richer source has the same listen",
        "of the stored rows, 2 were not counted: the same log has the same listen, begun"
        " shortly before",
        "of the stored rows, 3 were not counted: the same listen was reported twice within"
        " seconds",
    ]
    assert [line.split()[-1] for line in shown if line.startswith("Streaming_")] == [
        "6", "6",
    ]  # fmt: skip
