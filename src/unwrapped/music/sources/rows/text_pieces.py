"""Reads text files piece by piece as UTF-8, and reports damage to them."""

import codecs
import json
from collections.abc import Iterator

from unwrapped.music.sources.format import ByteReader, DamagedHistory

PIECE_BYTES = 2 * 1024 * 1024
LONGEST_ROW_BYTES = 16 * 1024 * 1024
DIGITS_OF_INT64 = 19

type JsonValue = (
    str | int | float | bool | list[JsonValue] | dict[str, JsonValue] | None
)
type JsonObject = dict[str, JsonValue]


class Malformed(ValueError):
    """The text is malformed, whatever follows."""


class NotText(ValueError):
    """The bytes are not in the encoding of the file; the message names it."""


def utf8_pieces(reader: ByteReader) -> Iterator[bytes]:
    """The file as UTF-8 without a byte order mark, from any Unicode encoding.

    UTF-8 is not checked. In another encoding, raises `NotText` for damaged bytes, and
    `Malformed` if the last character is cut off.
    """
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
    except UnicodeDecodeError as error:
        readable = piece[: error.start - len(error.object)]
        yield decode(readable).encode("utf-8", "surrogatepass")
        raise NotText(error.encoding) from error
    try:
        decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise Malformed from error


def text_of(data: bytes | bytearray) -> str:
    """Decode UTF-8, allowing surrogates. Raises `NotText`."""
    try:
        return codecs.utf_8_decode(data, "surrogatepass", True)[0]
    except UnicodeDecodeError as error:
        raise NotText("UTF-8") from error


def damaged(path: str, rows: int, error: Malformed | NotText) -> DamagedHistory:
    """The error to raise for a file with `rows` complete rows before the damage."""
    if isinstance(error, NotText):
        place = f"damaged in row {rows + 1:,}, which is not {error} text"
    else:
        place = f"cut off or damaged after row {rows:,}"
    return DamagedHistory(f"{path} is {place}. {_ADVICE}")


def _lenient_int(digits: str) -> int | float:
    """An integer; infinity if it is too long for any row: Python refuses the longest."""
    return int(digits) if len(digits) <= DIGITS_OF_INT64 else float("inf")


_ADVICE = "Nothing was kept. Get the file again, as it was sent to you."
LENIENT_JSON = json.JSONDecoder(parse_int=_lenient_int, strict=False)
"""Accepts lone surrogates, control characters and long numbers, unlike `RowDecoder.typed`."""
