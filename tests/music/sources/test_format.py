"""What a format knows about the upload of a file, shown by formats made for the test."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from tests.exports import account_row, as_json, make_zip, write_zip
from unwrapped.music.sources.format import ByteReader, Context
from unwrapped.music.sources.formats import FORMATS
from unwrapped.music.sources.head import Head
from unwrapped.music.sources.logs import LogName
from unwrapped.music.sources.reading import HistoryFile
from unwrapped.music.sources.rows.frame import LOG_DTYPE, rows_frame
from unwrapped.music.sources.upload_reading import read_upload

RICH, POOR = LogName.SPOTIFY_EXTENDED, LogName.SPOTIFY_ACCOUNT


def frame(log: LogName, context: Context, names: list[str]) -> pl.DataFrame:
    return rows_frame(
        log=log,
        times=["2023-05-01"] * len(names),
        time_formats=("%Y-%m-%d",),
        durations=[None] * len(names),
        spellings=context.spellings.codes((None, name, name, None) for name in names),
        asides=[None if name else "no_track" for name in names],
    )


class Plays:
    """A table of plays with numbers of artists, whose names are in a library."""

    logs = (RICH,)

    def __init__(self) -> None:
        self.seen: list[Context] = []

    def recognises(self, head: Head) -> bool:
        return head.csv is not None and "artist_number" in head.csv.names

    def learn(self, file: ByteReader, context: Context) -> None:
        table = csv.DictReader(io.StringIO(file.read(1_000).decode()))
        context.learned.update(
            (row["artist_number"], row["name"]) for row in table if "name" in row
        )

    def read(self, file: ByteReader, context: Context) -> Iterator[pl.DataFrame]:
        self.seen.append(context)
        table = csv.DictReader(io.StringIO(file.read(1_000).decode()))
        yield frame(
            RICH,
            context,
            [context.learned[row["artist_number"]] for row in table if "at" in row],
        )


def test_a_format_learns_from_other_files_before_any_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("artist_number,at\n7,x\n")
    (tmp_path / "b.csv").write_text("artist_number,name\n7,Ann\n")
    plays, zone = Plays(), ZoneInfo("Asia/Tokyo")
    upload = read_upload([tmp_path], formats=[plays], zone=zone)
    assert [row[1] for row in upload.spellings.rows()] == ["Ann"]
    first, _ = plays.seen
    assert first.zone is zone
    assert {
        path.rpartition("/")[2]: head.csv for path, head in first.heads.items()
    } == {
        "a.csv": Head(b"artist_number,at\n7,x\n").csv,
        "b.csv": Head(b"artist_number,name\n7,Ann\n").csv,
    }


class Sheet:
    """A spreadsheet, which is a zip."""

    logs = (RICH,)

    def recognises(self, head: Head) -> bool:
        return "xl/workbook.xml" in head.members

    def read(self, file: ByteReader, context: Context) -> Iterator[pl.DataFrame]:
        whole = io.BytesIO(file.read(1 << 20))
        yield frame(RICH, context, [str(len(whole.getvalue()))])


def test_a_spreadsheet_is_read_as_a_whole(tmp_path: Path) -> None:
    sheet = make_zip({"[Content_Types].xml": b"x", "xl/workbook.xml": b"x"})
    (tmp_path / "plays.xlsx").write_bytes(sheet)
    write_zip(tmp_path / "all.zip", {"in/plays.xlsx": sheet, "a.txt": b"x"})
    upload = read_upload([tmp_path], formats=[Sheet()])
    assert {row[1] for row in upload.spellings.rows()} == {str(len(sheet))}
    assert [file.path.partition("/")[2] for file in upload.files] == [
        "all.zip/in/plays.xlsx",
        "plays.xlsx",
    ]


class Mixed:
    """Rows of two logs in one file."""

    logs = (POOR, RICH)

    def recognises(self, head: Head) -> bool:
        return head.text.startswith("mixed")

    def read(self, file: ByteReader, context: Context) -> Iterator[pl.DataFrame]:
        file.read(1_000)
        yield frame(RICH, context, ["a", "b", ""])
        yield frame(POOR, context, ["c"])


def test_a_file_of_two_logs_has_books_for_each(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("mixed")
    (tmp_path / "y.json").write_bytes(as_json([account_row()]))
    upload = read_upload([tmp_path], formats=[Mixed(), *FORMATS])
    name = tmp_path.name
    assert upload.files == [
        HistoryFile(f"{name}/x.txt", "spotify_extended", 3),
        HistoryFile(f"{name}/x.txt", "spotify_account", 1),
        HistoryFile(f"{name}/y.json", "spotify_account", 1),
    ]
    assert upload.aside == {0: {"no_track": 1}}
    assert upload.rows.select("log", "file").rows() == [
        ("spotify_extended", 0),
        ("spotify_extended", 0),
        ("spotify_account", 1),
        ("spotify_account", 2),
    ]
    assert upload.rows["log"].dtype == LOG_DTYPE
