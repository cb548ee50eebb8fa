"""Shows a view of the database once, or again whenever it changes."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Protocol

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.core.database import MAY_BE_LOST, Database, is_lost_connection

REFRESH_SECONDS = 1.0
AWAY = "The database does not answer; this is its last state."


@dataclass(frozen=True, slots=True)
class View[T]:
    """What is read from the database, and how it is shown."""

    read: Callable[[AsyncSession], Awaitable[T]]
    draw: Callable[[T, int], RenderableType]
    """Draws it for a terminal of the given width."""

    lines: Callable[[T], Mapping[str, str]]
    """Without a terminal: a line for each item, by a key that changes with the item."""

    is_over: Callable[[T], bool] = lambda _: False
    """Whether there is nothing left to wait for."""


class _Display[T](Protocol):
    def show(self, seen: T) -> None: ...
    def show_outage(self) -> None: ...


class _Screen[T]:
    """Draws the latest view, in place."""

    def __init__(self, live: Live, view: View[T]) -> None:
        self._live, self._view = live, view
        self._drawn: RenderableType = Text()

    def show(self, seen: T) -> None:
        self._drawn = self._view.draw(seen, self._live.console.width)
        self._live.update(self._drawn, refresh=True)

    def show_outage(self) -> None:
        self._live.update(Group(self._drawn, Text(AWAY, "red")), refresh=True)


class _Log[T]:
    """Prints a line for each new or changed item."""

    def __init__(self, console: Console, view: View[T]) -> None:
        self._console, self._view = console, view
        self._printed: Mapping[str, str] = {}

    def show(self, seen: T) -> None:
        lines = self._view.lines(seen)
        for name, line in lines.items():
            if name not in self._printed:
                self._console.print(line, soft_wrap=True)
        self._printed = lines

    def show_outage(self) -> None:
        """Print nothing: no changes are known."""


async def read_once[T](database: Database, view: View[T]) -> T:
    """Read the current content of the view."""
    async with database.session() as session:
        return await view.read(session)


async def watch[T](console: Console, database: Database, view: View[T]) -> None:
    """Show the view and its changes, until it is over or SIGINT or SIGTERM arrives.

    In a terminal it is drawn in place. If the database stops answering, wait for it; if
    it does not answer at the beginning, raise the error.
    """
    with _stop_signal() as stop, _display(console, view) as display:
        seen = await read_once(database, view)
        display.show(seen)
        while not view.is_over(seen):
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), REFRESH_SECONDS)
            if stop.is_set():
                return
            try:
                seen = await read_once(database, view)
            except MAY_BE_LOST as error:
                if not is_lost_connection(error):
                    raise
                display.show_outage()
                continue
            display.show(seen)


@contextmanager
def _display[T](console: Console, view: View[T]) -> Iterator[_Display[T]]:
    if not console.is_terminal or console.is_dumb_terminal:
        yield _Log(console, view)
        return
    with Live(console=console, auto_refresh=False) as live:
        yield _Screen(live, view)


@contextmanager
def _stop_signal() -> Iterator[asyncio.Event]:
    """An event that SIGINT and SIGTERM set instead of ending the process."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        yield stop
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
