"""What the service keeps in memory: idle, while it imports, and idle again.

`unwrapped serve` with its worker and its embedded database, as somebody has it at home.
Memory is the proportional set size of all its processes (what several share is counted
once), with PostgreSQL and without: its shared buffers fill with use, up to a setting.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import click

from benchmarks.imports import begun, ended
from benchmarks.service_database import SECRET, fresh_resources, make_export, new_user
from unwrapped.core.resources import Resources
from unwrapped.music.analysis.schemas import AnalysisParams
from unwrapped.music.analysis.service import KIND
from unwrapped.tasks.models import TaskStatus
from unwrapped.tasks.service import TaskService

ROOT = Path(__file__).parent.parent
SETTLE_SECONDS = 12.0
LOOK_SECONDS = 0.1


@click.command()
@click.option("--rows", default=300_000, show_default=True)
@click.option("--analyse/--no-analyse", default=True, show_default=True)
def main(rows: int, analyse: bool) -> None:
    """Measure, and print the rows of docs/benchmarks.md."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(make_export(Path(folder), rows), rows, analyse=analyse))


async def measure(export: Path, rows: int, *, analyse: bool) -> None:
    """One service: idle, a first small import, the large one, idle again."""
    async with fresh_resources() as resources, service(resources) as web:
        await asyncio.sleep(SETTLE_SECONDS)
        before = memory(resources, web)
        user_id = await new_user(resources)
        peak = asyncio.create_task(peak_of(resources, web))
        task_id = await begun(resources, user_id, export)
        await completed(resources, user_id, task_id)
        if analyse:
            await completed(resources, user_id, await analysis(resources, user_id))
        peak.cancel()
        await asyncio.sleep(SETTLE_SECONDS)
        after = memory(resources, web)
        for name in ("service", "postgres", "all"):
            ratio = after[name] / before[name]
            print(f"| {name}, idle: before, after {rows:,} rows | {before[name]:.0f} MiB, {after[name]:.0f} MiB | {ratio:.2f} |")  # fmt: skip
        print(f"| service, at most meanwhile | {largest['service']:.0f} MiB | |")


largest: dict[str, float] = {"service": 0.0}


async def peak_of(resources: Resources, web: int) -> None:
    """Keep the largest memory that is seen, until cancelled."""
    while True:
        now = memory(resources, web, quick=True)["service"]
        largest["service"] = max(largest["service"], now)
        await asyncio.sleep(LOOK_SECONDS)


async def analysis(resources: Resources, user_id: int) -> UUID:
    """The id of a task that judges the whole history."""
    async with resources.database.session() as session:
        params = AnalysisParams(period="all", zone="UTC")
        task = await TaskService(session).begin_task(user_id, KIND, "all", params)
        return task.id


async def completed(resources: Resources, user_id: int, task_id: UUID) -> None:
    """Wait for a task, which must not fail."""
    task = await ended(resources, user_id, task_id)
    if task.status != TaskStatus.COMPLETED:
        raise click.ClickException(f"{task.error_code}: {task.error_message}")
    if task.completed_at is not None and task.started_at is not None:
        seconds = (task.completed_at - task.started_at).total_seconds()
        click.echo(f"{task.kind}: {seconds:.2f} s", err=True)


@asynccontextmanager
async def service(resources: Resources) -> AsyncIterator[int]:
    """The process id of `unwrapped serve` on the database of the resources."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "unwrapped", "serve", "--port", "0"),
        env=os.environ
        | {"UNWRAPPED_HOME": str(resources.settings.home), "SECRET_KEY": SECRET},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process.pid
    finally:
        process.terminate()
        await process.wait()


def memory(resources: Resources, web: int, *, quick: bool = False) -> dict[str, float]:
    """MiB of the service's processes, of PostgreSQL's, and of all."""
    ours = {str(pid): pss_mib(pid) for pid in family(web)}
    postgres: list[float] = []
    if not quick:
        for file in (resources.settings.home / "postgres").rglob("postmaster.pid"):
            postgres += map(pss_mib, family(int(file.read_text().split()[0])))
        for file in Path("/var/lib/unwrapped/clusters").glob("*/data/postmaster.pid"):
            home = (file.parent.parent / "home").read_text()
            if home == str(resources.settings.home):
                postgres += map(pss_mib, family(int(file.read_text().split()[0])))
        click.echo(f"processes: { {k: round(v) for k, v in ours.items()} }", err=True)
        click.echo(f"postgres: {[round(v, 1) for v in postgres]}", err=True)
    said = {"service": sum(ours.values()), "postgres": sum(postgres)}
    return said | {"all": sum(said.values())}


def family(pid: int) -> Iterator[int]:
    """A process, its children, and theirs."""
    yield pid
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = tasks.read_text().split()
        except OSError:  # it has just ended
            continue
        for child in children:
            yield from family(int(child))


def pss_mib(pid: int) -> float:
    """The proportional set size of a process; 0 of one that has just ended."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


if __name__ == "__main__":
    main()
