"""How many tasks run per second, compared with as many jobs of PgQueuer alone.

All are enqueued beforehand; then one worker, or two, run them. A task is claimed by its
row, does nothing, and stores its outcome; a job is taken, does nothing, and is ended.
The time is that from the start of the first to the end of the last.
"""

import asyncio
import os
import statistics
import subprocess
import sys
from uuid import uuid4

import asyncpg
import click
from pgqueuer.db import AsyncpgDriver

from benchmarks.service_database import ANY_NUMBER, SECRET, fresh_resources, new_user
from benchmarks.service_process import ROOT
from benchmarks.task_worker import KIND
from unwrapped.core.process_resources import Resources
from unwrapped.core.schemas import Schema
from unwrapped.tasks.queue import SCHEMA, queries
from unwrapped.tasks.service import TaskService

PATIENCE_SECONDS = 600
TASKS_TOOK = """SELECT extract(epoch FROM max(completed_at) - min(started_at))
    FROM background_task"""
JOBS_TOOK = f"""SELECT extract(epoch FROM max(created) FILTER (WHERE status = 'successful')
    - min(created) FILTER (WHERE status = 'picked')) FROM {SCHEMA}.pgqueuer_log"""  # noqa: S608 - our names


@click.command()
@click.option("--count", default=2_000, show_default=True)
@click.option("--runs", default=3, show_default=True)
def main(count: int, runs: int) -> None:
    """Measure, and print the rows of docs/benchmarks.md."""
    asyncio.run(measure(count, runs))


async def measure(count: int, runs: int) -> None:
    """Measure tasks and bare jobs in turns, with one worker and with two."""
    async with fresh_resources() as resources:
        for workers in (1, 2):
            rates: dict[str, list[float]] = {"ours": [], "bare": []}
            for _ in range(runs):
                for whose in rates:
                    rate = await lives_a_second(resources, whose, count, workers)
                    rates[whose].append(rate)
            ours, bare = (statistics.median(rates[whose]) for whose in rates)
            print(f"| PgQueuer alone, {workers} worker{'s' * (workers > 1)} | {bare:.0f} jobs a second | | |")  # fmt: skip
            print(f"| whole life of a task, {workers} worker{'s' * (workers > 1)} | {ours:.0f} tasks a second | {ours / bare:.2f} of PgQueuer alone | at least 0.5 |")  # fmt: skip


async def lives_a_second(
    resources: Resources, whose: str, count: int, workers: int
) -> float:
    """Begin this many tasks, let workers run them, and return how many ended per
    second.
    """
    dsn = resources.database.address.for_asyncpg()
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("TRUNCATE background_task CASCADE")
        await connection.execute(f"TRUNCATE {SCHEMA}.pgqueuer, {SCHEMA}.pgqueuer_log")
        if whose == "ours":
            await begin_tasks(resources, count)
        else:
            jobs = [uuid4().bytes for _ in range(count)]
            await queries(AsyncpgDriver(connection)).enqueue(
                [KIND] * count, list(jobs), [0] * count
            )
        await connection.execute("ANALYZE")
        processes = [start(resources, whose) for _ in range(workers)]
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await connection.fetchval(f"SELECT count(*) FROM {SCHEMA}.pgqueuer"):  # noqa: ASYNC110, S608
                await asyncio.sleep(0.1)
        for process in processes:
            process.communicate()
        took = await connection.fetchval(TASKS_TOOK if whose == "ours" else JOBS_TOOK)
        return count / float(took)
    finally:
        await connection.close()


async def begin_tasks(resources: Resources, count: int) -> None:
    """Begin tasks of fifty users, in one transaction."""
    users = [await new_user(resources) for _ in range(50)]
    async with resources.database.session() as session:
        tasks = TaskService(session, ANY_NUMBER)
        for number in range(count):
            user = users[number % len(users)]
            await tasks.begin_task(user, KIND, uuid4().hex, Schema())


def start(resources: Resources, whose: str) -> subprocess.Popen[bytes]:
    """Start a worker process."""
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.task_worker", whose],
        env=os.environ
        | {"UNWRAPPED_HOME": str(resources.settings.home), "SECRET_KEY": SECRET}
        | {"DATABASE_URL": resources.database.address.for_asyncpg()},
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


if __name__ == "__main__":
    main()
