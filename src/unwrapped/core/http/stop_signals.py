"""Acting on SIGTERM and SIGINT before the server ends the application.

A server that receives a signal waits for open requests before it ends the lifespan, so
whatever keeps a request open must react to the signal itself.
"""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def on_stop_signal(act: Callable[[], object]) -> Iterator[None]:
    """Schedule `act` in the running loop at a signal, then call the server's handler.

    Does nothing where signals cannot be handled: in a thread that is not the main one,
    or under a server whose handlers are not Python's.
    """
    loop = asyncio.get_running_loop()
    kept = {number: signal.getsignal(number) for number in STOP_SIGNALS}
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or not all(map(callable, kept.values())):
        yield
        return

    def handle(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(act)
        follow = kept[signal.Signals(number)]
        if callable(follow):
            follow(number, frame)

    for number in STOP_SIGNALS:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in kept.items():
            if signal.getsignal(number) is handle:
                signal.signal(number, handler)
