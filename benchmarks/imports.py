"""An import task of 1,000,000 rows, and of the same file again, beside its floor.

The task runs in a real worker; its time is that between `started_at` and `completed_at`
of its row, its memory the peak of the worker's process or its child's, the larger one.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import click

from benchmarks.service_database import SECRET, fresh_resources, make_export, new_user
from unwrapped.core.resources import Resources
from unwrapped.music.imports.service import ImportService
from unwrapped.music.uploads.service import UploadService
from unwrapped.tasks.models import TaskStatus
from unwrapped.tasks.schemas import TaskRead
from unwrapped.tasks.service import TaskService

ROOT = Path(__file__).parent.parent
LOOK_SECONDS = 0.05


@click.command()
@click.option("--rows", default=1_000_000, show_default=True)
@click.option("--runs", default=3, show_default=True)
def main(rows: int, runs: int) -> None:
    """Measure, and print the rows of docs/benchmarks.md."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(make_export(Path(folder), rows), rows, runs))


async def measure(export: Path, rows: int, runs: int) -> None:
    """Floor, import and re-import in turns, so that a noisy minute falls on all."""
    first, again, floors, peaks = [], [], [], []
    async with fresh_resources() as resources:
        for _ in range(runs):
            floors.append(await floor(resources, export))
            user_id = await new_user(resources)
            seconds, peak = await import_once(resources, user_id, export)
            first.append(seconds)
            peaks.append(peak)
            seconds, peak = await import_once(resources, user_id, export)
            again.append(seconds)
            peaks.append(peak)
    bare, new, known = map(statistics.median, (floors, first, again))
    print(f"| floor of an import, {rows:,} rows | {bare:.1f} s | | |")
    print(f"| import | {new:.1f} s | {new / bare:.2f} of the floor | 2.0 |")
    print(
        f"| import, peak memory of the worker | {max(peaks):.0f} MiB | | 477 (500 MB) |"
    )
    print(f"| import of the same file again | {known:.1f} s | {known / new:.2f} of the first | 0.6 |")  # fmt: skip


async def floor(resources: Resources, export: Path) -> float:
    """Seconds of the bare work, in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.import_floor", str(export)),
        resources.database.address.for_asyncpg(),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    told, _ = await process.communicate()
    parts: dict[str, float] = json.loads(told)
    click.echo(f"floor: { {name: round(part, 2) for name, part in parts.items()} }", err=True)  # fmt: skip
    return sum(parts.values())


async def import_once(
    resources: Resources, user_id: int, export: Path
) -> tuple[float, float]:
    """Seconds of one import task, and the worker's peak memory in MiB."""
    worker = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "unwrapped", "worker", "--beside"),
        env=os.environ
        | {"UNWRAPPED_HOME": str(resources.settings.home), "SECRET_KEY": SECRET},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    async with peak_of([worker.pid]) as peak:
        task = await ended(resources, user_id, await begun(resources, user_id, export))
    if task.status != TaskStatus.COMPLETED or not task.completed_at or not task.started_at:  # fmt: skip
        raise click.ClickException(f"{task.error_code}: {task.error_message}")
    if worker.stdin is not None:
        worker.stdin.close()
    await worker.wait()
    seconds = (task.completed_at - task.started_at).total_seconds()
    click.echo(f"import: {seconds:.2f} s, {peak.mib:.0f} MiB", err=True)
    return seconds, peak.mib


@dataclass(slots=True)
class Peak:
    """The largest memory that one process had so far."""

    mib: float = 0.0


@asynccontextmanager
async def peak_of(pids: Sequence[int]) -> AsyncIterator[Peak]:
    """Watch these processes and those that they start, some of which end meanwhile."""
    peak = Peak()

    async def watch() -> None:
        while True:
            found = [own_peak_mib(one) for pid in pids for one in family(pid)]
            peak.mib = max(peak.mib, *found)
            await asyncio.sleep(LOOK_SECONDS)

    watching = asyncio.create_task(watch())
    try:
        yield peak
    finally:
        watching.cancel()


def own_peak_mib(pid: int) -> float:
    """The peak memory of a process so far; 0 of one that has just ended.

    Not `ru_maxrss`, which a child takes over from the process that started it.
    """
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0


def family(pid: int) -> Iterator[int]:
    """A process, its children, and theirs."""
    yield pid
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):  # it has just ended
            for child in tasks.read_text().split():
                yield from family(int(child))


async def begun(resources: Resources, user_id: int, export: Path) -> UUID:
    """The id of an import task of the file."""

    async def body() -> AsyncIterator[bytes]:
        with export.open("rb") as file:
            while chunk := file.read(1024 * 1024):
                yield chunk

    upload = await UploadService(resources).receive(user_id, export.name, body())
    async with resources.database.session() as session:
        imports = ImportService(session, TaskService(session))
        return (await imports.begin(user_id, [upload.id])).id


async def ended(resources: Resources, user_id: int, task_id: UUID) -> TaskRead:
    """The row of a task, once it has ended."""
    while True:
        async with resources.database.session() as session:
            task = await TaskService(session).poll_task(user_id, task_id)
        if task.status in (TaskStatus.COMPLETED, TaskStatus.FAILED):
            return task
        await asyncio.sleep(0.1)


if __name__ == "__main__":
    main()
