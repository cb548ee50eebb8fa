"""Rows of a JSON array of objects, decoded piece by piece in bounded memory.

The pieces are cut in front of an object, where a prefix of the array, closed by a
bracket, is an array itself. JSON reads from left to right, so a prefix that decodes
ends between two rows; one that does not (the cut was inside a string) is cut earlier.
"""

import codecs
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec

from unwrapped.music.sources.source import ByteReader, DamagedHistory

PIECE_BYTES = 8 * 1024 * 1024
LONGEST_ROW_BYTES = 2 * PIECE_BYTES
CUTS_TRIED = 4
LONGEST_GAP = 64
DIGITS_OF_INT64 = 19

type JsonValue = (
    str | int | float | bool | list[JsonValue] | dict[str, JsonValue] | None
)
type JsonObject = dict[str, JsonValue]


class _Malformed(ValueError):
    """Bytes that are no JSON array."""


@dataclass(frozen=True, slots=True)
class RowDecoder[Row]:
    """How to decode an array of rows.

    `typed` is the fast way and knows each member's type. What does not fit it (a number
    for a name, a lone surrogate) is decoded leniently and each object goes through
    `repair`; what is no object counts as an empty one.
    """

    typed: msgspec.json.Decoder[list[Row]]
    repair: Callable[[JsonObject], Row]

    def decode(self, array: bytearray | memoryview) -> list[Row]:
        """The rows of a whole array. Raises `_Malformed`."""
        try:
            return self.typed.decode(array)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            pass
        try:
            values = _LENIENT.decode(bytes(array).decode("utf-8", "surrogatepass"))
        except (ValueError, RecursionError) as error:
            raise _Malformed from error
        return [
            self.repair(value if isinstance(value, dict) else {}) for value in values
        ]

    def take(self, buffer: bytearray) -> list[Row]:
        """The rows up to the last place where the array that begins in `buffer` can be
        cut; they are taken out of it. None can be taken: `[]`."""
        at = len(buffer)
        tried = 0
        while tried < CUTS_TRIED and (at := buffer.rfind(b"{", 0, at)) > 0:
            before = bytes(buffer[max(0, at - LONGEST_GAP) : at]).rstrip()
            if not (before.endswith(b",") and before[:-1].rstrip().endswith(b"}")):
                continue
            tried += 1
            rows = self._decode_to(buffer.rindex(b",", 0, at), buffer)
            if rows is not None:
                del buffer[1:at]
                return rows
        return []

    def _decode_to(self, comma: int, buffer: bytearray) -> list[Row] | None:
        # In place, since copying megabytes costs as much as decoding them.
        buffer[comma] = ord("]")
        try:
            with memoryview(buffer) as whole, whole[: comma + 1] as array:
                return self.decode(array)
        except _Malformed:
            return None
        finally:
            buffer[comma] = ord(",")


def read_json_rows[Row](
    reader: ByteReader, decoder: RowDecoder[Row]
) -> Iterator[list[Row]]:
    """Rows of the array that `reader` holds, in lists of some thousand.

    Raises `DamagedHistory`, naming file and place, when the array does not end well.
    """
    done = 0
    buffer = bytearray()
    for piece in _utf8(reader):
        buffer += piece
        if buffer[:1].isspace():
            buffer = buffer.lstrip()
        rows = decoder.take(buffer)
        done += len(rows)
        if len(buffer) > LONGEST_ROW_BYTES:
            raise _damaged(reader, done + _readable_rows(buffer))
        yield rows
    try:
        yield decoder.decode(buffer)
    except _Malformed as error:
        raise _damaged(reader, done + _readable_rows(buffer)) from error


def _utf8(reader: ByteReader) -> Iterator[bytes]:
    """The file as UTF-8 without a byte order mark, whatever Unicode it came in."""
    piece = reader.read(PIECE_BYTES)
    encoding = json.detect_encoding(piece)
    if encoding in {"utf-8", "utf-8-sig"}:
        yield piece.removeprefix(codecs.BOM_UTF8)
        while piece := reader.read(PIECE_BYTES):
            yield piece
        return
    decode = codecs.getincrementaldecoder(encoding)("surrogatepass").decode
    try:
        while piece:
            yield decode(piece).encode("utf-8", "surrogatepass")
            piece = reader.read(PIECE_BYTES)
        yield decode(b"", final=True).encode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        raise DamagedHistory(
            f"{reader.path} is not readable as {error.encoding} text. Nothing was kept."
            " Get the file again, as it was sent to you."
        ) from error


def _readable_rows(buffer: bytearray) -> int:
    """How many rows the array that begins in `buffer` has before its damage."""
    text = buffer.decode("utf-8", "replace").removeprefix("[").lstrip()
    at = count = 0
    while True:
        try:
            _, at = _LENIENT.raw_decode(text, at)
        except (ValueError, RecursionError):
            return count
        count += 1
        after = _BETWEEN_ROWS.match(text, at)
        if after is None:
            return count
        at = after.end()


def _damaged(reader: ByteReader, row: int) -> DamagedHistory:
    return DamagedHistory(
        f"{reader.path} is cut off or damaged after row {row:,}. Nothing was kept."
        " Get the file again, as it was sent to you."
    )


def _lenient_int(digits: str) -> int | float:
    """No row has a use for a longer number, and Python refuses to read some."""
    return int(digits) if len(digits) <= DIGITS_OF_INT64 else float("inf")


_LENIENT = json.JSONDecoder(parse_int=_lenient_int, strict=False)
_BETWEEN_ROWS = re.compile(r"\s*,\s*", re.ASCII)
