"""Receiving notifications (NOTIFY), also after a connection is lost."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import structlog

from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.postgres.connecting import NO_CONNECTION, connect

PROBE_SECONDS = 10.0
"""Seconds between checks of the connection, which can be lost without a sign."""

AGAIN_SECONDS = 1.0

log = structlog.get_logger()


async def keep_listening(
    address: DatabaseAddress,
    channel: str,
    hear: Callable[[str], None],
    on_change: Callable[[bool], None],
) -> None:
    """Listen until cancelled; connect again when the connection is lost.

    `hear` is called with every payload, `on_change` with whether there is a connection.
    Notifications in between are lost: on reconnection, look for what may have changed.
    """
    is_deaf = False

    def change(is_listening: bool) -> None:
        nonlocal is_deaf
        if is_listening and is_deaf:
            is_deaf = False
            log.info("database.heard", channel=channel)
        on_change(is_listening)

    while True:
        try:
            await _listen(address, channel, hear, change)
        except NO_CONNECTION as error:
            if not is_deaf:  # an outage is one line, however long it lasts
                name = type(error).__name__
                log.warning("database.deaf", channel=channel, error=name)
            is_deaf = True
        finally:
            change(False)
        await asyncio.sleep(AGAIN_SECONDS)


async def _listen(
    address: DatabaseAddress,
    channel: str,
    hear: Callable[[str], None],
    on_change: Callable[[bool], None],
) -> None:
    """Listen on one connection; raise when it is lost."""
    connection = await connect(
        address, timeout=PROBE_SECONDS, command_timeout=PROBE_SECONDS
    )
    lost = asyncio.Event()
    connection.add_termination_listener(lambda _: lost.set())
    try:
        await connection.add_listener(channel, lambda *event: hear(str(event[-1])))
        on_change(True)
        while not lost.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(lost.wait(), PROBE_SECONDS)
            await connection.execute("SELECT 1")
    finally:
        connection.terminate()
