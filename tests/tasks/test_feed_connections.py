"""Watchers share few connections, and continue while these are lost."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from uuid import uuid4

import asyncpg
import pytest
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.testing import capture_logs

from tests.tasks.proxy import DatabaseProxy, disconnect_everybody
from tests.tasks.watching import (
    SHORT,
    Watching,
    count_uses,
    until_listening,
    until_quiet,
    who_listens,
)
from tests.tasks.workplace import Workplace
from tests.waiting import eventually
from unwrapped.core.database import Database
from unwrapped.core.postgres import listening as hearing
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.tasks.serving import feed as feeds
from unwrapped.tasks.serving.feed import TaskFeed

KIND = "tests.work"

pytestmark = pytest.mark.filterwarnings(
    # asyncpg leaves sockets that are cut off in the middle to the garbage collector.
    "ignore:.*unclosed:ResourceWarning",
    "ignore::pytest.PytestUnraisableExceptionWarning",
)


@pytest.fixture
def short_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the waits between two attempts."""
    monkeypatch.setattr(feeds, "POLL_SECONDS", SHORT)
    monkeypatch.setattr(hearing, "AGAIN_SECONDS", SHORT)


@pytest.fixture
async def proxied_feed(
    clone: DatabaseAddress, proxy: DatabaseProxy
) -> AsyncIterator[TaskFeed]:
    """A feed of which only the connection that listens goes through the proxy."""
    database = Database(clone)
    database.address = proxy.address
    feed = TaskFeed(database)
    yield feed
    await feed.close()
    await database.dispose()


async def test_a_hundred_watch_over_one_connection_that_is_idle_while_nothing_happens(
    workplace: Workplace, feed: TaskFeed, short_looks: None
) -> None:
    ids = [await workplace.begin(KIND, str(number)) for number in range(10)]
    watching = [Watching(feed.watch(ids[n % 10])) for n in range(100)]
    for seen in watching:
        await seen.until(1)
    await until_listening(workplace)
    uses = count_uses(workplace.resources.database)
    await until_quiet(uses)
    uses.clear()
    await workplace.execute("UPDATE background_task SET progress = 0.5")
    for seen in watching:
        assert (await seen.until(2)).task.progress == 0.5
    # One update, and ten reads: not one for each of a hundred watchers.
    assert len(uses) <= 1 + 10
    assert len(await who_listens(workplace)) == 1


async def test_nothing_is_read_of_a_task_that_nobody_watches_any_more(
    workplace: Workplace, feed: TaskFeed, short_looks: None
) -> None:
    left, kept = [await workplace.begin(KIND, key) for key in ("left", "kept")]
    leaving, staying = feed.watch(left), Watching(feed.watch(kept))
    assert (await anext(leaving)).version == 1
    await staying.until(1)
    await until_listening(workplace)
    assert isinstance(leaving, AsyncGenerator)
    await leaving.aclose()
    uses = count_uses(workplace.resources.database)
    await until_quiet(uses)
    uses.clear()
    for _ in range(5):
        await workplace.change(left, "progress = 0.5")
    await workplace.change(kept, "progress = 0.5")
    await staying.until(2)
    assert len(uses) == 5 + 1 + 1


async def test_changes_are_published_while_the_connection_that_listens_is_lost(
    workplace: Workplace, feed: TaskFeed, short_looks: None
) -> None:
    task_id = await workplace.begin(KIND)
    watching = Watching(feed.watch(task_id))
    await watching.until(1)
    lost = await until_listening(workplace)
    await workplace.execute("SELECT pg_terminate_backend(:pid)", pid=lost)
    await workplace.change(task_id, "progress = 0.5")
    await watching.until(2)
    await until_listening(workplace, besides=lost)
    await workplace.change(task_id, "progress = 0.6")
    await watching.until(3)


async def test_the_log_lines_of_the_feed_carry_no_request_id(
    workplace: Workplace,
    feed: TaskFeed,
    short_looks: None,
) -> None:
    """It goes on after the request that began it."""
    task_id = await workplace.begin(KIND)
    with capture_logs(processors=[merge_contextvars]) as logs:
        with bound_contextvars(request_id="request-7"):
            watching = Watching(feed.watch(task_id))
            await watching.until(1)
        lost = await until_listening(workplace)
        await workplace.execute("SELECT pg_terminate_backend(:pid)", pid=lost)
        await until_listening(workplace, besides=lost)
    deaf = [line for line in logs if line["event"] == "database.deaf"]
    assert deaf != []
    assert [line.get("request_id") for line in deaf] == [None] * len(deaf)


async def test_changes_are_published_while_no_connection_can_listen(
    workplace: Workplace,
    proxied_feed: TaskFeed,
    proxy: DatabaseProxy,
    short_looks: None,
) -> None:
    await proxy.cut()
    task_id = await workplace.begin(KIND)
    watching = Watching(proxied_feed.watch(task_id))
    await watching.until(1)
    await workplace.change(task_id, "progress = 0.5")
    await watching.until(2)
    assert await who_listens(workplace) == []
    await proxy.restore()
    await until_listening(workplace)
    await workplace.change(task_id, "progress = 0.6")
    await watching.until(3)


async def test_a_change_of_an_outage_is_published_after_it(
    workplace: Workplace,
    proxied_feed: TaskFeed,
    proxy: DatabaseProxy,
    monkeypatch: pytest.MonkeyPatch,
    short_looks: None,
) -> None:
    """Also what changed between the last look and the first word."""
    monkeypatch.setattr(feeds, "POLL_SECONDS", 3600)
    task_id = await workplace.begin(KIND)
    watching = Watching(proxied_feed.watch(task_id))
    await watching.until(1)
    await until_listening(workplace)
    await proxy.cut()
    await workplace.change(task_id, "progress = 0.5")
    await proxy.restore()
    await watching.until(2)


async def test_a_connection_that_falls_silent_is_found_out_and_replaced(
    workplace: Workplace,
    proxied_feed: TaskFeed,
    proxy: DatabaseProxy,
    monkeypatch: pytest.MonkeyPatch,
    short_looks: None,
) -> None:
    """A connection that a firewall has dropped delivers nothing, without an error."""
    monkeypatch.setattr(hearing, "PROBE_SECONDS", 0.3)
    task_id = await workplace.begin(KIND)
    watching = Watching(proxied_feed.watch(task_id))
    await watching.until(1)
    await proxy.freeze_listeners()
    silent = await until_listening(workplace)
    await workplace.change(task_id, "progress = 0.5")
    await watching.until(2)
    await until_listening(workplace, besides=silent)


async def refuse_connections(clone: DatabaseAddress, *, refuse: bool) -> None:
    """Let the server refuse or accept connections to a database, as while it starts."""
    connection = await asyncpg.connect(clone.with_database("postgres").for_asyncpg())
    try:
        allow = "false" if refuse else "true"
        await connection.execute(
            f'ALTER DATABASE "{clone.database}" ALLOW_CONNECTIONS {allow}'
        )
    finally:
        await connection.close()


async def test_a_server_that_refuses_for_a_while_is_asked_again(
    workplace: Workplace, clone: DatabaseAddress, feed: TaskFeed, short_looks: None
) -> None:
    """A server that starts, or is full, answers: but with an error of its own."""
    task_id = await workplace.begin(KIND)
    watching = Watching(feed.watch(task_id))
    await watching.until(1)
    await until_listening(workplace)
    await refuse_connections(clone, refuse=True)
    await disconnect_everybody(clone)
    await asyncio.sleep(10 * SHORT)
    await refuse_connections(clone, refuse=False)
    await workplace.change(task_id, "progress = 0.5")
    await watching.until(2)
    await until_listening(workplace)
    await workplace.change(task_id, "status = 'completed', completed_at = now()")
    assert await watching.ended() == [1, 2, 3]


async def test_a_feed_that_is_closed_listens_no_more_and_one_unused_never_does(
    workplace: Workplace,
) -> None:
    feed, unused = (TaskFeed(workplace.resources.database) for _ in range(2))
    await unused.close()
    assert await who_listens(workplace) == []
    task_id = await workplace.begin(KIND)
    watching = Watching(feed.watch(task_id))
    await watching.until(1)
    await until_listening(workplace)
    await feed.close()
    assert await watching.ended() == [1]

    async def is_deaf() -> bool:
        return not await who_listens(workplace)

    await eventually(is_deaf)


async def test_more_tasks_are_watched_than_a_statement_has_parameters(
    feed: TaskFeed,
) -> None:
    await feed._read({uuid4(): set() for _ in range(2**15 + 1)})
