"""A worker for tasks that do nothing, or PgQueuer alone with jobs that do nothing.

`benchmarks/task_lives.py` runs it as a process: `python -m benchmarks.task_worker
ours|bare`. Both take one job at a time, run as many at once as the settings permit, and
end with their standard input.
"""

import asyncio
import sys
from datetime import timedelta

import asyncpg
import uvloop
from pgqueuer import PgQueuer
from pgqueuer.db import AsyncpgPoolDriver
from pgqueuer.domain.types import Channel
from pgqueuer.models import Job
from pgqueuer.queries import Queries

from unwrapped.core.domain import Domain, load_configuration
from unwrapped.core.logging import configure_logging
from unwrapped.core.process_resources import Resources, open_resources
from unwrapped.core.schemas import Schema
from unwrapped.main import DOMAINS
from unwrapped.tasks.execution.queue_manager import POOL_MAX, POOL_MIN
from unwrapped.tasks.execution.running_task import RunningTask
from unwrapped.tasks.execution.worker import DEQUEUE_SECONDS, run_worker
from unwrapped.tasks.kinds import task_kind
from unwrapped.tasks.queue import SETTINGS, queries
from unwrapped.tasks.settings import TaskSettings

KIND = "bench.nothing"


@task_kind(KIND, Schema)
async def do_nothing(task: RunningTask, params: Schema) -> None:
    """A task that is claimed and finished, and does nothing else."""
    async with task.finishing():
        pass


async def run_bare(resources: Resources, stop: asyncio.Event) -> None:
    """Run PgQueuer with our settings, and a job that does nothing."""
    settings = resources.settings_of(TaskSettings)
    async with asyncpg.create_pool(
        resources.database.address.for_asyncpg(), min_size=POOL_MIN, max_size=POOL_MAX
    ) as pool:
        driver = AsyncpgPoolDriver(pool)
        plain = queries(driver)
        queue = PgQueuer(
            driver,
            channel=Channel(SETTINGS.channel),
            # PgQueuer's own statements, on the tables in our schema.
            queries=Queries(driver, plain.qbe, plain.qbq, plain.qbs),
        )

        @queue.entrypoint(KIND)
        async def nothing(job: Job) -> None:
            return None

        queue.shutdown = queue.qm.shutdown = queue.sm.shutdown = stop
        await queue.run(
            batch_size=1,
            dequeue_timeout=timedelta(seconds=DEQUEUE_SECONDS),
            max_concurrent_tasks=settings.worker_concurrency,
        )


async def main() -> None:
    """Work until standard input ends."""
    configuration = load_configuration(DOMAINS)
    configure_logging(configuration.core)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), stop.set)
    async with open_resources(configuration) as resources:
        if sys.argv[1] == "bare":
            await run_bare(resources, stop)
        else:
            domain = Domain(name="bench", task_kinds=(do_nothing,))
            await run_worker(resources, [domain], stop)


if __name__ == "__main__":
    uvloop.run(main())
