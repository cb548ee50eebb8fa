"""Inboxes that workers empty as soon as entries arrive, without tasks."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress

import structlog

from unwrapped.core.database import is_lost_connection
from unwrapped.core.domain import Domain, Drain
from unwrapped.core.postgres.disk_space import is_disk_full
from unwrapped.core.postgres.listening import keep_listening
from unwrapped.core.process_resources import Resources

LOOK_SECONDS = 2.0
"""Seconds between runs without a notification, which can be lost or come too early."""

AFTER_CRASH_SECONDS = 30.0

log = structlog.get_logger()


async def run_drains(
    resources: Resources, domains: Iterable[Domain], stop: asyncio.Event
) -> None:
    """Run each drain whenever it has entries, until `stop` is set."""
    drains = [drain for domain in domains for drain in domain.drains]
    async with asyncio.TaskGroup() as running:
        for drain in drains:
            running.create_task(_keep_draining(resources, drain, stop))


async def _keep_draining(
    resources: Resources, drain: Drain, stop: asyncio.Event
) -> None:
    heard = asyncio.Event()
    listening = asyncio.create_task(
        keep_listening(
            resources.database.address,
            drain.channel,
            lambda _: heard.set(),
            lambda is_listening: heard.set() if is_listening else None,
        )
    )
    try:
        while not stop.is_set():
            heard.clear()
            if not await _drained(resources, drain):
                await _wait(heard, stop)
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening


async def _drained(resources: Resources, drain: Drain) -> bool:
    """Run a drain; return whether it handled entries, so that there may be more."""
    try:
        return await drain.run(resources) > 0
    except Exception as error:
        # Part of the worker's supervisor: a drain that fails must not end it.
        if is_disk_full(error):  # logged by `DiskSpace`
            return False
        if is_lost_connection(error):
            log.warning("drain.postponed", drain=drain.name, error=type(error).__name__)
            return False
        log.exception("drain.failed", drain=drain.name)
        await asyncio.sleep(AFTER_CRASH_SECONDS)
        return False


async def _wait(heard: asyncio.Event, stop: asyncio.Event) -> None:
    waiting = [asyncio.create_task(event.wait()) for event in (heard, stop)]
    await asyncio.wait(waiting, timeout=LOOK_SECONDS, return_when="FIRST_COMPLETED")
    for one in waiting:
        one.cancel()
