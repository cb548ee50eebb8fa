"""A thousand clients of one web process that watch a task each.

Measures the connections to the database, the memory, and the time of a change from its
commit to the watcher. The floor is the time of the same changes to one bare LISTEN,
which the database and the network need.
"""

import asyncio
import statistics
import time
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import click

from benchmarks.service_database import ANY_NUMBER, fresh_resources, new_user, token_of
from benchmarks.service_process import service
from benchmarks.task_worker import KIND
from unwrapped.core.process_resources import Resources
from unwrapped.core.schemas import Schema
from unwrapped.tasks.service import TaskService
from unwrapped.tasks.serving.feed import CHANNEL

PORT = 8198
USERS = 20
PLACES = ("CONNECTIONS_PER_ADDRESS", "MAX_CONNECTIONS")
CONNECTIONS = """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
    AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""


@click.command()
@click.option("--watchers", default=1_000, show_default=True)
@click.option("--changes", default=500, show_default=True)
def main(watchers: int, changes: int) -> None:
    """Measure, and print the rows of docs/benchmarks.md."""
    asyncio.run(measure(watchers, changes))


class Clock:
    """The times at which the change of each task was committed, and arrived."""

    def __init__(self) -> None:
        self._committed: dict[UUID, float] = {}
        self._arrived: dict[UUID, float] = {}

    def committed(self, task_id: UUID) -> None:
        self._committed[task_id] = time.perf_counter()

    def arrived(self, task_id: UUID) -> None:
        self._arrived[task_id] = time.perf_counter()

    def took(self) -> list[float]:
        """The milliseconds between both, sorted; 0 if a change arrived before the
        commit was confirmed.
        """
        return sorted(
            max(self._arrived[task_id] - committed, 0.0) * 1000
            for task_id, committed in self._committed.items()
        )


async def measure(watchers: int, changes: int) -> None:
    """Begin the tasks, watch all of them, and change some."""
    async with AsyncExitStack() as stack:
        resources = await stack.enter_async_context(fresh_resources())
        tasks = await begin(resources, watchers)
        changed = list(tasks)[:changes]
        heard = await listen_bare(resources, changed)
        places = dict.fromkeys(PLACES, str(2 * watchers + 100))
        client = await stack.enter_async_context(service(resources, PORT, **places))
        await client.get("/readyz")
        pid = web_process(PORT)
        before = memory(pid)
        clock = Clock()
        ready = asyncio.Semaphore(0)
        watching = [
            asyncio.create_task(watch(task_id, token, clock, ready))
            for task_id, token in tasks.items()
        ]
        for _ in watching:
            await ready.acquire()
        await resources.database.dispose()
        connections = await ask(resources, CONNECTIONS)
        after = memory(pid)
        await change(resources, changed, clock)
        for one in watching:
            one.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*watching)
    print(f"| {watchers} watchers: connections to the database | {connections} | | |")
    print(f"| memory of the web process | {before:.0f} -> {after:.0f} MiB | {(after - before) * 1024 / watchers:.0f} KiB a watcher | |")  # fmt: skip
    print(
        f"| a change heard by a bare LISTEN, p50 / p99 | {percentiles(heard.took())} | | |"
    )
    print(f"| commit to watcher, p50 / p99 | {percentiles(clock.took())} | | |")


def percentiles(times: list[float]) -> str:
    """Median and 99th percentile of sorted milliseconds."""
    return f"{statistics.median(times):.1f} / {times[int(len(times) * 0.99)]:.1f} ms"


async def begin(resources: Resources, count: int) -> dict[UUID, str]:
    """Begin tasks that no worker runs; return each with a token of its owner."""
    users = [await new_user(resources) for _ in range(USERS)]
    tokens = {user: await token_of(resources, user) for user in users}
    begun = {}
    async with resources.database.session() as session:
        for number in range(count):
            user = users[number % USERS]
            task = await TaskService(session, ANY_NUMBER).begin_task(
                user, KIND, uuid4().hex, Schema()
            )
            begun[task.id] = tokens[user]
    return begun


async def watch(
    task_id: UUID, token: str, clock: Clock, ready: asyncio.Semaphore
) -> None:
    """Read the events of a task. A bare socket does not add the time of an HTTP client."""
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
    writer.write(
        f"GET /api/v1/tasks/{task_id}/events HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\n"
        f"Authorization: Bearer {token}\r\n\r\n".encode()
    )
    is_ready = False
    try:
        while line := await reader.readline():
            if line.startswith(b"data: ") and is_ready:
                clock.arrived(task_id)
            elif line.startswith(b"data: "):
                is_ready = True
                ready.release()
    finally:
        writer.close()


async def change(resources: Resources, tasks: list[UUID], clock: Clock) -> None:
    """Change one task after the other, a hundred per second, then wait a moment."""
    connection = await asyncpg.connect(resources.database.address.for_asyncpg())
    try:
        for task_id in tasks:
            await connection.execute(
                "UPDATE background_task SET progress = random() WHERE id = $1", task_id
            )
            clock.committed(task_id)
            await asyncio.sleep(0.01)
        await asyncio.sleep(2)
    finally:
        await connection.close()


async def listen_bare(resources: Resources, tasks: list[UUID]) -> Clock:
    """The times until a bare connection receives the same changes."""
    clock = Clock()
    connection = await asyncpg.connect(resources.database.address.for_asyncpg())

    def hear(_: object, pid: int, channel: str, payload: object) -> None:
        clock.arrived(UUID(str(payload)))

    await connection.add_listener(CHANNEL, hear)
    try:
        await change(resources, tasks, clock)
    finally:
        await connection.close()
    return clock


async def ask(resources: Resources, query: str) -> int:
    """The number that a query returns."""
    connection = await asyncpg.connect(resources.database.address.for_asyncpg())
    try:
        return int(await connection.fetchval(query))
    finally:
        await connection.close()


def web_process(port: int) -> int:
    """The id of the web process with this port on its command line."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                words = (folder / "cmdline").read_bytes().split(b"\0")
                if b"serve" in words and str(port).encode() in words:
                    return int(folder.name)
    raise LookupError("the web process is gone")


def memory(pid: int) -> float:
    """The resident memory of a process in MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096 / 2**20


if __name__ == "__main__":
    main()
