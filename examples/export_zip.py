"""Exports as zips, with the folders and names that Spotify uses."""

import json
import zipfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Literal

from examples.export_rows import (
    Row,
    account_audiobook_rows,
    account_podcast_rows,
    account_rows,
    extended_row,
)
from examples.listen import Listen
from examples.personal_files import personal_files

type Form = Literal["extended", "account", "both"]
type Naming = Callable[[int, str], str]
"""The name of a file by its number and its years ("2024" or "2023-2024")."""

FORMS: tuple[Form, ...] = ("extended", "account", "both")
EXTENDED_FOLDER = "Spotify Extended Streaming History"
ACCOUNT_FOLDER = "Spotify Account Data"
EXTENDED_ROWS_A_FILE = 16_000
ACCOUNT_ROWS_A_FILE = 10_000
ACCOUNT_REACH = timedelta(days=365)
ZIP_TIME = (2026, 1, 1, 0, 0, 0)
READ_ME = b"%PDF-1.4\n% A placeholder for Spotify's explanation of the fields.\n%%EOF\n"

_encode_extended = json.JSONEncoder(
    ensure_ascii=False, separators=(",\n    ", ": ")
).encode
_encode_account = json.JSONEncoder(
    ensure_ascii=False, separators=(",\n    ", " : ")
).encode


def write_export(
    path: Path, listens: Iterable[Listen], form: Form = "extended"
) -> None:
    """Write listens, sorted by their end, as a zip; an existing file is replaced.

    The extended history is written while `listens` is read, file by file. The account
    data holds the last 365 days only, which are kept in memory. The files inside depend
    on the listens alone; how they are packed also depends on the version of zlib.
    """
    with zipfile.ZipFile(path, "w") as archive:
        if form == "extended":
            _write_extended(archive, listens)
            return
        recent = deque[Listen]()
        kept = _keep_recent(listens, recent)
        if form == "both":
            _write_extended(archive, kept)
        else:
            deque(kept, maxlen=0)
        _write_account(archive, recent)


def _keep_recent(listens: Iterable[Listen], recent: deque[Listen]) -> Iterator[Listen]:
    """Pass listens on; `recent` has those of the last 365 days in the end."""
    for listen in listens:
        recent.append(listen)
        while recent[0].ended_at < listen.ended_at - ACCOUNT_REACH:
            recent.popleft()
        yield listen


class _RowFiles:
    """Rows in numbered files of a limited length; call `close` in the end."""

    def __init__(
        self, archive: zipfile.ZipFile, naming: Naming, rows_a_file: int | None
    ) -> None:
        self._archive = archive
        self._naming = naming
        self._rows_a_file = rows_a_file
        self._number = 0
        self._texts: list[str] = []
        self._years: list[str] = []

    def add(self, text: str, year: str) -> None:
        """Add a row: a JSON object with a line for each member."""
        self._texts.append("  {\n    " + text[1:-1] + "\n  }")
        self._years = [self._years[0] if self._years else year, year]
        if len(self._texts) == self._rows_a_file:
            self.close()

    def close(self) -> None:
        """Write the remaining rows; without rows no file is written."""
        if not self._texts:
            return
        years = "-".join(dict.fromkeys(self._years))
        text = "[\n" + ",\n".join(self._texts) + "\n]"
        _write(self._archive, self._naming(self._number, years), text.encode())
        self._number += 1
        self._texts, self._years = [], []


def _write_extended(archive: zipfile.ZipFile, listens: Iterable[Listen]) -> None:
    start = f"{EXTENDED_FOLDER}/Streaming_History"
    audio = _RowFiles(
        archive,
        lambda number, years: f"{start}_Audio_{years}_{number}.json",
        EXTENDED_ROWS_A_FILE,
    )
    video = _RowFiles(archive, lambda _, years: f"{start}_Video_{years}.json", None)
    for listen in listens:
        files = video if listen.medium == "video" else audio
        row = extended_row(listen)
        files.add(_encode_extended(row), str(row["ts"])[:4])
    audio.close()
    video.close()
    read_me = f"{EXTENDED_FOLDER}/ReadMeFirst_ExtendedStreamingHistory.pdf"
    _write(archive, read_me, READ_ME)


def _write_account(archive: zipfile.ZipFile, listens: Iterable[Listen]) -> None:
    _write_account_rows(archive, "music", account_rows(listens))
    _write_account_rows(archive, "podcast", account_podcast_rows(listens))
    _write_account_rows(archive, "audiobook", account_audiobook_rows(listens))
    for name, content in personal_files().items():
        text = json.dumps(content, ensure_ascii=False, indent=2)
        _write(archive, f"{ACCOUNT_FOLDER}/{name}", text.encode())


def _write_account_rows(
    archive: zipfile.ZipFile, what: str, rows: Iterable[Row]
) -> None:
    start = f"{ACCOUNT_FOLDER}/StreamingHistory_{what}"
    files = _RowFiles(
        archive, lambda number, _: f"{start}_{number}.json", ACCOUNT_ROWS_A_FILE
    )
    for row in rows:
        files.add(_encode_account(row), "")
    files.close()


def _write(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """Write an entry that is the same on every system and at every time."""
    entry = zipfile.ZipInfo(name, ZIP_TIME)
    entry.create_system = 3
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content, zipfile.ZIP_DEFLATED, compresslevel=6)
