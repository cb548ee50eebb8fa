"""Rows of JSON lines (an object on each line), decoded in limited memory."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import msgspec

from unwrapped.music.sources.format import ByteReader
from unwrapped.music.sources.rows.json_array import RowDecoder
from unwrapped.music.sources.rows.text_pieces import (
    LENIENT_JSON,
    LONGEST_ROW_BYTES,
    Malformed,
    NotText,
    damaged,
    text_of,
    utf8_pieces,
)


def read_json_lines[Row](
    reader: ByteReader, line: msgspec.json.Decoder[Row], decoder: RowDecoder[Row]
) -> Iterator[list[Row]]:
    """The rows of the lines that `reader` reads, in lists of thousands.

    `line` is the fast way; `decoder` decodes the lines that do not match. A line that
    is not JSON becomes `no_object`. If it is the last one and has no newline at its end,
    the file counts as cut off: raises `DamagedHistory`.
    """
    lines = _Lines(line, decoder)
    try:
        for piece in utf8_pieces(reader):
            yield lines.take(piece)
        yield lines.take_last()
    except (Malformed, NotText) as error:
        raise damaged(reader.path, lines.taken, error) from error


@dataclass(slots=True)
class _Lines[Row]:
    line: msgspec.json.Decoder[Row]
    decoder: RowDecoder[Row]
    taken: int = 0
    _rest: bytes = b""
    """The beginning of a line that continues in the next piece."""

    def take(self, piece: bytes) -> list[Row]:
        lines, newline, self._rest = (self._rest + piece).rpartition(b"\n")
        if len(self._rest) > LONGEST_ROW_BYTES:
            raise Malformed
        return self._rows(lines) if newline else []

    def take_last(self) -> list[Row]:
        return self._rows(self._rest, is_last=True)

    def _rows(self, lines: bytes, *, is_last: bool = False) -> list[Row]:
        try:
            rows = self.line.decode_lines(lines)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            rows, before = [], self.taken
            for data in lines.split(b"\n"):
                if data and not data.isspace():
                    rows.append(self._row(data, is_last=is_last))
                    self.taken = before + len(rows)
            return rows
        self.taken += len(rows)
        return rows

    def _row(self, data: bytes, *, is_last: bool) -> Row:
        with suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return self.line.decode(data)
        text = text_of(data)
        try:
            return self.decoder.row(LENIENT_JSON.decode(text))
        except (ValueError, RecursionError) as error:
            if is_last:
                raise Malformed from error
            return self.decoder.no_object
