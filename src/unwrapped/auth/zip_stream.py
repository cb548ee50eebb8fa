"""A zip that is sent while it is written, so that it is never stored whole."""

import asyncio
import io
from collections.abc import AsyncGenerator, AsyncIterator
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

TAKEN_BYTES = 64 * 1024
PRESSED_BYTES = 256 * 1024
FASTEST = 1
OWNERS_ALONE = 0o600 << 16


class _Grown(io.RawIOBase):
    """A buffer of what was written since it was last read; it cannot seek."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        view = memoryview(data)  # type: ignore[arg-type] # typeshed has no name for it
        self._bytes += view
        return view.nbytes

    def take(self, fewest: int = 1) -> bytes:
        """Return the buffer if it has at least `fewest` bytes."""
        if len(self._bytes) < fewest:
            return b""
        taken = bytes(self._bytes)
        self._bytes.clear()
        return taken


class _Zip(ZipFile):
    """A zip whose writing may be abandoned in the middle of a file."""

    def __del__(self) -> None:
        """Leave the directory unwritten. `ZipFile` would write it here, while a thread
        may still be writing a file.
        """


class ZipStream:
    """Takes files one by one, and yields the bytes of the zip."""

    def __init__(self, written_at: datetime) -> None:
        self._grown = _Grown()
        self._zip = _Zip(self._grown, "w", ZIP_DEFLATED, compresslevel=FASTEST)
        self._time = written_at.timetuple()[:6]

    async def add(
        self, name: str, content: AsyncIterator[bytes]
    ) -> AsyncGenerator[bytes]:
        """Write a file of any size; yield the zip's bytes as they become available."""
        info = ZipInfo(name, self._time)
        info.compress_type = ZIP_DEFLATED
        info.external_attr = OWNERS_ALONE
        # Closed only when complete: a thread of an abandoned stream may still write.
        file = self._zip.open(info, "w", force_zip64=True)
        async for piece in content:
            for begin in range(0, len(piece), PRESSED_BYTES):
                part = piece[begin : begin + PRESSED_BYTES]
                # Off the event loop: compressing takes longer than reading.
                await asyncio.to_thread(file.write, part)
                if taken := self._grown.take(TAKEN_BYTES):
                    yield taken
        file.close()

    def close(self) -> bytes:
        """Return the last bytes of the zip."""
        self._zip.close()
        return self._grown.take()
