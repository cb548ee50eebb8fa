"""Beginning a task, and how soon a worker claims it.

- **begin**: `begin_task` of the service, each in its own transaction, one after the
  other and by fifty clients at once; compared with the bare glue: the same row and job
  inserted by two SQL statements in a session.
- **pick-up**: from the commit of `begin_task` to `started_at`, with an idle worker. The
  tasks have no parameters and fail at once, which is enough for this.
"""

import asyncio
import os
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from itertools import cycle
from uuid import uuid4

import click
from sqlalchemy import text

from benchmarks.service_database import ANY_NUMBER, SECRET, fresh_resources, new_user
from unwrapped.core.process_resources import Resources
from unwrapped.core.schemas import Schema
from unwrapped.music.imports.task import import_uploads
from unwrapped.tasks.models import TaskStatus
from unwrapped.tasks.queue import SessionDriver, queries
from unwrapped.tasks.schemas import TaskRead
from unwrapped.tasks.service import TaskService

KIND = import_uploads.name
CLIENTS = USERS = 50

BARE_ROW = text("""INSERT INTO background_task (id, user_id, kind, key, params)
VALUES (:id, :user_id, :kind, :key, '{}')
ON CONFLICT (user_id, kind, key) WHERE status IN ('pending', 'processing') DO NOTHING
RETURNING id""")


@click.command()
@click.option("--count", default=1_000, show_default=True)
@click.option("--runs", default=5, show_default=True)
def main(count: int, runs: int) -> None:
    """Measure, and print the rows of docs/benchmarks.md."""
    asyncio.run(measure(count, runs))


async def measure(count: int, runs: int) -> None:
    """Measure `begin_task` and the bare glue in turns, then the pick-up."""
    async with fresh_resources() as resources:
        users = cycle([await new_user(resources) for _ in range(USERS)])
        ours: dict[int, list[float]] = {1: [], CLIENTS: []}
        bare: dict[int, list[float]] = {1: [], CLIENTS: []}
        for _ in range(runs):
            for clients in ours:
                await forget(resources)
                rate = await a_second(
                    count, clients, lambda: begin(resources, next(users))
                )
                ours[clients].append(rate)
                await forget(resources)
                rate = await a_second(
                    count, clients, lambda: begin_bare(resources, next(users))
                )
                bare[clients].append(rate)
        await forget(resources)
        waits = await pick_ups(resources, next(users), 200)
    for clients in ours:
        service, glue = (
            statistics.median(ours[clients]),
            statistics.median(bare[clients]),
        )
        owed = "at least 0.7" if clients == 1 else ""
        how = "one after the other" if clients == 1 else f"{clients} at once"
        print(f"| bare glue: row and job in one transaction, {how} | {glue:.0f} a second | | |")  # fmt: skip
        print(f"| `begin_task`, {how} | {service:.0f} a second | {service / glue:.2f} of the glue | {owed} |")  # fmt: skip
    waits.sort()
    print(f"| begin to processing, idle worker, p50 | {statistics.median(waits):.1f} ms | | 15 ms |")  # fmt: skip
    print(f"| begin to processing, idle worker, p99 | {waits[int(len(waits) * 0.99)]:.1f} ms | | 50 ms |")  # fmt: skip


async def forget(resources: Resources) -> None:
    """Delete all tasks and jobs."""
    async with resources.database.session() as session:
        await session.execute(text("TRUNCATE background_task CASCADE"))
        await session.execute(text("TRUNCATE pgq.pgqueuer"))


async def a_second(
    count: int, clients: int, work: Callable[[], Awaitable[object]]
) -> float:
    """How often the work is done per second by this many clients."""

    async def share() -> None:
        for _ in range(count // clients):
            await work()

    begun = time.perf_counter()
    await asyncio.gather(*(share() for _ in range(clients)))
    return count / (time.perf_counter() - begun)


async def begin(resources: Resources, user_id: int) -> TaskRead:
    """Begin a task by the service."""
    async with resources.database.session() as session:
        return await TaskService(session, ANY_NUMBER).begin_task(
            user_id, KIND, uuid4().hex, Schema()
        )


async def begin_bare(resources: Resources, user_id: int) -> None:
    """Insert the same row and job by SQL."""
    task_id = uuid4()
    row = {"id": task_id, "user_id": user_id, "kind": KIND, "key": task_id.hex}
    async with resources.database.session() as session:
        (await session.execute(BARE_ROW, row)).scalar_one()
        await queries(SessionDriver(session)).enqueue(
            KIND, task_id.bytes, dedupe_key=str(task_id), on_conflict="skip"
        )


async def pick_ups(resources: Resources, user_id: int, count: int) -> list[float]:
    """Milliseconds between the commit and the claim, with an idle worker."""
    worker = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "unwrapped", "worker", "--beside"),
        env=os.environ
        | {"UNWRAPPED_HOME": str(resources.settings.home), "SECRET_KEY": SECRET},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    if worker.stdin is None or worker.stdout is None:
        raise TypeError("the worker has no pipes")
    await worker.stdout.readline()
    await asyncio.sleep(1)
    waits = []
    for _ in range(count):
        task = await begin(resources, user_id)
        committed = time.time()
        started = await when_started(resources, user_id, task)
        waits.append((started - committed) * 1000)
    worker.stdin.close()
    await worker.wait()
    return waits


async def when_started(resources: Resources, user_id: int, begun: TaskRead) -> float:
    """Wait until a task has ended; return the time of its claim, in seconds since 1970."""
    while True:
        async with resources.database.session() as session:
            task = await TaskService(session).poll_task(user_id, begun.id)
        if task.status == TaskStatus.FAILED and task.started_at is not None:
            return task.started_at.timestamp()
        await asyncio.sleep(0.02)


if __name__ == "__main__":
    main()
