"""What is in the database, shown once or for as long as somebody watches."""

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
AWAY = "The database does not answer; this is what it said last."


@dataclass(frozen=True, slots=True)
class View[T]:
    """Something to be read and shown."""

    read: Callable[[AsyncSession], Awaitable[T]]
    draw: Callable[[T, int], RenderableType]
    """For a terminal of a width."""

    lines: Callable[[T], Mapping[str, str]]
    """For what is no terminal: a line for each thing, by a name that changes with it."""

    is_over: Callable[[T], bool] = lambda _: False
    """Whether there is nothing more to wait for."""


class _Display[T](Protocol):
    def show(self, seen: T) -> None: ...
    def tell_away(self) -> None: ...


class _Screen[T]:
    """Draws what was read last, in place."""

    def __init__(self, live: Live, view: View[T]) -> None:
        self._live, self._view = live, view
        self._drawn: RenderableType = Text()

    def show(self, seen: T) -> None:
        self._drawn = self._view.draw(seen, self._live.console.width)
        self._live.update(self._drawn, refresh=True)

    def tell_away(self) -> None:
        self._live.update(Group(self._drawn, Text(AWAY, "red")), refresh=True)


class _Log[T]:
    """Prints a line for whatever is new or has changed."""

    def __init__(self, console: Console, view: View[T]) -> None:
        self._console, self._view = console, view
        self._told: Mapping[str, str] = {}

    def show(self, seen: T) -> None:
        lines = self._view.lines(seen)
        for name, line in lines.items():
            if name not in self._told:
                self._console.print(line, soft_wrap=True)
        self._told = lines

    def tell_away(self) -> None:
        """Says nothing: nothing has changed that is known."""


async def read_once[T](database: Database, view: View[T]) -> T:
    """What the view shows, as it is now."""
    async with database.session() as session:
        return await view.read(session)


async def watch[T](console: Console, database: Database, view: View[T]) -> None:
    """Show the view and what becomes of it, until it is over, or SIGINT or SIGTERM.

    In a terminal it is drawn in place. An outage of the database is waited for, unless it
    is there from the beginning.
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
                display.tell_away()
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
    """An event that is set by the signals that would end the process."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        yield stop
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
