"""An authenticated GET of one row, compared with bare routes. Needs `wrk` (Debian's
package).

- **service**: `GET /api/v1/tasks/{id}` with a token, on `unwrapped serve --no-worker`.
- **bare session**: a FastAPI route that runs the same two SELECTs through one
  SQLAlchemy session, without sign-in, log, metrics or limits.
- **bare asyncpg**: a FastAPI route with one SELECT on an asyncpg pool.

Each server is one uvicorn process. They are loaded in turns, over 16 connections.
"""

import asyncio
import os
import re
import statistics
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import click
import httpx2

from benchmarks.service_database import SECRET, fresh_resources, new_user, token_of
from benchmarks.service_process import until_ready
from unwrapped.core.process_resources import Resources
from unwrapped.core.schemas import Schema
from unwrapped.music.imports.task import import_uploads
from unwrapped.tasks.service import TaskService

ROOT = Path(__file__).parent.parent
PORTS = {"service": 8191, "bare session": 8192, "bare asyncpg": 8193}


@click.command()
@click.option("--seconds", default=5, show_default=True)
@click.option("--runs", default=5, show_default=True)
def main(seconds: int, runs: int) -> None:
    """Measure, and print the rows of docs/benchmarks.md."""
    asyncio.run(measure(seconds, runs))


async def measure(seconds: int, runs: int) -> None:
    """Start the three servers, and load them in turns."""
    async with fresh_resources() as resources:
        user_id = await new_user(resources)
        token = await token_of(resources, user_id)
        async with resources.database.session() as session:
            task = await TaskService(session).begin_task(
                user_id, import_uploads.name, "one", Schema()
            )
        urls = {
            "service": f"/api/v1/tasks/{task.id}",
            "bare session": f"/session/{task.id}",
            "bare asyncpg": f"/asyncpg/{task.id}",
        }
        rates: dict[str, list[float]] = {name: [] for name in urls}
        async with servers(resources):
            for _ in range(runs):
                for name, path in urls.items():
                    url = f"http://127.0.0.1:{PORTS[name]}{path}"
                    rates[name].append(await asyncio.to_thread(load, url, token, seconds))  # fmt: skip
    service, session_rate, raw = (statistics.median(rate) for rate in rates.values())
    print(f"| bare FastAPI route, one SELECT on asyncpg | {raw:.0f} a second | | |")
    print(f"| bare FastAPI route, the same SELECTs in one SQLAlchemy session | {session_rate:.0f} a second | | |")  # fmt: skip
    print(f"| authenticated GET of one row | {service:.0f} a second | {service / session_rate:.2f} of the session, {service / raw:.2f} of asyncpg | at least 0.8 of the session |")  # fmt: skip


@asynccontextmanager
async def servers(resources: Resources) -> AsyncIterator[None]:
    """Run all three servers during the context."""
    environment = os.environ | {
        "UNWRAPPED_HOME": str(resources.settings.home),
        "SECRET_KEY": SECRET,
        "WORKER": "false",
        "ACCESS_TOKEN_EXPIRE_MINUTES": "60",
        "DATABASE_URL": resources.database.address.for_asyncpg(),
    }
    bare = ["uvicorn", "benchmarks.bare_app:app", "--no-access-log"]
    service = ["unwrapped", "serve", "--no-worker"]
    running = {
        name: await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", *command, "--port", str(PORTS[name])),
            env=environment,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for name, command in zip(PORTS, (service, bare, bare), strict=True)
    }
    try:
        for name, process in running.items():
            address = f"http://127.0.0.1:{PORTS[name]}"
            async with httpx2.AsyncClient(base_url=address) as client:
                path = "/readyz" if name == "service" else "/openapi.json"
                await until_ready(process, client, path)
        yield
    finally:
        for process in running.values():
            if process.returncode is None:
                process.terminate()
        for process in running.values():
            await process.wait()


def load(url: str, token: str, seconds: int) -> float:
    """Requests per second. Raises an exception if an answer is not a success."""
    output = subprocess.run(
        [
            "wrk",
            "-t1",
            "-c16",
            f"-d{seconds}s",
            "-H",
            f"Authorization: Bearer {token}",
            url,
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", output)
    if rate is None or "Non-2xx" in output:
        raise click.ClickException(f"{url}: {output}")
    return float(rate[1])


if __name__ == "__main__":
    main()
