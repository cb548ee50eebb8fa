"""Statistics over HTTP: unchanged ones, and how they affect another user. Needs `wrk`.

- **unchanged**: a summary that the client has (`If-None-Match`), compared with `GET
  /auth/me`, the cheapest authenticated request, on the same process; 16 connections.
- **warm**: the same summary, sent whole, one request after the other.
- **another user**: the times of `GET /auth/me`, one after the other, while nobody else
  sends requests, and while four clients ask for statistics that nobody has asked for
  before.
- **memory**: that of the web process after all of this.
"""

import asyncio
import re
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import click
import httpx2
from sqlalchemy import text

from benchmarks.service_database import (
    fresh_resources,
    make_export,
    new_user,
    token_of,
)
from benchmarks.service_process import service
from benchmarks.statistics import copy_history
from unwrapped.core.process_resources import Resources
from unwrapped.music.history.building import prepare_upload
from unwrapped.music.read_model.copies import Copies
from unwrapped.music.sources.upload_reading import read_upload
from unwrapped.music.store.merge import HistoryMerge

PORT = 8194
STATS = "/api/v1/music/stats"
ME = "/api/v1/auth/me"


@click.command()
@click.option("--rows", default=1_000_000, show_default=True)
@click.option("--listeners", default=5, show_default=True)
@click.option("--seconds", default=10, show_default=True)
def main(rows: int, listeners: int, seconds: int) -> None:
    """Measure, and print the rows of docs/benchmarks.md."""
    with tempfile.TemporaryDirectory() as folder:
        export = make_export(Path(folder), rows)
        asyncio.run(measure(export, listeners, seconds))


async def measure(export: Path, listeners: int, seconds: int) -> None:
    """Import once, copy the history for the other listeners, then ask."""
    async with fresh_resources() as resources:
        people = [await new_user(resources) for _ in range(listeners)]
        async with resources.database.session() as session:
            await HistoryMerge(session, people[0]).merge(
                prepare_upload(read_upload([export]))
            )
        for other in people[1:]:
            await copy_history(resources, people[0], other)
        async with resources.database.autocommit() as session:
            await session.execute(text("VACUUM ANALYZE listen"))
        for one in people:
            await Copies(resources).write(one)
        await ask(resources, people, seconds)


async def ask(resources: Resources, people: list[int], seconds: int) -> None:
    """Make all measurements."""
    asking = {"Authorization": f"Bearer {await token_of(resources, people[0])}"}
    other_id = await new_user(resources)
    other = {"Authorization": f"Bearer {await token_of(resources, other_id)}"}
    environment = {"ACCESS_TOKEN_EXPIRE_MINUTES": "60"}
    async with service(resources, PORT, **environment) as client:
        first = await timed(client, f"{STATS}/summary", asking)
        warm = [await timed(client, f"{STATS}/summary", asking) for _ in range(200)]
        etag = (await client.get(f"{STATS}/summary", headers=asking)).headers["etag"]
        known = asking | {"If-None-Match": etag}
        same = [await timed(client, f"{STATS}/summary", known) for _ in range(200)]
        me = [await timed(client, ME, asking) for _ in range(200)]
        print(f"| first question of a process | {first * 1000:.0f} ms | |")
        print(
            f"| warm, whole | p50 {p(warm, 50):.1f} ms | `GET /auth/me` {p(me, 50):.1f} |"
        )
        print(f"| unchanged, 304 | p50 {p(same, 50):.1f} ms | 3 ms owed |")
        rates = {
            what: await asyncio.to_thread(load, path, headers, seconds)
            for what, path, headers in (
                ("unchanged", f"{STATS}/summary", known),
                ("GET /auth/me", ME, asking),
            )
        }
        print(f"| unchanged, 16 connections | {rates['unchanged']:.0f} a second | `GET /auth/me` {rates['GET /auth/me']:.0f}; 300 owed |")  # fmt: skip
        alone = await times_of(client, other, seconds)
        tokens = [await token_of(resources, one) for one in people]
        busy = [asyncio.create_task(keep_asking(client, token)) for token in tokens[:4]]
        beside = await times_of(client, other, seconds)
        for task in busy:
            task.cancel()
        asked = await asyncio.gather(*busy, return_exceptions=True)
        print(
            f"| another user alone | p50 {p(alone, 50):.1f}, p99 {p(alone, 99):.1f} ms | |"
        )
        print(f"| … beside four who ask | p50 {p(beside, 50):.1f}, p99 {p(beside, 99):.1f} ms | {p(beside, 99) / p(alone, 99):.1f} times; 3 owed |")  # fmt: skip
        for token in tokens:
            headers = {"Authorization": f"Bearer {token}"}
            await timed(client, f"{STATS}/summary", headers)
        print(f"| memory of the web process, {len(tokens)} listeners asked | {memory():.0f} MiB | |")  # fmt: skip
        if not asked:
            raise ValueError("nobody asked")


async def timed(
    client: httpx2.AsyncClient, path: str, headers: dict[str, str]
) -> float:
    """The seconds that a request takes."""
    begun = time.perf_counter()
    answer = await client.get(path, headers=headers, timeout=120)
    if answer.status_code not in {200, 304}:
        raise RuntimeError(answer.text)
    return time.perf_counter() - begun


async def times_of(
    client: httpx2.AsyncClient, headers: dict[str, str], seconds: int
) -> list[float]:
    """The times of requests that are sent one after the other."""
    times = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        times.append(await timed(client, ME, headers))
        await asyncio.sleep(0.01)
    return times


async def keep_asking(client: httpx2.AsyncClient, token: str) -> None:
    """Ask for one period after the other."""
    headers = {"Authorization": f"Bearer {token}"}
    number = 0
    while True:
        number += 1
        period = f"2012-01-01..20{13 + number % 12}-{1 + number % 11:02}-15"
        kind = ("artists", "albums", "tracks")[number % 3]
        await timed(client, f"{STATS}/top/{kind}?period={period}", headers)


def p(times: list[float], percentile: int) -> float:
    """A percentile, in ms."""
    return statistics.quantiles(times, n=100)[percentile - 1] * 1000


def load(path: str, headers: dict[str, str], seconds: int) -> float:
    """Requests per second over 16 connections."""
    named = [
        part for name, value in headers.items() for part in ("-H", f"{name}: {value}")
    ]
    command = ["wrk", "-t1", "-c16", f"-d{seconds}s", *named]
    url = f"http://127.0.0.1:{PORT}{path}"
    output = subprocess.run([*command, url], capture_output=True, text=True, check=True)
    found = re.search(r"Requests/sec:\s+([\d.]+)", output.stdout)
    if found is None or "Non-2xx" in output.stdout:
        raise RuntimeError(output.stdout)
    return float(found[1])


def memory() -> float:
    """The resident MiB of the web process."""
    for status in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = status.read_bytes()
        except OSError:
            continue
        if f"--port\0{PORT}".encode() in command:
            found = re.search(r"VmRSS:\s+(\d+)", (status.parent / "status").read_text())
            return int(found[1]) / 1024 if found else 0.0
    return 0.0


if __name__ == "__main__":
    main()
