"""A worker: takes tasks from the queue until it is stopped, through every outage."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import timedelta

import structlog

from unwrapped.core.config import Configuration
from unwrapped.core.database import is_lost_connection
from unwrapped.core.domain import Domain
from unwrapped.core.process_resources import Resources
from unwrapped.core.settings_sources import InvalidSettings
from unwrapped.tasks.execution.inbox_drains import run_drains
from unwrapped.tasks.execution.periodic import run_periodic_jobs
from unwrapped.tasks.execution.queue_manager import task_queue
from unwrapped.tasks.execution.runner import Handling
from unwrapped.tasks.kinds import AnyTaskKind, kinds_of
from unwrapped.tasks.settings import TaskSettings

DEQUEUE_SECONDS = 5.0
CANCEL_SECONDS = 1.0
SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 10.0

log = structlog.get_logger()

type OnReady = Callable[[bool], None]
"""Called with True when the worker listens, with False when it loses the database."""


def kinds_to_take(
    domains: Iterable[Domain], settings: TaskSettings
) -> dict[str, AnyTaskKind]:
    """The kinds of task that a worker with these settings takes.

    Raises `InvalidSettings` if they name an unknown kind.
    """
    kinds = kinds_of(domains)
    for variable, named in (
        ("WORKER_KINDS", settings.worker_kinds),
        ("TASK_LIMITS", settings.task_limits),
    ):
        if unknown := sorted(set(named) - kinds.keys()):
            raise InvalidSettings(
                f"{variable} names {', '.join(unknown)}, which is not a kind of task."
                f" There are {', '.join(sorted(kinds))}."
            )
    wanted = settings.worker_kinds or tuple(kinds)
    return {name: kinds[name] for name in wanted}


def check_kinds(domains: Iterable[Domain], configuration: Configuration) -> None:
    """Raise `InvalidSettings` at startup if `kinds_to_take` would in the worker."""
    kinds_to_take(domains, configuration.of(TaskSettings))


async def run_worker(
    resources: Resources,
    domains: Iterable[Domain],
    stop: asyncio.Event,
    on_ready: OnReady | None = None,
    heavy: Handling | None = None,
) -> None:
    """Work until `stop` is set; then running tasks get the grace time to end.

    `heavy` runs the tasks that are `alone`; without it they run here. Raises
    `InvalidSettings` for unknown kinds of task.
    """
    domains = tuple(domains)
    kinds = kinds_to_take(domains, resources.settings_of(TaskSettings))
    beside = [
        asyncio.create_task(run_periodic_jobs(resources, domains, stop)),
        asyncio.create_task(run_drains(resources, domains, stop)),
    ]
    loop = asyncio.get_running_loop()
    pause = SHORTEST_PAUSE
    try:
        while not stop.is_set():
            begun = loop.time()
            try:
                await _work(resources, kinds, stop, on_ready, heavy)
            except Exception as error:
                # A worker survives every outage. Pauses grow only while it stays up for
                # less time than it waited.
                pause = SHORTEST_PAUSE if loop.time() - begun > pause else pause
                if is_lost_connection(error):
                    name = type(error).__name__
                    log.warning("worker.restart", error=name, again_in=pause)
                else:
                    log.exception("worker.restart", again_in=pause)
                if on_ready is not None:
                    on_ready(False)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), pause)
                pause = min(pause * 2, LONGEST_PAUSE)
    finally:
        for one in beside:
            one.cancel()
        for one in beside:
            with suppress(asyncio.CancelledError):
                await one


async def _work(
    resources: Resources,
    kinds: Mapping[str, AnyTaskKind],
    stop: asyncio.Event,
    on_ready: OnReady | None,
    heavy: Handling | None,
) -> None:
    settings = resources.settings_of(TaskSettings)
    report = on_ready or (lambda _: None)
    async with task_queue(resources, kinds, report, heavy) as queue:
        running = asyncio.create_task(
            queue.run(
                batch_size=1,
                dequeue_timeout=timedelta(seconds=DEQUEUE_SECONDS),
                heartbeat_timeout=timedelta(seconds=settings.worker_heartbeat_seconds),
                max_concurrent_tasks=settings.worker_concurrency,
                # Its statistics are not used: `/metrics` counts the tasks' rows.
                log_aggregation_interval=timedelta(0),
            )
        )
        stopping = asyncio.create_task(stop.wait())
        log.info("worker.ready")
        try:
            await asyncio.wait({running, stopping}, return_when="FIRST_COMPLETED")
            queue.shutdown.set()
            # Not `asyncio.timeout`: the queue raises its own TimeoutErrors.
            await asyncio.wait({running}, timeout=settings.worker_grace_seconds)
            if running.done():
                running.result()
                return
            log.warning("worker.grace_over")
            # Repeatedly: the queue's own waiting can swallow the first cancellation.
            while not running.done():
                running.cancel()
                await asyncio.wait({running}, timeout=CANCEL_SECONDS)
        finally:
            stopping.cancel()
