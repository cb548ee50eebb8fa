"""An import task of 1,000,000 rows, and of the same rows again, compared with its
floor.

The task runs in a real worker. Its time is that between `started_at` and `completed_at`
of its row; its memory is the larger of the peaks of the worker's process and its child.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import click
from sqlalchemy import text

from benchmarks.service_database import SECRET, fresh_resources, make_export, new_user
from unwrapped.core.process_resources import Resources
from unwrapped.music.imports.service import ImportService
from unwrapped.music.uploads.service import UploadService
from unwrapped.tasks.models import TaskStatus
from unwrapped.tasks.schemas import TaskRead
from unwrapped.tasks.service import TaskService

ROOT = Path(__file__).parent.parent
LOOK_SECONDS = 0.05
START_SECONDS = 5.0
"""Enough for a worker to be ready: its start is not part of an import."""


@click.command()
@click.option("--rows", default=1_000_000, show_default=True)
@click.option("--runs", default=3, show_default=True)
@click.option(
    "--export",
    type=click.Path(path_type=Path),
    help="Use this export, instead of making one.",
)
def main(rows: int, runs: int, export: Path | None) -> None:
    """Measure, and print the rows of docs/benchmarks.md."""
    with tempfile.TemporaryDirectory() as folder:
        made = export or make_export(Path(folder), rows)
        asyncio.run(measure(made, repack(made, Path(folder)), rows, runs))


async def measure(export: Path, repacked: Path, rows: int, runs: int) -> None:
    """Measure floor, import and repeated imports in turns, so that a noisy minute
    affects all.
    """
    spent: dict[str, list[Spent]] = {}
    async with fresh_resources() as resources:
        for _ in range(runs):
            spent.setdefault("floor", []).append(await floor(resources, export))
            user_id = await new_user(resources)
            for what, file in (
                ("first", export),
                ("again", repacked),
                ("known", repacked),
            ):
                taken = await import_once(resources, user_id, file)
                click.echo(f"{what}: {taken}", err=True)
                spent.setdefault(what, []).append(taken)
    wall, cpu = (
        {
            what: statistics.median(getattr(one, part) for one in of)
            for what, of in spent.items()
        }
        for part in ("seconds", "cpu")
    )
    peak = max(one.mib for what in ("first", "again") for one in spent[what])
    print(
        f"| floor of an import, {rows:,} rows | {wall['floor']:.1f} s ({cpu['floor']:.1f} of CPU) | | |"
    )
    print(
        f"| import | {wall['first']:.1f} s ({cpu['first']:.1f}) | {wall['first'] / wall['floor']:.2f} of the floor ({cpu['first'] / cpu['floor']:.2f}) | 1.5 |"
    )
    print(f"| import, peak memory of the worker | {peak:.0f} MiB | | 450 |")
    print(
        f"| import of the same rows again | {wall['again']:.1f} s ({cpu['again']:.1f}) | {wall['again'] / wall['first']:.2f} of the first ({cpu['again'] / cpu['first']:.2f}) | 0.55 |"
    )
    print(f"| import of the same bytes again | {wall['known']:.2f} s | | |")


def repack(export: Path, folder: Path) -> Path:
    """Write a zip with the same files, but other bytes."""
    repacked = folder / "repacked.zip"
    with (
        zipfile.ZipFile(export) as old,
        zipfile.ZipFile(repacked, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return repacked


@dataclass(frozen=True, slots=True)
class Spent:
    """The cost of one import: wall time, CPU of all its processes, peak memory."""

    seconds: float
    cpu: float
    mib: float = 0.0


async def floor(resources: Resources, export: Path) -> Spent:
    """Run the floor in a process of its own."""
    server = await server_of(resources)
    before = cpu_of(server)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.import_floor", str(export)),
        resources.database.address.for_asyncpg(),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    said, _ = await process.communicate()
    parts: dict[str, float] = json.loads(said)
    click.echo(
        f"floor: { {name: round(part, 2) for name, part in parts.items()} }", err=True
    )
    cpu = parts.pop("cpu") + cpu_of(server) - before
    return Spent(sum(parts.values()), cpu)


async def import_once(resources: Resources, user_id: int, export: Path) -> Spent:
    """One import task in a worker of its own."""
    worker = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "unwrapped", "worker", "--beside"),
        env=os.environ
        | {"UNWRAPPED_HOME": str(resources.settings.home), "SECRET_KEY": SECRET},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    processes = (worker.pid, await server_of(resources))
    await asyncio.sleep(START_SECONDS)
    async with peak_of([worker.pid]) as peak:
        before = sum(map(cpu_of, processes))
        task = await ended(resources, user_id, await begun(resources, user_id, export))
        cpu = sum(map(cpu_of, processes)) - before
    if (
        task.status != TaskStatus.COMPLETED
        or not task.completed_at
        or not task.started_at
    ):
        raise click.ClickException(f"{task.error_code}: {task.error_message}")
    if worker.stdin is not None:
        worker.stdin.close()
    await worker.wait()
    seconds = (task.completed_at - task.started_at).total_seconds()
    return Spent(seconds, cpu, peak.mib)


async def server_of(resources: Resources) -> int:
    """The process of the embedded server."""
    async with resources.database.session() as session:
        backend = await session.scalar(text("SELECT pg_backend_pid()"))
    return int(_stat(int(backend or 0))[1])


def cpu_of(pid: int) -> float:
    """CPU seconds of a process and of all that it started, including those that ended."""
    ticks = 0
    for one in family(pid):
        with suppress(OSError):  # it has just ended
            ticks += sum(map(int, _stat(one)[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str]:
    """The fields of `/proc/PID/stat` after the name."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


@dataclass(slots=True)
class Peak:
    """The largest memory that a watched process had so far."""

    mib: float = 0.0


@asynccontextmanager
async def peak_of(pids: Sequence[int]) -> AsyncIterator[Peak]:
    """Watch these processes and all that they start, including those that end
    meanwhile.
    """
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
    """The peak memory of a process so far; 0 if it has just ended.

    This is not `ru_maxrss`, which a child inherits from the process that started it.
    """
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0


def family(pid: int) -> Iterator[int]:
    """A process and all its descendants."""
    yield pid
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):  # it has just ended
            for child in tasks.read_text().split():
                yield from family(int(child))


async def begun(resources: Resources, user_id: int, export: Path) -> UUID:
    """Upload the file and begin its import; return the id of the task."""

    async def body() -> AsyncIterator[bytes]:
        with export.open("rb") as file:
            while chunk := file.read(1024 * 1024):
                yield chunk

    upload = await UploadService(resources).receive(user_id, export.name, body())
    async with resources.database.session() as session:
        imports = ImportService(session, TaskService(session))
        return (await imports.begin(user_id, [upload.id])).id


async def ended(resources: Resources, user_id: int, task_id: UUID) -> TaskRead:
    """Wait until a task has ended; return its row."""
    while True:
        async with resources.database.session() as session:
            task = await TaskService(session).poll_task(user_id, task_id)
        if task.status in (TaskStatus.COMPLETED, TaskStatus.FAILED):
            return task
        await asyncio.sleep(0.1)


if __name__ == "__main__":
    main()
