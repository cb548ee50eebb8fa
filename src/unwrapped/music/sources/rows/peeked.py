"""A reader that can show the beginning of a file before it is read."""

from dataclasses import dataclass, field

from unwrapped.music.sources.format import ByteReader
from unwrapped.music.sources.head import HEAD_BYTES, Head


@dataclass(slots=True)
class Peeked:
    """Reads like `reader`, which must not be read directly any more."""

    reader: ByteReader
    path: str = field(init=False)
    head: Head = field(init=False)
    """The beginning of the file."""

    _seen: bytes = field(init=False)

    def __post_init__(self) -> None:
        self.path = self.reader.path
        self._seen = self.reader.read(HEAD_BYTES)
        self.head = Head(self._seen)

    def read(self, size: int, /) -> bytes:
        seen, self._seen = self._seen[:size], self._seen[size:]
        # Fill the piece, as if the beginning had not been read before.
        return (
            seen + self.reader.read(size - len(seen))
            if seen
            else self.reader.read(size)
        )
