"""A file whose beginning was looked at, and is read all the same."""

from dataclasses import dataclass, field

from unwrapped.music.sources.format import ByteReader
from unwrapped.music.sources.head import HEAD_BYTES, Head


@dataclass(slots=True)
class Peeked:
    """Reads as `reader` does, which may not be read any more."""

    reader: ByteReader
    path: str = field(init=False)
    head: Head = field(init=False)
    """What the file begins with."""

    _seen: bytes = field(init=False)

    def __post_init__(self) -> None:
        self.path = self.reader.path
        self._seen = self.reader.read(HEAD_BYTES)
        self.head = Head(self._seen)

    def read(self, size: int, /) -> bytes:
        seen, self._seen = self._seen[:size], self._seen[size:]
        # Whole pieces keep what is read behind them as long as it was.
        return (
            seen + self.reader.read(size - len(seen))
            if seen
            else self.reader.read(size)
        )
