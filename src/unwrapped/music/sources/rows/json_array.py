"""Rows of a JSON array of objects, decoded piece by piece in limited memory.

The fast way guesses where a piece can be cut: if a prefix of the array can be decoded once a
bracket closes it, it ends between two rows. If no guess is right, or a row does not match
its type, the standard library's decoder reads row by row.
"""

import codecs
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import msgspec

from unwrapped.music.sources.format import ByteReader
from unwrapped.music.sources.rows.text_pieces import (
    LENIENT_JSON,
    LONGEST_ROW_BYTES,
    JsonObject,
    JsonValue,
    Malformed,
    NotText,
    damaged,
    utf8_pieces,
)

CUTS_TRIED = 4
CUTS_WITHIN_BYTES = 64 * 1024
DEEPEST_LISTS = 8
DIGITS_OF_INT64 = 19


@dataclass(frozen=True, slots=True)
class RowDecoder[Row]:
    """How to decode rows.

    `typed` is the fast way and knows the type of each member. A row that does not match
    (a number for a name, a lone surrogate) is decoded leniently and passed to `repair`.
    """

    typed: msgspec.json.Decoder[list[Row]]
    repair: Callable[[JsonObject], Row]
    no_object: Row
    """Stands for a row that is not an object."""

    def row(self, value: JsonValue) -> Row:
        """A row from a value that was decoded leniently."""
        return self.repair(value) if isinstance(value, dict) else self.no_object


def read_json_rows[Row](
    reader: ByteReader, decoder: RowDecoder[Row]
) -> Iterator[list[Row]]:
    """The rows of the array that `reader` reads, in lists of thousands.

    Rows may be in nested lists. Raises `DamagedHistory`, which names the file and the
    position, when the array is damaged.
    """
    array = JsonArray(decoder)
    try:
        for piece in utf8_pieces(reader):
            array.buffer += piece
            yield array.take()
        yield array.take_last()
    except (Malformed, NotText) as error:
        array.count_rest()
        raise damaged(reader.path, array.taken, error) from error


@dataclass(slots=True)
class JsonArray[Row]:
    """An array that arrives in pieces, without the rows taken so far.

    Its methods raise `Malformed` and `NotText`.
    """

    decoder: RowDecoder[Row]
    buffer: bytearray = field(default_factory=bytearray)
    """Begins with the array, or after the last row or bracket that was taken from it."""

    is_inside: bool = False
    """Whether other text may follow the array."""

    taken: int = field(default=0, init=False)
    _lists: int = field(default=0, init=False)
    """How many lists are open where `buffer` begins."""

    _begun: bool = field(default=False, init=False)
    _worth_trying: int = field(default=0, init=False)
    """The length of `buffer` from which an incomplete row is decoded again."""

    @property
    def has_ended(self) -> bool:
        """Whether `buffer` begins after the end of the array."""
        return self._begun and not self._lists

    def take(self) -> list[Row]:
        """Take the complete rows."""
        rows = self._take_guessing()
        if rows is None:
            too_long = len(self.buffer) > LONGEST_ROW_BYTES
            if len(self.buffer) < self._worth_trying and not too_long:
                return []
            rows = self.take_exactly()
            self._worth_trying = 0 if rows else 2 * len(self.buffer)
        if len(self.buffer) > LONGEST_ROW_BYTES:
            raise Malformed
        return rows

    def take_last(self) -> list[Row]:
        """Take the remaining rows when no piece follows."""
        rows = self._decode(len(self.buffer)) if self._lists <= 1 else None
        if rows is not None:
            self.taken += len(rows)
            return rows
        rows = self.take_exactly()
        if self._lists or self.buffer.strip(_WHITE):
            raise Malformed
        return rows

    def count_rest(self) -> None:
        """Let `taken` also count the complete rows before the damage."""
        with suppress(Malformed, NotText):
            self.take_exactly()

    def _take_guessing(self) -> list[Row] | None:
        near_end = max(1, len(self.buffer) - CUTS_WITHIN_BYTES)
        cuts = [found.end() for found in _BETWEEN_ROWS.finditer(self.buffer, near_end)]
        for cut in reversed(cuts[-CUTS_TRIED:]):
            comma = cut - 1
            self.buffer[comma] = ord("]")
            rows = self._decode(cut)
            self.buffer[comma] = ord(",")
            if rows is not None:
                del self.buffer[:comma]
                self.taken += len(rows)
                self._lists, self._begun = max(1, self._lists), True
                return rows
        return None

    def _decode(self, end: int) -> list[Row] | None:
        """The rows up to `end`, if they can be decoded as an array."""
        before = (_COMMA if self._begun else _BRACKET).match(self.buffer)
        if before is None:
            return None
        # In place: copying megabytes takes as long as decoding them.
        start = before.end() - 1
        replaced, self.buffer[start] = self.buffer[start], ord("[")
        try:
            with memoryview(self.buffer) as whole, whole[start:end] as array:
                return self.decoder.typed.decode(array)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        finally:
            self.buffer[start] = replaced

    def take_exactly(self) -> list[Row]:
        """Take the complete rows, decoded one by one."""
        rows: list[Row] = []
        try:
            text, _ = codecs.utf_8_decode(self.buffer, "surrogatepass")
            damaged = False
        except UnicodeDecodeError as error:
            text, _ = codecs.utf_8_decode(self.buffer[: error.start], "surrogatepass")
            damaged = True
        done = 0
        try:
            while (step := self._step(text, done)) is not None:
                done, values = step
                rows += map(self.decoder.row, values)
        finally:
            self.taken += len(rows)
        if damaged:
            raise NotText("UTF-8")
        del self.buffer[: len(text[:done].encode("utf-8", "surrogatepass"))]
        return rows

    def _step(self, text: str, start: int) -> tuple[int, list[JsonValue]] | None:
        """The end of the next row or bracket, and the row; None when it is incomplete."""
        at, before = _skip_white(text, start)
        if self._lists and before == "]":
            self._lists -= 1
            return at + 1, []
        if self.is_inside and self.has_ended:
            return None
        if self._begun and before:
            if not self._lists or before != ",":
                raise Malformed
            at, before = _skip_white(text, at + 1)
        opened = 0
        while before == "[":
            opened += 1
            at, before = _skip_white(text, at + 1)
        if not before:
            return None
        if (not self._begun and not opened) or self._lists + opened > DEEPEST_LISTS:
            raise Malformed
        return self._value(text, at, opened)

    def _value(
        self, text: str, at: int, opened: int
    ) -> tuple[int, list[JsonValue]] | None:
        if opened and text[at] == "]":
            end, values = at + 1, []
            closed = 1
        else:
            try:
                value, end = LENIENT_JSON.raw_decode(text, at)
            except (ValueError, RecursionError):
                return None
            if not isinstance(value, dict | str) and not _END_OF_WORD.match(text, end):
                return None  # a number may continue in the next piece
            closed, values = 0, [value]
        self._lists, self._begun = self._lists + opened - closed, True
        return end, values


def _skip_white(text: str, at: int) -> tuple[int, str]:
    """The position of the next character, and the character: `""` at the end."""
    found = _GAP.match(text, at)
    at = found.end() if found else at
    return at, text[at : at + 1]


_END_OF_WORD = re.compile(r"[ \t\n\r,\]]")
_WHITE = b" \t\n\r"
_GAP = re.compile(r"[ \t\n\r]*")
_BRACKET = re.compile(rb"[ \t\n\r]*\[[ \t\n\r]*(?=\{)")
_COMMA = re.compile(rb"[ \t\n\r]*,[ \t\n\r]*(?=\{)")
_BETWEEN_ROWS = re.compile(rb"\}[ \t\n\r]*,(?=[ \t\n\r]*\{)")
