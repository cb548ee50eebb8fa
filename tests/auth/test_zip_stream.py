"""A zip that is sent while it is written."""

import io
import secrets
import zipfile
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unwrapped.auth.zip_stream import PRESSED_BYTES, TAKEN_BYTES, ZipStream

AT = datetime(2026, 11, 22, 12, 30, 10, tzinfo=UTC)


async def given_in(pieces: Sequence[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def zipped(files: Sequence[Sequence[bytes]]) -> list[bytes]:
    """The pieces of a zip of files that are given in pieces."""
    stream = ZipStream(AT)
    pieces = [
        piece
        for number, content in enumerate(files)
        async for piece in stream.add(f"{number}.txt", given_in(content))
    ]
    return [*pieces, stream.close()]


@settings(max_examples=15)
@given(st.lists(st.lists(st.binary(max_size=100), max_size=4), max_size=4))
async def test_files_are_read_back_unchanged(files: list[list[bytes]]) -> None:
    content = b"".join(await zipped(files))
    with zipfile.ZipFile(io.BytesIO(content)) as read:
        assert read.testzip() is None
        assert [read.read(name) for name in read.namelist()] == [
            b"".join(pieces) for pieces in files
        ]
        for info in read.infolist():
            assert info.date_time == (2026, 11, 22, 12, 30, 10)
            assert info.external_attr >> 16 == 0o600


async def test_a_large_piece_is_sent_in_small_ones() -> None:
    large = secrets.token_bytes(5 * PRESSED_BYTES + 1)
    pieces = await zipped([[large]])
    assert len(pieces) > 5
    assert max(map(len, pieces)) <= TAKEN_BYTES + PRESSED_BYTES + 1024


@pytest.mark.parametrize("taken", [0, 1])
async def test_a_stream_can_be_abandoned(taken: int) -> None:
    stream = ZipStream(AT)
    pieces = stream.add("a", given_in([secrets.token_bytes(2 * PRESSED_BYTES)]))
    for _ in range(taken):
        await anext(pieces, None)
    await pieces.aclose()
