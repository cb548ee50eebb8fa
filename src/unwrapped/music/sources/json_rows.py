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

    def decode(self, text: bytes) -> list[Row]:
        try:
            return self.typed.decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            pass
        try:
            values = _LENIENT.decode(text.decode("utf-8", "surrogatepass"))
        except (ValueError, RecursionError) as error:
            raise _Malformed from error
        return [
            self.repair(value if isinstance(value, dict) else {}) for value in values
        ]

    def decode_to_cut(self, text: bytes) -> tuple[list[Row], bytes]:
        """The rows up to the last place where `text` can be cut, and what follows."""
        at = len(text)
        tried = 0
        while tried < CUTS_TRIED and (at := text.rfind(b"{", 0, at)) > 0:
            before = text[max(0, at - 64) : at].rstrip()
            if not (before.endswith(b",") and before[:-1].rstrip().endswith(b"}")):
                continue
            tried += 1
            try:
                rows = self.decode(b"[" + text[: text.rindex(b",", 0, at)] + b"]")
            except _Malformed:
                continue
            return rows, text[at:]
        return [], text


def read_json_rows[Row](
    reader: ByteReader, decoder: RowDecoder[Row]
) -> Iterator[list[Row]]:
    """Rows of the array that `reader` holds, in lists of some thousand.

    Raises `DamagedHistory`, naming file and place, when the array does not end well.
    """
    done = 0
    rest = b""
    for piece in _inside_bracket(_utf8(reader)):
        rows, rest = decoder.decode_to_cut(rest + piece)
        done += len(rows)
        if len(rest) > LONGEST_ROW_BYTES:
            raise _damaged(reader, done + _readable_rows(rest))
        yield rows
    try:
        yield decoder.decode(b"[" + rest)
    except _Malformed as error:
        raise _damaged(reader, done + _readable_rows(rest)) from error


def _inside_bracket(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """What follows the opening bracket of the array."""
    for piece in pieces:
        if begun := piece.lstrip():
            yield begun.removeprefix(b"[")
            break
    yield from pieces


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


def _readable_rows(text: bytes) -> int:
    """How many rows `text` has before its damage."""
    left = text.decode("utf-8", "replace").lstrip()
    at = count = 0
    while True:
        try:
            _, at = _LENIENT.raw_decode(left, at)
        except (ValueError, RecursionError):
            return count
        count += 1
        after = _BETWEEN_ROWS.match(left, at)
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
