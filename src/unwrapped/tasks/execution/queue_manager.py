"""PgQueuer's manager of one worker's jobs, adapted to kinds of task."""

import asyncio
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Mapping,
)
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg
import structlog
from pgqueuer.core.qm import QueueManager
from pgqueuer.db import AsyncpgPoolDriver
from pgqueuer.domain.types import Channel, JobId, QueueEntrypoint
from pgqueuer.errors import RetryRequested
from pgqueuer.executors import EntrypointExecutor
from pgqueuer.models import Context, Job, TableChangedEvent
from pgqueuer.ports.driver import NotifyCallback
from pgqueuer.ports.repository import EntrypointExecutionParameter

from unwrapped.core.database import is_lost_connection
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.postgres.connecting import CONNECT_TIMEOUT_SECONDS, connect
from unwrapped.core.postgres.disk_space import is_disk_full
from unwrapped.core.postgres.listening import keep_listening
from unwrapped.core.process_resources import Resources
from unwrapped.tasks.execution.runner import Handling, TaskRunner
from unwrapped.tasks.kinds import AnyTaskKind
from unwrapped.tasks.queue import SETTINGS, queries
from unwrapped.tasks.settings import TaskSettings

POOL_MIN, POOL_MAX = 1, 3
COMMAND_SECONDS = 10.0
BLIP_SECONDS = 1.0
LONGEST_PAUSE = 60.0
WORKER_SESSION = "unwrapped worker"
"""The `application_name` of the connections by which a worker takes jobs."""

log = structlog.get_logger()

type OnReach = Callable[[bool], None]
"""Called with whether the queue can be reached, at each change."""


class _Executor(EntrypointExecutor):
    """Returns a job to the queue unless the runner finished it."""

    async def execute(self, job: Job, context: Context) -> None:
        try:
            await super().execute(job, context)
        except asyncio.CancelledError:
            # Otherwise a forced stop would delete the job.
            raise RetryRequested(reason="stopped") from None
        except RetryRequested:
            raise
        except Exception as error:
            # The runner writes failures of a task to its row: an error here means that
            # the database is away. PgQueuer would count the job as done.
            pause = min(BLIP_SECONDS * 2.0 ** min(job.attempts, 16), LONGEST_PAUSE)
            if is_disk_full(error):  # logged by `DiskSpace`
                pass
            elif is_lost_connection(error):
                pause = BLIP_SECONDS
                log.warning("task.given_back", error=type(error).__name__)
            else:
                log.exception("task.given_back", again_in=pause)
            raise RetryRequested(
                delay=timedelta(seconds=pause), reason="unavailable"
            ) from error


class _Driver(AsyncpgPoolDriver):
    """Listens on a separate connection, which is replaced when it is lost.

    PgQueuer would stop the manager instead, which then waits for running tasks: no job
    would be taken for as long as the longest of them runs.
    """

    def __init__(self, pool: asyncpg.Pool, address: DatabaseAddress) -> None:
        super().__init__(pool)
        self._address = address
        self._listening: asyncio.Task[None] | None = None
        self._look_again: Callable[[], None] = lambda: None

    def look_again(self) -> None:
        """Trigger a look at the queue, as if a notification had arrived."""
        self._look_again()

    async def add_listener(self, channel: str, callback: NotifyCallback) -> None:
        def look(is_listening: bool) -> None:
            # A notification may have been missed, or the database may be away.
            callback(_something_changed(channel))

        self._look_again = partial(look, is_listening=True)
        self._listening = asyncio.create_task(
            keep_listening(self._address, channel, callback, look)
        )

    async def close(self) -> None:
        """Stop listening."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)


def _something_changed(channel: str) -> str:
    return TableChangedEvent(
        channel=Channel(channel),
        sent_at=datetime.now(UTC),
        type="table_changed_event",
        operation="update",
        table=SETTINGS.queue_table,
    ).model_dump_json(exclude={"received_at"})


class TaskQueueManager(QueueManager):
    """Takes the jobs of some kinds of task; those that are `alone` one at a time.

    While one of these runs, the others stay in the queue, so that any worker with
    capacity can take them. While the database is away, the manager keeps asking for
    jobs, and running tasks continue.
    """

    def __init__(
        self,
        driver: _Driver,
        runner: TaskRunner,
        kinds: Mapping[str, AnyTaskKind],
        limits: Mapping[str, int],
        on_reach: OnReach,
    ) -> None:
        statements = queries(driver)
        super().__init__(statements, Channel(SETTINGS.channel))
        statements.manager_id = self.queue_manager_id
        self._task_driver = driver
        self._alone = {QueueEntrypoint(k.name) for k in kinds.values() if k.alone}
        self._heavy_job: JobId | None = None
        self._is_full = False
        self._on_reach = on_reach
        self._is_reached = False
        for kind in kinds.values():
            register = self.entrypoint(
                kind.name,
                concurrency_limit=limits.get(kind.name, kind.limit),
                on_failure="delete",
                executor_factory=_Executor,
            )
            register(_entrypoint(runner, kind))

    async def fetch_jobs(
        self,
        batch_size: int,
        global_concurrency_limit: int | None,
        heartbeat_timeout: timedelta,
    ) -> AsyncGenerator[Job]:
        """Yield jobs that can run now, one by one: each affects which can be next."""
        while not self.shutdown.is_set():
            job = await self._fetch(global_concurrency_limit, heartbeat_timeout)
            if job is None:
                return
            if job.entrypoint in self._alone:
                self._heavy_job = job.id
            yield job

    def forget_job(
        self, job_id: JobId, context: Context, task: asyncio.Task[None]
    ) -> None:
        """Note that a job has ended here.

        The notification of its end can arrive earlier, before another heavy job can
        start.
        """
        super().forget_job(job_id, context, task)
        if job_id == self._heavy_job:
            self._task_driver.look_again()

    async def _fetch(self, room: int | None, heartbeat: timedelta) -> Job | None:
        # Counts the jobs that run here, while PgQueuer counts rows: a job that was left
        # in an outage, or whose claim was never confirmed, has a row but does not run.
        self._is_full = room is not None and len(self.job_context) >= room
        if self._is_full:
            return None
        found = await self._ask(
            self.queries.dequeue(
                1, self._takeable, self.queue_manager_id, None, heartbeat
            )
        )
        return found[0] if found else None

    @property
    def _is_heavy(self) -> bool:
        return self._heavy_job in self.job_context

    @property
    def _takeable(self) -> dict[QueueEntrypoint, EntrypointExecutionParameter]:
        """The kinds whose jobs can be taken now, with their limits."""
        return {
            kind: EntrypointExecutionParameter(executor.parameters.concurrency_limit)
            for kind, executor in self.entrypoint_registry.items()
            if not (self._is_heavy and kind in self._alone)
        }

    async def _effective_dequeue_timeout(self, dequeue_timeout: timedelta) -> timedelta:
        """How long to wait for a notification: as in PgQueuer, but only the kinds that
        can be taken now count. For the others, and for capacity, the end of a job
        triggers a look.
        """
        if self._is_full:
            return dequeue_timeout
        kinds = list(self._takeable)
        if await self._ask(self.queries.eligible_queued_work(kinds)):
            return self.min_dequeue_poll_interval
        if not self._is_reached:
            return timedelta(seconds=BLIP_SECONDS)
        eta = await self._ask(self.queries.next_deferred_eta(kinds))
        return max(
            min(eta or dequeue_timeout, dequeue_timeout), self.min_dequeue_poll_interval
        )

    async def _ask[T](self, asked: Awaitable[T]) -> T | None:
        """The result of a query; None while the database is away, which is logged once."""
        try:
            answer = await asked
        except Exception as error:
            # An outage raises many classes of errors; every other error is raised
            # again.
            if not is_lost_connection(error):
                raise
            if self._is_reached:
                log.warning("worker.database_away", error=type(error).__name__)
                self._is_reached = False
                self._on_reach(False)
            return None
        if not self._is_reached:
            self._is_reached = True
            self._on_reach(True)
        return answer

    async def _run_periodic_health_check(
        self, interval: timedelta = timedelta(0)
    ) -> None:
        """Check nothing: the driver checks its listener itself."""
        await self.shutdown.wait()


@asynccontextmanager
async def task_queue(
    resources: Resources,
    kinds: Mapping[str, AnyTaskKind],
    on_reach: OnReach,
    heavy: Handling | None = None,
) -> AsyncIterator[TaskQueueManager]:
    """The manager of a worker's jobs, with separate connections."""
    address = resources.database.address

    async def connect_to_it(*_: Any, **options: Any) -> asyncpg.Connection:
        return await connect(address, **options)

    async with asyncpg.create_pool(
        connect=connect_to_it,
        min_size=POOL_MIN,
        max_size=POOL_MAX,
        server_settings={"application_name": WORKER_SESSION},
        timeout=CONNECT_TIMEOUT_SECONDS,
        # Otherwise a command to a server that fell silent waits until TCP gives up.
        command_timeout=COMMAND_SECONDS,
    ) as pool:
        driver = _Driver(pool, address)
        limits = resources.settings_of(TaskSettings).task_limits
        try:
            yield TaskQueueManager(
                driver, TaskRunner(resources, heavy), kinds, limits, on_reach
            )
        finally:
            await driver.close()


def _entrypoint(
    runner: TaskRunner, kind: AnyTaskKind
) -> Callable[[Job], Awaitable[None]]:
    async def run(job: Job) -> None:
        if job.payload is None:
            raise TypeError(f"job {job.id} names no task")
        await runner.run(kind, UUID(bytes=job.payload))

    return run
