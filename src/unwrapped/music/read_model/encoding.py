"""Encodes a copy as bytes: a line with its user and state, then Arrow IPC files."""

import zlib
from io import BytesIO

import msgspec
import polars as pl

from unwrapped.music.read_model.columns import Columns
from unwrapped.music.read_model.history_state import Head

FORMAT = 2
"""Must be increased when copies change, so that older ones are made again."""

_FRAMES = ("listens", "items", "artists", "albums", "tracks", "variants")


class DamagedCopy(Exception):
    """The bytes are not a complete copy, or are in another format."""


class _Header(msgspec.Struct, frozen=True):
    format: int
    head: Head
    sizes: list[int]
    """The number of bytes of each of `_FRAMES`."""

    checksum: int
    """The CRC-32 of these bytes."""


def encode(columns: Columns, head: Head) -> bytes:
    """The copy of a history as bytes."""
    parts = [_written(getattr(columns, name)) for name in _FRAMES]
    body = b"".join(parts)
    header = _Header(FORMAT, head, [len(part) for part in parts], zlib.crc32(body))
    return msgspec.json.encode(header) + b"\n" + body


def decode(content: bytes) -> tuple[Head, Columns]:
    """The state and columns that were encoded. Raises `DamagedCopy`."""
    line, _, body = content.partition(b"\n")
    try:
        header = msgspec.json.decode(line, type=_Header)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise DamagedCopy("no header") from error
    if header.format != FORMAT or len(header.sizes) != len(_FRAMES):
        raise DamagedCopy("another format")
    if len(body) != sum(header.sizes) or zlib.crc32(body) != header.checksum:
        raise DamagedCopy("the checksum is wrong")
    frames, at = [], 0
    for size in header.sizes:
        frames.append(pl.read_ipc(BytesIO(body[at : at + size])))
        at += size
    return header.head, Columns(*frames)


def _written(frame: pl.DataFrame) -> bytes:
    content = BytesIO()
    frame.rechunk().write_ipc(content)
    return content.getvalue()
