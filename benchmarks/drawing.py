"""The page of the demo's portrait: drawn, opened as a share, and written by `analyze`.

- **drawing**: CPU of `render_portrait`, after a first call.
- **share**: `GET` of a share on `unwrapped serve --no-worker`, as a page and as the
  JSON of the same portrait, one request after the other.
- **analyze**: `unwrapped analyze EXPORT`, without and with `--html`, in turns; the
  difference of the peaks is the memory of drawing.
"""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from importlib import resources as package_files
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4
from zoneinfo import ZoneInfo

import click

# The parts of the service are imported where they are used: a child's peak memory is at
# least that of the process that starts it, so this process must be small at first.
if TYPE_CHECKING:
    from unwrapped.core.process_resources import Resources
    from unwrapped.music.analysis.portrait import Portrait

PORT, TOKEN = 8194, "a" * 32


@click.command()
@click.option("--draws", default=300, show_default=True)
@click.option("--runs", default=7, show_default=True)
def main(draws: int, runs: int) -> None:
    """Measure, and print the rows of docs/benchmarks.md."""
    export = str(package_files.files("unwrapped.cli").joinpath("demo_export.zip"))
    report_analyze(export, runs)
    portrait = paint(export)
    cpu = draw(portrait, draws)
    print(f"| drawing the demo's page | {cpu:.1f} ms of CPU | | 15 ms |")
    page, json = asyncio.run(open_shares(portrait, draws))
    print(f"| opening a share as a page | {page:.1f} ms | as JSON: {json:.1f} ms | 20 ms |")  # fmt: skip


def paint(export: str) -> "Portrait":
    """The portrait of the demo."""
    from unwrapped.music.analysis.portrait import paint_portrait
    from unwrapped.music.critic.house_critic import HouseCritic
    from unwrapped.music.history.building import build_history
    from unwrapped.music.history.period import Period
    from unwrapped.music.sources.upload_reading import read_upload

    history = build_history(read_upload([Path(export)]))
    return paint_portrait(history, Period(), ZoneInfo("Europe/Berlin"), HouseCritic())


def draw(portrait: "Portrait", draws: int) -> float:
    """The median CPU time in milliseconds."""
    from unwrapped.web.portrait_page import render_portrait

    render_portrait(portrait)
    times = []
    for _ in range(draws):
        begun = time.process_time()
        render_portrait(portrait)
        times.append(time.process_time() - begun)
    return 1000 * statistics.median(times)


async def open_shares(portrait: "Portrait", times: int) -> tuple[float, float]:
    """The median milliseconds of opening a share over HTTP, as a page and as JSON."""
    from benchmarks.service_database import fresh_resources
    from benchmarks.service_process import service

    async with fresh_resources() as resources:
        await share(resources, portrait)
        async with service(resources, PORT) as client:
            medians = []
            for accept in ("text/html", "application/json"):
                taken = []
                for _ in range(times):
                    begun = time.perf_counter()
                    answer = await client.get(f"/s/{TOKEN}", headers={"Accept": accept})
                    taken.append(time.perf_counter() - begun)
                    answer.raise_for_status()
                medians.append(1000 * statistics.median(taken))
    page, json = medians
    return page, json


async def share(resources: "Resources", portrait: "Portrait") -> None:
    """Store the portrait, and a share of it with `TOKEN`."""
    from benchmarks.service_database import new_user
    from unwrapped.core.secrets.tokens import hash_token
    from unwrapped.music.analysis.coordinator import ResultPersister
    from unwrapped.music.shares.models import Share

    user_id = await new_user(resources)
    async with resources.database.session() as session:
        persister = ResultPersister(session)
        analysis = await persister.save_result(user_id, uuid4(), portrait)
        token_hash = hash_token(TOKEN)
        session.add(
            Share(user_id=user_id, analysis_id=analysis.id, token_hash=token_hash)
        )


def report_analyze(export: str, runs: int) -> None:
    """Print wall time, CPU and peak memory, without and with the page."""
    with tempfile.TemporaryDirectory() as folder:
        ways = {"": [], " --html": ["--html", str(Path(folder) / "page.html")]}
        taken: dict[str, list[tuple[float, float, float]]] = {way: [] for way in ways}
        for _ in range(runs):
            for way, options in ways.items():
                taken[way].append(run([export, "--quiet", *options]))
    for way, measured in taken.items():
        wall, cpu, peak = map(statistics.median, zip(*measured, strict=True))
        print(f"| `analyze{way}` of the demo | {wall:.2f} s, {cpu:.2f} s of CPU | peak {peak:.0f} MiB | |")  # fmt: skip


def run(options: list[str]) -> tuple[float, float, float]:
    """Seconds, seconds of CPU and peak MiB of `unwrapped analyze`."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "unwrapped", "analyze", *options],
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    if status:
        raise click.ClickException(f"analyze {options} failed.")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


if __name__ == "__main__":
    main()
