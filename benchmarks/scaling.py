"""Imports with several workers, and with a partitioned table `listen`.

- **workers**: the imports of all listeners are begun before the workers start. Rows per
  second are all rows divided by the time from the first `started_at` to the last
  `completed_at`.
- **partitioned**: one worker runs one import at a time, in turns in a migrated database
  and in one to which docs/partitioning.sql was applied.
"""

import asyncio
import os
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path

import asyncpg
import click
from sqlalchemy import text

from benchmarks.imports import begun, ended, import_once, peak_of
from benchmarks.service_database import (
    SECRET,
    fresh_resources,
    make_export,
    new_user,
)
from unwrapped.core.process_resources import Resources
from unwrapped.tasks.models import TaskStatus

PARTITIONING = Path(__file__).parent.parent / "docs" / "partitioning.sql"


@click.command()
@click.option("--rows", default=200_000, show_default=True)
@click.option("--listeners", default=6, show_default=True)
@click.option("--workers", default=[1, 2, 3], multiple=True, show_default=True)
@click.option("--runs", default=3, show_default=True)
def main(rows: int, listeners: int, workers: Sequence[int], runs: int) -> None:
    """Measure, and print the rows of docs/scaling.md."""
    with tempfile.TemporaryDirectory() as folder:
        export = make_export(Path(folder), rows)
        asyncio.run(measure_workers(export, rows, listeners, workers, runs))
        asyncio.run(measure_partitions(export, rows, runs))


async def measure_workers(
    export: Path, rows: int, listeners: int, workers: Sequence[int], runs: int
) -> None:
    """Measure all numbers of workers in turns, so that a noisy minute affects all."""
    seconds: dict[int, list[float]] = {count: [] for count in workers}
    peaks: dict[int, list[float]] = {count: [] for count in workers}
    async with fresh_resources() as resources:
        for _ in range(runs):
            for count in workers:
                taken, peak = await import_all(resources, export, listeners, count)
                seconds[count].append(taken)
                peaks[count].append(peak)
        written = await wal_mib(resources) / (runs * len(workers) * listeners)
    total = rows * listeners
    first = statistics.median(seconds[workers[0]])
    print(f"WAL of an import of {rows:,} rows: {written:.0f} MiB")
    for count in workers:
        median = statistics.median(seconds[count])
        print(f"| {count} | {median:.1f} s | {total / median:,.0f} | {first / median:.2f} | {max(peaks[count]):.0f} MiB |")  # fmt: skip


async def import_all(
    resources: Resources, export: Path, listeners: int, workers: int
) -> tuple[float, float]:
    """The seconds of all imports, and the peak memory of a worker or its child in MiB."""
    users = [await new_user(resources) for _ in range(listeners)]
    tasks = [(user, await begun(resources, user, export)) for user in users]
    times: list[datetime] = []
    async with worker_processes(resources, workers) as pids, peak_of(pids) as peak:
        for user, task_id in tasks:
            task = await ended(resources, user, task_id)
            if task.status != TaskStatus.COMPLETED or not task.completed_at or not task.started_at:  # fmt: skip
                raise click.ClickException(f"{task.error_code}: {task.error_message}")
            times += [task.started_at, task.completed_at]
    seconds = (max(times) - min(times)).total_seconds()
    click.echo(f"{workers} workers: {seconds:.1f} s, {peak.mib:.0f} MiB", err=True)
    return seconds, peak.mib


@asynccontextmanager
async def worker_processes(
    resources: Resources, count: int
) -> AsyncIterator[list[int]]:
    """Run `count` workers during the context; yield their process ids."""
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "unwrapped", "worker"),
            env=os.environ
            | {"UNWRAPPED_HOME": str(resources.settings.home), "SECRET_KEY": SECRET},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        for _ in range(count)
    ]
    try:
        yield [process.pid for process in processes]
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            await process.wait()


async def wal_mib(resources: Resources) -> float:
    """MiB that the server has ever written to its write-ahead log."""
    async with resources.database.session() as session:
        position = await session.scalar(
            text("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn")
        )
    return float(position or 0) / 1024**2


async def measure_partitions(export: Path, rows: int, runs: int) -> None:
    """Measure a first import and a repeated one of the same file, in both databases."""
    seconds: dict[str, list[list[float]]] = {"one table": [], "16 partitions": []}
    async with AsyncExitStack() as stack:
        databases = {
            name: await stack.enter_async_context(fresh_resources()) for name in seconds
        }
        await partition(databases["16 partitions"])
        for _ in range(runs):
            for name, resources in databases.items():
                user = await new_user(resources)
                taken = [
                    (await import_once(resources, user, export)).seconds
                    for _ in range(2)
                ]
                seconds[name].append(taken)
    floors: list[float] = []
    for name, measured in seconds.items():
        medians = [statistics.median(column) for column in zip(*measured, strict=True)]
        floors = floors or medians
        shown = [
            f"{median:.2f} s ({median / floor:.2f})"
            for median, floor in zip(medians, floors, strict=True)
        ]
        print(f"| {rows:,} | {name} | {' | '.join(shown)} |")


async def partition(resources: Resources) -> None:
    """Turn `listen` into a partitioned table."""
    connection = await asyncpg.connect(resources.database.address.for_asyncpg())
    try:
        await connection.execute(PARTITIONING.read_text(encoding="utf-8"))
    finally:
        await connection.close()


if __name__ == "__main__":
    main()
