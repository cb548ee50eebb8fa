"""Rows of tables: cells separated by commas, semicolons, tabs or bars."""

import csv
import io
from collections.abc import Iterator
from itertools import islice

from unwrapped.music.sources.rows.peeked import Peeked
from unwrapped.music.sources.rows.text_pieces import (
    LONGEST_ROW_BYTES,
    Malformed,
    NotText,
    damaged,
    text_of,
    utf8_pieces,
)

ROWS_AT_ONCE = 20_000

type Cells = list[str]


def read_table(file: Peeked) -> Iterator[list[Cells]]:
    """The rows of the table, including its first line, in lists of thousands.

    Empty lines are left out. Raises `DamagedHistory`.
    """
    table = file.head.csv
    rows = csv.reader(_lines(file), delimiter=table.delimiter if table else ",")
    taken = 0
    try:
        while batch := list(islice(rows, ROWS_AT_ONCE)):
            taken += len(batch)
            yield [cells for cells in batch if cells]
    except csv.Error as error:  # a quote that is never closed
        raise damaged(file.path, taken, Malformed()) from error
    except (Malformed, NotText) as error:
        raise damaged(file.path, taken, error) from error


def _lines(file: Peeked) -> Iterator[str]:
    rest = b""
    for piece in utf8_pieces(file):
        lines, newline, rest = (rest + piece).rpartition(b"\n")
        if len(rest) > LONGEST_ROW_BYTES:
            raise Malformed
        yield from io.StringIO(text_of(lines + newline), newline="")
    yield from io.StringIO(text_of(rest), newline="")
