"""Rows of arrays inside objects, such as pages of an API's answers.

An array is read if it is the value of a given key, at any depth; the rest is skipped.
"""

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain

import msgspec

from unwrapped.music.sources.format import ByteReader
from unwrapped.music.sources.rows.json_array import JsonArray, RowDecoder
from unwrapped.music.sources.rows.text_pieces import (
    LENIENT_JSON,
    LONGEST_ROW_BYTES,
    Malformed,
    NotText,
    damaged,
    utf8_pieces,
)

OBJECT_BYTES = 64 * 1024
"""The bytes that are decoded first to find a single row."""


def read_json_inside[Row](
    reader: ByteReader, key: str, decoder: RowDecoder[Row]
) -> Iterator[list[Row]]:
    """The rows of all arrays under `key`, in lists of thousands; an object is one row.

    Raises `DamagedHistory` when the file ends within a row or an array.
    """
    begin = re.compile(rb'"%s"\s*:\s*(?=[\[{])' % re.escape(key).encode())
    arrays = _Arrays(begin, decoder)
    try:
        for piece in utf8_pieces(reader):
            arrays.buffer += piece
            yield list(chain.from_iterable(arrays.take()))
        yield list(chain.from_iterable(arrays.take_last()))
    except (Malformed, NotText) as error:
        raise damaged(reader.path, arrays.count(), error) from error


@dataclass(slots=True)
class _Arrays[Row]:
    begin: re.Pattern[bytes]
    decoder: RowDecoder[Row]
    buffer: bytearray = field(default_factory=bytearray)
    _done: int = 0
    """The rows taken before the open array."""

    _open: JsonArray[Row] | None = None
    """The array inside which `buffer` begins."""

    _depth: int = 0
    """How many objects and lists are open where `buffer` begins, without that array."""

    def take(self) -> Iterator[list[Row]]:
        """Take the complete rows."""
        while True:
            rows = self._take_open(self._open) if self._open else self._take_next()
            if rows is None:
                break
            yield rows
        if len(self.buffer) > LONGEST_ROW_BYTES:
            raise Malformed

    def take_last(self) -> Iterator[list[Row]]:
        """Take the remaining rows when no piece follows."""
        if self._open:
            yield self._open.take_exactly()
            self._close_if_ended()
        yield from self.take()
        if self._open:
            yield self._open.take_exactly()
            self._close_if_ended()
        self._pass_over(len(self.buffer))
        if self._open or self._depth:
            raise Malformed

    def count(self) -> int:
        """The number of complete rows before the damage."""
        if self._open:
            self._open.count_rest()
        return self._done + (self._open.taken if self._open else 0)

    def _take_next(self) -> list[Row] | None:
        """Take the available rows of the next array; None if no array begins."""
        if (found := self.begin.search(self.buffer)) is None:
            return None
        key = found[0]
        self._pass_over(found.end())
        if self.buffer[0] == ord("{"):
            return self._take_object(key)
        # An array that another one follows is complete: decode it at once.
        following = self.begin.search(self.buffer)
        end = self.buffer.rfind(b"]", 0, following.start()) + 1 if following else 0
        try:
            rows = self.decoder.typed.decode(self.buffer[:end])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            self._open = JsonArray(self.decoder, self.buffer, is_inside=True)
            return []
        del self.buffer[:end]
        self._done += len(rows)
        return rows

    def _take_open(self, array: JsonArray[Row]) -> list[Row] | None:
        rows = array.take()
        return rows if self._close_if_ended() else rows or None

    def _close_if_ended(self) -> bool:
        array = self._open
        if array is None or not array.has_ended:
            return False
        self._done += array.taken
        self._open = None
        return True

    def _take_object(self, key: bytes) -> list[Row] | None:
        for size in (OBJECT_BYTES, len(self.buffer)):
            text, _ = codecs.utf_8_decode(self.buffer[:size], "replace")
            with suppress(ValueError, RecursionError):
                value, end = LENIENT_JSON.raw_decode(text)
                del self.buffer[: len(text[:end].encode("utf-8", "surrogatepass"))]
                self._done += 1
                return [self.decoder.row(value)]
        # The object continues in the next piece: let the search find its key again.
        self.buffer[:0] = key
        return None

    def _pass_over(self, end: int) -> None:
        """Drop text that is not a row, and count the brackets in it."""
        rest = _STRING.sub(b"", self.buffer[:end])
        self._depth += sum(map(rest.count, (b"[", b"{")))
        self._depth -= sum(map(rest.count, (b"]", b"}")))
        del self.buffer[:end]


_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')
