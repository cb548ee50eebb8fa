"""PgQueuer's manager of one worker's jobs, made for kinds of task."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from datetime import timedelta
from uuid import UUID

import asyncpg
import structlog
from pgqueuer.core.qm import QueueManager
from pgqueuer.db import AsyncpgPoolDriver
from pgqueuer.domain.types import Channel, JobId, QueueEntrypoint
from pgqueuer.errors import RetryRequested
from pgqueuer.executors import EntrypointExecutor
from pgqueuer.models import Context, Job
from pgqueuer.ports.driver import NotifyCallback
from pgqueuer.ports.repository import EntrypointExecutionParameter

from unwrapped.core.database import is_lost_connection
from unwrapped.tasks.kinds import AnyTaskKind
from unwrapped.tasks.queue import SETTINGS, queries
from unwrapped.tasks.runner import TaskRunner

SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 60.0

log = structlog.get_logger()


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
            pause = min(SHORTEST_PAUSE * 2.0 ** min(job.attempts, 16), LONGEST_PAUSE)
            name = type(error).__name__
            if is_lost_connection(error):
                log.warning("task.given_back", error=name, again_in=pause)
            else:
                log.exception("task.given_back", again_in=pause)
            raise RetryRequested(
                delay=timedelta(seconds=pause), reason="unavailable"
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


class TaskQueueManager(QueueManager):
    """Takes the jobs of some kinds of task, of those that are `alone` one at a time.

    While one of these runs the others are left in the queue, for whichever worker has
    room; a job that were taken and made to wait would be kept from it.
    """

    def __init__(
        self,
        pool: asyncpg.Pool,
        runner: TaskRunner,
        kinds: Mapping[str, AnyTaskKind],
        limits: Mapping[str, int],
    ) -> None:
        super().__init__(queries(_Driver(pool)), Channel(SETTINGS.channel))
        self._alone = {QueueEntrypoint(k.name) for k in kinds.values() if k.alone}
        self._heavy_job: JobId | None = None
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
        """Jobs that can run now, one after the other: each changes what the next can be."""
        while not self.shutdown.is_set():
            is_heavy = self._heavy_job in self.job_context
            limits = {
                kind: EntrypointExecutionParameter(
                    executor.parameters.concurrency_limit
                )
                for kind, executor in self.entrypoint_registry.items()
                if not (is_heavy and kind in self._alone)
            }
            room = global_concurrency_limit
            if room is not None and is_heavy:
                room -= 1  # of kinds that are not asked for, no job is counted
            jobs = await self.queries.dequeue(
                1, limits, self.queue_manager_id, room, heartbeat_timeout
            )
            if not jobs:
                return
            if jobs[0].entrypoint in self._alone:
                self._heavy_job = jobs[0].id
            yield jobs[0]


def _entrypoint(
    runner: TaskRunner, kind: AnyTaskKind
) -> Callable[[Job], Awaitable[None]]:
    async def run(job: Job) -> None:
        if job.payload is None:
            raise TypeError(f"job {job.id} names no task")
        await runner.run(kind, UUID(bytes=job.payload))

    return run
