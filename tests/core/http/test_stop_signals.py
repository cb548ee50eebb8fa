"""Reacting to SIGTERM and SIGINT, without taking them from the server."""

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from types import FrameType

import pytest

from unwrapped.core.http.stop_signals import STOP_SIGNALS, on_stop_signal


class Server:
    """A server with handlers of its own, as uvicorn has them."""

    def __init__(self) -> None:
        self.heard: list[int] = []

    def handle(self, number: int, frame: FrameType | None) -> None:
        """The handler of a signal."""
        self.heard.append(number)


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that handles signals; the handlers from before are restored."""
    server = Server()
    kept = {number: signal.signal(number, server.handle) for number in STOP_SIGNALS}
    yield server
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", STOP_SIGNALS)
async def test_a_signal_reaches_the_loop_and_the_server(
    server: Server, number: signal.Signals
) -> None:
    heard = asyncio.Event()
    threads: list[threading.Thread] = []

    def act() -> None:
        asyncio.get_running_loop()  # raises outside of it
        threads.append(threading.current_thread())
        heard.set()

    with on_stop_signal(act):
        os.kill(os.getpid(), number)
        async with asyncio.timeout(30):
            await heard.wait()
        assert server.heard == [number]
        heard.clear()
        # A second one too: people press Ctrl-C again.
        os.kill(os.getpid(), number)
        async with asyncio.timeout(30):
            await heard.wait()
    assert server.heard == [number, number]
    assert threads == [threading.main_thread()] * 2


async def test_the_server_gets_its_handlers_back(server: Server) -> None:
    acts: list[str] = []

    def fail() -> None:
        with on_stop_signal(lambda: acts.append("inner")):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    for number in STOP_SIGNALS:
        assert signal.getsignal(number) == server.handle
        os.kill(os.getpid(), number)
    await asyncio.sleep(0)
    assert (server.heard, acts) == (list(STOP_SIGNALS), [])


async def test_two_listeners_are_both_called(server: Server) -> None:
    answer: list[str] = []
    both = asyncio.Event()

    def record(who: str) -> None:
        answer.append(who)
        if len(answer) == 2:
            both.set()

    with (
        on_stop_signal(lambda: record("outer")),
        on_stop_signal(lambda: record("inner")),
    ):
        os.kill(os.getpid(), signal.SIGTERM)
        async with asyncio.timeout(30):
            await both.wait()
    assert sorted(answer) == ["inner", "outer"]
    assert server.heard == [signal.SIGTERM]


async def test_a_handler_that_somebody_set_meanwhile_stays(server: Server) -> None:
    later = Server()
    with on_stop_signal(lambda: None):
        signal.signal(signal.SIGTERM, later.handle)
    assert signal.getsignal(signal.SIGTERM) == later.handle
    assert signal.getsignal(signal.SIGINT) == server.handle


async def test_under_a_server_without_handlers_of_its_own_nothing_is_changed() -> None:
    """Otherwise a signal would no longer end the process."""
    kept = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        before = signal.getsignal(signal.SIGINT)
        with on_stop_signal(lambda: None):
            assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
            assert signal.getsignal(signal.SIGINT) == before
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    finally:
        signal.signal(signal.SIGTERM, kept)


async def test_in_a_thread_nothing_is_changed(server: Server) -> None:
    """Python refuses to set a handler in a thread."""
    seen: list[object] = []

    async def listen() -> None:
        with on_stop_signal(lambda: None):
            seen.append(signal.getsignal(signal.SIGTERM))

    await asyncio.to_thread(asyncio.run, listen())
    assert seen == [server.handle]
