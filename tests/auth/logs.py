"""The log of a process, as it is written in production."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from typing import Any

from unwrapped.core.config import Settings
from unwrapped.core.logging import configure_logging


class Written:
    """The lines of a log so far."""

    def __init__(self, stream: io.StringIO) -> None:
        self._stream = stream

    @property
    def text(self) -> str:
        """The whole text."""
        return self._stream.getvalue()

    @property
    def events(self) -> list[dict[str, Any]]:
        """The lines, parsed."""
        return [json.loads(line) for line in self.text.split("\n") if line]

    def of(self, event: str) -> list[dict[str, Any]]:
        """The lines of one event."""
        return [line for line in self.events if line["event"] == event]


@contextmanager
def written_log(settings: Settings) -> Iterator[Written]:
    """The log of this process while the context lasts; also of threads and libraries."""
    stream = io.StringIO()
    with redirect_stderr(stream):
        configure_logging(settings)
    try:
        yield Written(stream)
    finally:
        configure_logging(settings)
