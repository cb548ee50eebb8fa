"""The memory of the service: idle, while it imports, and idle again.

`unwrapped serve` runs with its worker and its embedded database, as at home. Memory is
the proportional set size of all its processes (shared pages are counted once), with
PostgreSQL and without: PostgreSQL's shared buffers fill with use, up to a setting.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from uuid import UUID

import click

from benchmarks.imports import Peak, begun, ended, family
from benchmarks.service_database import SECRET, fresh_resources, make_export, new_user
from unwrapped.core.process_resources import Resources
from unwrapped.music.analysis.schemas import AnalysisParams
from unwrapped.music.analysis.service import KIND
from unwrapped.tasks.models import TaskStatus
from unwrapped.tasks.service import TaskService

ROOT = Path(__file__).parent.parent
SETTLE_SECONDS = 12.0
LOOK_SECONDS = 0.1


@click.command()
@click.option("--rows", default=300_000, show_default=True)
def main(rows: int) -> None:
    """Measure, and print the rows of docs/benchmarks.md."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(make_export(Path(folder), rows), rows))


async def measure(export: Path, rows: int) -> None:
    """Measure one service: idle, during an import and an analysis, idle again."""
    async with fresh_resources() as resources, service(resources) as web:
        await asyncio.sleep(SETTLE_SECONDS)
        before = memory(resources.settings.home, web)
        user_id = await new_user(resources)
        async with most_memory(web) as most:
            imported = await begun(resources, user_id, export)
            await completed(resources, user_id, imported)
            await completed(resources, user_id, await analysis(resources, user_id))
        await asyncio.sleep(SETTLE_SECONDS)
        after = memory(resources.settings.home, web)
    for name, first in before.items():
        last = after[name]
        print(f"| {name}, idle, before and after {rows:,} rows | {first:.0f}, {last:.0f} MiB | {last / first:.2f} |")  # fmt: skip
    print(f"| service, at most meanwhile | {most.mib:.0f} MiB | |")


@asynccontextmanager
async def most_memory(web: int) -> AsyncIterator[Peak]:
    """The peak of the total memory of the service's processes during the context."""
    peak = Peak()

    async def watch() -> None:
        while True:
            peak.mib = max(peak.mib, sum(map(pss_mib, family(web))))
            await asyncio.sleep(LOOK_SECONDS)

    watching = asyncio.create_task(watch())
    try:
        yield peak
    finally:
        watching.cancel()


async def analysis(resources: Resources, user_id: int) -> UUID:
    """Begin an analysis of the whole history; return the id of its task."""
    async with resources.database.session() as session:
        params = AnalysisParams(period="all", zone="UTC")
        task = await TaskService(session).begin_task(user_id, KIND, "all", params)
        return task.id


async def completed(resources: Resources, user_id: int, task_id: UUID) -> None:
    """Wait for the end of a task. Raises an exception if it failed."""
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


def memory(home: Path, web: int) -> dict[str, float]:
    """MiB of the service's processes, of PostgreSQL's, and of all."""
    service = sum(map(pss_mib, family(web)))
    postmaster = int(
        (cluster_of(home) / "data" / "postmaster.pid").read_text().split()[0]
    )
    postgres = sum(map(pss_mib, family(postmaster)))
    return {"service": service, "postgres": postgres, "all": service + postgres}


def cluster_of(home: Path) -> Path:
    """The folder of the embedded database; root has it elsewhere
    (`core/postgres/embedded.py`).
    """
    pointer = home / "postgres" / "cluster"
    if not pointer.exists():
        return home / "postgres"
    return home / "postgres" / pointer.read_text().strip()


def pss_mib(pid: int) -> float:
    """The proportional set size of a process; 0 if it has just ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    main()
