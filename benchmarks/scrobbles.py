"""Scrobbles: how many are accepted per second, how soon they are listed, whether any is
lost.

One client and eight clients send submissions over HTTP to `unwrapped serve`, compared
with bare inserts of the same listens by asyncpg, with a statement and a commit each.
The latency is the time from the request of a submission until a listing has it, with an
idle worker.
"""

import asyncio
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import asyncpg
import click
import httpx2
from sqlalchemy import text

from benchmarks.service_database import SECRET, fresh_resources, new_user
from benchmarks.service_process import ROOT, service
from unwrapped.core.process_resources import Resources
from unwrapped.music.scrobbles.tokens import ScrobblingTokenService

PORT = 8196
BEGUN = 1_300_000_000
CLIENTS = 8
UNLIMITED = {
    "SCROBBLE_READS_PER_MINUTE": "1000000",
    "SCROBBLES_WAITING_PER_USER": "10000000",
}
RATE, SECONDS, BATCH = 1_000, 10, 50

_BARE = "INSERT INTO bare_listen VALUES ($1, to_timestamp($2), $3, $4)"

type Send = Callable[[int, int], Awaitable[None]]
"""Sends listens: the index of the first one, and how many."""


@click.command()
@click.option(
    "--seconds", default=3.0, show_default=True, help="Length of each measurement."
)
@click.option(
    "--listens",
    default=30,
    show_default=True,
    help="Listens whose latency is measured.",
)
def main(seconds: float, listens: int) -> None:
    """Measure, and print a line for each measurement."""
    asyncio.run(measure(seconds, listens))


async def measure(seconds: float, listens: int) -> None:
    """Make all measurements, in one database."""
    async with fresh_resources() as resources:
        for batch in (1, 50, 1_000):
            bare = await _bare(resources, batch, seconds)
            for clients in (1, CLIENTS):
                async with player(resources) as send:
                    taken = await _rate(send, batch, clients, seconds)
                click.echo(
                    f"batches of {batch:>5}, {clients} clients: {taken:>8,.0f} submissions/s,"
                    f" {taken * batch:>8,.0f} listens/s (bare inserts, 1 client:"
                    f" {bare:>8,.0f} and {bare * batch:>8,.0f})"
                )
        await _empty(resources)
        async with worker(resources):
            await _latency(resources, listens)
            await _load(resources)


def body_of(first: int, count: int) -> dict[str, object]:
    """A submission of listens that were not sent before."""
    return {
        "listen_type": "import",
        "payload": [
            {
                "listened_at": BEGUN + 200 * number,
                "track_metadata": {
                    "artist_name": f"Artist {number % 97}",
                    "track_name": f"Song {number % 997}",
                    "release_name": f"Album {number % 197}",
                    "additional_info": {"duration_ms": 180_000},
                },
            }
            for number in range(first, first + count)
        ],
    }


@asynccontextmanager
async def token_of(
    resources: Resources,
) -> AsyncIterator[tuple[int, httpx2.AsyncClient]]:
    """Create a listener and run a service; yield the listener and a client with a
    token.
    """
    user_id = await new_user(resources)
    async with resources.database.session() as session:
        tokens = ScrobblingTokenService(session, resources.cipher)
        token = (await tokens.create(user_id, "benchmark")).token
    async with service(resources, PORT, **UNLIMITED) as client:
        client.headers["Authorization"] = f"Token {token}"
        yield user_id, client


@asynccontextmanager
async def player(resources: Resources) -> AsyncIterator[Send]:
    """Yield a function that submits listens of a new listener."""
    async with token_of(resources) as (_, client):

        async def send(first: int, count: int) -> None:
            body = body_of(first, count)
            answer = await client.post("/1/submit-listens", json=body)
            answer.raise_for_status()

        yield send


@asynccontextmanager
async def worker(resources: Resources) -> AsyncIterator[None]:
    """Run `unwrapped worker` on the database of the resources."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "unwrapped", "worker"),
        env=os.environ
        | {"UNWRAPPED_HOME": str(resources.settings.home), "SECRET_KEY": SECRET}
        | {"DATABASE_URL": resources.database.address.for_asyncpg()},
        cwd=ROOT,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        await process.wait()


async def _rate(send: Send, batch: int, clients: int, seconds: float) -> float:
    """Submissions per second."""
    end, done = time.perf_counter() + seconds, 0

    async def submit(own: int) -> None:
        nonlocal done
        first = own * 300_000  # each client has its own listens
        while time.perf_counter() < end:
            await send(first, batch)
            first += batch
            done += 1

    begun = time.perf_counter()
    await asyncio.gather(*(submit(own) for own in range(clients)))
    return done / (time.perf_counter() - begun)


async def _bare(resources: Resources, batch: int, seconds: float) -> float:
    """Inserts per second, with this many rows each."""
    connection = await asyncpg.connect(resources.database.address.for_asyncpg())
    try:
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS bare_listen (user_id bigint, at timestamptz,"
            " artist text, title text, PRIMARY KEY (user_id, at, artist, title))"
        )
        begun = time.perf_counter()
        done = 0
        while time.perf_counter() < begun + seconds:
            rows = [
                (batch, BEGUN + done * batch + n, f"Artist {n}", f"Song {n}")
                for n in range(batch)
            ]
            await connection.executemany(_BARE, rows)
            done += 1
        return done / (time.perf_counter() - begun)
    finally:
        await connection.close()


async def _waiting(resources: Resources) -> int:
    async with resources.database.session() as session:
        query = text("SELECT count(*) FROM scrobble_inbox")
        return int(await session.scalar(query) or 0)


async def _empty(resources: Resources) -> None:
    async with resources.database.session() as session:
        await session.execute(text("TRUNCATE scrobble_inbox"))


async def _latency(resources: Resources, listens: int) -> None:
    took = []
    async with token_of(resources) as (_, client):
        name = (await client.get("/1/validate-token")).json()["user_name"]
        for number in range(listens + 1):
            body = body_of(number, 1)
            begun = time.perf_counter()
            (await client.post("/1/submit-listens", json=body)).raise_for_status()
            path = f"/1/user/{name}/listens?min_ts={BEGUN + 200 * number - 1}"
            while not (await client.get(path)).json()["payload"]["count"]:  # noqa: ASYNC110 - a worker
                await asyncio.sleep(0.002)
            took.append((time.perf_counter() - begun) * 1000)
            await asyncio.sleep(0.1)
    later = sorted(took[1:])  # at the first one the worker loads its modules
    click.echo(
        f"request to listing: p50 {statistics.median(later):.0f} ms, p95"
        f" {later[int(len(later) * 0.95)]:.0f} ms, the first {took[0]:.0f} ms"
    )


async def _load(resources: Resources) -> None:
    """Send 1,000 listens per second for ten seconds, as from a client's offline queue."""
    statuses: list[int] = []
    async with token_of(resources) as (user_id, client):

        async def send(number: int) -> None:
            await asyncio.sleep(number * BATCH / RATE)
            body = body_of(number * BATCH, BATCH)
            answer = await client.post("/1/submit-listens", json=body)
            statuses.append(answer.status_code)

        begun = time.perf_counter()
        await asyncio.gather(*map(send, range(RATE * SECONDS // BATCH)))
        sent = time.perf_counter() - begun
        while await _waiting(resources):  # noqa: ASYNC110 - a worker
            await asyncio.sleep(0.01)
        merged = time.perf_counter() - begun
    async with resources.database.session() as session:
        query = text("SELECT count(*) FROM listen WHERE user_id = :user_id")
        stored = await session.scalar(query, {"user_id": user_id})
    click.echo(
        f"{RATE:,} listens/s for {SECONDS} s: {statuses.count(200)} of {len(statuses)}"
        f" submissions answered 200 in {sent:.1f} s, {stored:,} listens stored after"
        f" {merged:.1f} s"
    )


if __name__ == "__main__":
    main()
