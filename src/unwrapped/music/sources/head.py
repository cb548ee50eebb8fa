"""What the first 64 KB of a file show of its form: JSON or a table, its keys or columns."""

import codecs
import csv
import io
import json
import re
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

HEAD_BYTES = 64 * 1024
DELIMITERS = ",;\t|"
LINES_SEEN = 20
_KEY = re.compile(r'"(\w{1,64})"\s*:')


@dataclass(frozen=True)
class CsvHead:
    """The first lines of a table as text."""

    delimiter: str
    names: tuple[str, ...]
    """The cells of the first line: the names of the columns, if there is a header."""

    rows: tuple[tuple[str, ...], ...]
    """The cells of the following lines; the last one may be cut."""


@dataclass(frozen=True)
class Head:
    """The beginning of a file, by which its format is recognised."""

    start: bytes
    """The first `HEAD_BYTES`."""

    members: frozenset[str] = frozenset()
    """The names in a zip that is a document (such as a spreadsheet), not a folder."""

    @cached_property
    def text(self) -> str:
        """The beginning as text; the last character may be cut."""
        encoding = json.detect_encoding(self.start)
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        return decoder.decode(self.start).removeprefix("\ufeff")

    @cached_property
    def keys(self) -> frozenset[str]:
        """The names of the JSON members in the beginning, at any depth."""
        return frozenset(_KEY.findall(self.text))

    @property
    def is_json_array(self) -> bool:
        """Whether the file is a JSON array."""
        return self.text.lstrip().startswith("[")

    @property
    def is_json_object(self) -> bool:
        """Whether the file is one JSON object, which may have an array in it."""
        text = self.text.lstrip()
        _, _, rest = text.partition("\n")
        is_first_of_lines = self.is_json_lines and rest.lstrip().startswith("{")
        return text.startswith("{") and not is_first_of_lines

    @cached_property
    def is_json_lines(self) -> bool:
        """Whether the first line of the file is a whole JSON object.

        A file of one line is both an object and lines of objects.
        """
        first, _, _ = self.text.lstrip().partition("\n")
        try:
            return isinstance(json.loads(first), dict)
        except (ValueError, RecursionError):
            return False

    @cached_property
    def csv(self) -> CsvHead | None:
        """The file as a table; None if no delimiter splits its first line."""
        text = self.text.lstrip("\r\n")
        first = text.partition("\n")[0]
        if not first.strip() or first.lstrip().startswith(("{", "[", "<")):
            return None
        if not any(delimiter in first for delimiter in DELIMITERS):
            return None
        tables = [_table(text, delimiter) for delimiter in DELIMITERS]
        return max(filter(None, tables), key=_likelihood, default=None)


def _table(text: str, delimiter: str) -> CsvHead | None:
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        rows = list(islice(lines, LINES_SEEN))
    except csv.Error:
        return None
    names, *more = (tuple(cell.strip() for cell in row) for row in rows)
    return CsvHead(delimiter, names, tuple(more)) if len(names) > 1 else None


def _likelihood(table: CsvHead) -> tuple[int, int]:
    """The number of lines with as many cells as the first, then the number of cells."""
    width = len(table.names)
    return sum(len(row) == width for row in table.rows), width
