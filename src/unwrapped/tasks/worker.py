"""A worker: takes tasks from the queue until it is told to stop, whatever happens."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import asyncpg
import structlog
from pgqueuer import PgQueuer
from pgqueuer.db import AsyncpgPoolDriver
from pgqueuer.domain.types import Channel
from pgqueuer.errors import RetryRequested
from pgqueuer.executors import EntrypointExecutor
from pgqueuer.models import Context, Job
from pgqueuer.ports.driver import NotifyCallback

from unwrapped.core.domain import Domain
from unwrapped.core.resources import Resources
from unwrapped.tasks.kinds import AnyTaskKind, kinds_of
from unwrapped.tasks.queue import SETTINGS, queries
from unwrapped.tasks.runner import TaskRunner
from unwrapped.tasks.settings import TaskSettings
from unwrapped.tasks.sweeps import run_sweeps

POOL_MIN, POOL_MAX = 2, 4
DEQUEUE_SECONDS = 5.0
COMMAND_SECONDS = 10.0
RESTART_SECONDS = 1.0

log = structlog.get_logger()

type OnReady = Callable[[bool], None]
"""Called with True when the worker listens, with False when it lost the database."""


class _Executor(EntrypointExecutor):
    """Gives a job back to the queue unless our runner came to an end with it."""

    async def execute(self, job: Job, context: Context) -> None:
        try:
            await super().execute(job, context)
        except asyncio.CancelledError:
            # A forced stop would delete the job.
            raise RetryRequested(reason="stopped") from None
        except RetryRequested:
            raise
        except Exception as error:
            # The runner writes what goes wrong in a task to its row: what arrives here
            # is the database being away. The queue would count it as done.
            log.warning("task.given_back", error=type(error).__name__)
            raise RetryRequested(
                delay=timedelta(seconds=RESTART_SECONDS), reason="unavailable"
            ) from error


class _Driver(AsyncpgPoolDriver):
    """Says nothing before it listens.

    PgQueuer probes its listener at once, and would miss its own word if that were sent
    before LISTEN: it would give up after ten seconds, and the worker start anew.
    """

    def __init__(self, pool: asyncpg.Pool) -> None:
        super().__init__(pool)
        self._listening = asyncio.Event()

    async def add_listener(self, channel: str, callback: NotifyCallback) -> None:
        await super().add_listener(channel, callback)
        self._listening.set()

    async def notify(self, channel: str, payload: str) -> None:
        await self._listening.wait()
        await super().notify(channel, payload)


async def run_worker(
    resources: Resources,
    domains: Iterable[Domain],
    stop: asyncio.Event,
    on_ready: OnReady | None = None,
) -> None:
    """Work until `stop` is set; then running tasks get the grace time to end."""
    domains = tuple(domains)
    kinds = kinds_of(domains)
    sweeping = asyncio.create_task(run_sweeps(resources, domains, stop))
    try:
        while not stop.is_set():
            try:
                await _work(resources, kinds, stop, on_ready)
            except Exception:
                # A worker outlives every outage.
                log.exception("worker.restart")
                if on_ready is not None:
                    on_ready(False)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), RESTART_SECONDS)
    finally:
        sweeping.cancel()
        with suppress(asyncio.CancelledError):
            await sweeping


async def _work(
    resources: Resources,
    kinds: dict[str, AnyTaskKind],
    stop: asyncio.Event,
    on_ready: OnReady | None,
) -> None:
    settings = resources.settings_of(TaskSettings)
    dsn = resources.database.address.for_asyncpg()
    async with asyncpg.create_pool(
        dsn,
        min_size=POOL_MIN,
        max_size=POOL_MAX,
        # Else a connection that fell silent is waited for until TCP gives it up.
        command_timeout=COMMAND_SECONDS,
    ) as pool:
        queue = _queue(pool, TaskRunner(resources), kinds)
        running = asyncio.create_task(
            queue.run(
                batch_size=1,
                dequeue_timeout=timedelta(seconds=DEQUEUE_SECONDS),
                heartbeat_timeout=timedelta(seconds=settings.worker_heartbeat_seconds),
                max_concurrent_tasks=settings.worker_concurrency,
                shutdown_on_listener_failure=True,
            )
        )
        stopping = asyncio.create_task(stop.wait())
        log.info("worker.ready")
        if on_ready is not None:
            on_ready(True)
        try:
            await asyncio.wait({running, stopping}, return_when="FIRST_COMPLETED")
            queue.shutdown.set()
            # No `asyncio.timeout`: the queue has TimeoutErrors of its own.
            await asyncio.wait({running}, timeout=settings.worker_grace_seconds)
            if running.done():
                running.result()
                return
            log.warning("worker.grace_over")
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
        finally:
            stopping.cancel()


def _queue(
    pool: asyncpg.Pool, runner: TaskRunner, kinds: dict[str, AnyTaskKind]
) -> PgQueuer:
    driver = _Driver(pool)
    queue = PgQueuer(driver, channel=Channel(SETTINGS.channel), queries=queries(driver))
    for kind in kinds.values():
        register = queue.entrypoint(
            kind.name, on_failure="delete", executor_factory=_Executor
        )
        register(_entrypoint(runner, kind))
    return queue


def _entrypoint(
    runner: TaskRunner, kind: AnyTaskKind
) -> Callable[[Job], Awaitable[None]]:
    async def run(job: Job) -> None:
        if job.payload is None:
            raise TypeError(f"job {job.id} names no task")
        await runner.run(kind, UUID(bytes=job.payload))

    return run
