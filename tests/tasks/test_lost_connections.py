"""The database goes away in the middle: tasks carry on when it is back, and end once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

import pytest
from pgqueuer.errors import RetryRequested
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from structlog.testing import capture_logs

from tests.conftest import Configure
from tests.servers import listening, refusing
from tests.tasks.proxy import DatabaseProxy, disconnect_everybody
from tests.tasks.workers import working
from tests.tasks.workplace import (
    Work,
    Workplace,
    kind_of,
    leave_trace,
    store,
    trace_begin,
)
from tests.waiting import eventually
from unwrapped.core.database import Database
from unwrapped.core.postgres import listening as hearing
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.process_resources import Resources
from unwrapped.tasks.execution import queue_manager
from unwrapped.tasks.execution.runner import TaskRunner
from unwrapped.tasks.execution.running_task import RunningTask
from unwrapped.tasks.settings import TaskSettings

KIND = "tests.work"
PROBE_SECONDS = 0.5
SILENCE_SECONDS = 20.0
"""The longest time until a worker gives up a silent connection."""

pytestmark = pytest.mark.filterwarnings(
    # asyncpg leaves sockets that are cut off in the middle to the garbage collector.
    "ignore:.*unclosed:ResourceWarning",
    "ignore::pytest.PytestUnraisableExceptionWarning",
)

type Lose = Callable[[], Awaitable[object]]
type Losing = Callable[[AsyncSession, Lose], Awaitable[object]]


async def while_it_waits(session: AsyncSession, lose: Lose) -> None:
    """Lost between two statements."""
    await lose()
    await session.execute(text("SELECT 1"))


async def before_the_commit(session: AsyncSession, lose: Lose) -> None:
    """Lost before what `finishing` does at its end."""
    await lose()


async def in_a_statement(session: AsyncSession, lose: Lose) -> None:
    """Lost while the server computes."""
    async with asyncio.TaskGroup() as both:
        both.create_task(_after_a_moment(lose))
        await session.execute(text("SELECT pg_sleep(60)"))


async def in_a_copy(session: AsyncSession, lose: Lose) -> None:
    """Lost while rows are streamed through the driver's own connection."""
    raw = await (await session.connection()).get_raw_connection()
    assert raw.driver_connection is not None

    async def rows() -> AsyncIterator[bytes]:
        yield b"1,00000000-0000-0000-0000-000000000001,1,copied,1\n"
        await lose()
        await asyncio.sleep(0.1)
        for _ in range(100):
            yield b"2,00000000-0000-0000-0000-000000000001,1,copied,1\n" * 1_000

    await raw.driver_connection.copy_to_table("trace", source=rows(), format="csv")


async def _after_a_moment(lose: Lose) -> None:
    await asyncio.sleep(0.1)
    await lose()


async def test_an_attempt_whose_connection_is_lost_is_tried_again(
    workplace: Workplace,
    proxied: Resources,
    proxy: DatabaseProxy,
    clone: DatabaseAddress,
) -> None:
    async def terminate() -> None:
        await disconnect_everybody(clone)

    async def cut() -> None:
        await proxy.cut()
        await proxy.restore()

    async def work(task: RunningTask, lose: Lose, losing: Losing) -> None:
        if task.attempt > 1:
            await store(task)
            return
        async with task.finishing() as finish:
            await leave_trace(finish.session, task.id, "lost")
            try:
                await losing(finish.session, lose)
            except ExceptionGroup as group:
                raise group.exceptions[0] from None

    runner = TaskRunner(proxied)
    for lose, losing in (
        (terminate, while_it_waits),
        (terminate, in_a_copy),
        (cut, before_the_commit),
        (cut, in_a_statement),
    ):
        kind = kind_of(partial(work, lose=lose, losing=losing))
        task_id = await workplace.begin(KIND, losing.__name__)
        with pytest.raises(RetryRequested):
            await runner.run(kind, task_id)
        assert (await workplace.row(task_id)).status == "pending"
        await workplace.let_time_pass()
        await runner.run(kind, task_id)
        row = await workplace.row(task_id)
        assert (row.status, row.attempt) == ("completed", 2)
    assert await workplace.count("trace", "what IN ('lost', 'copied')") == 0


@pytest.fixture
async def proxied(
    configure: Configure, proxy: DatabaseProxy
) -> AsyncIterator[Resources]:
    """Resources whose database is behind the proxy."""
    database = Database(proxy.address)
    yield configure.resources(database)
    await database.dispose()


@asynccontextmanager
async def outage(proxy: DatabaseProxy) -> AsyncIterator[None]:
    """Cut the proxy while the context lasts."""
    await proxy.cut()
    try:
        yield
    finally:
        await proxy.restore()


@pytest.fixture(autouse=True)
def short_heartbeat(configure: Configure) -> None:
    """Lost workers are found out soon."""
    configure(TaskSettings, worker_heartbeat_seconds=1)


def held_until(free: asyncio.Event) -> Work:
    """Work that waits before it finishes."""

    async def work(task: RunningTask) -> None:
        await trace_begin(task)
        await free.wait()
        await store(task)

    return work


async def test_a_task_goes_on_when_all_sessions_end_in_the_middle(
    workplace: Workplace, proxied: Resources, clone: DatabaseAddress
) -> None:
    free = asyncio.Event()
    task_id = await workplace.begin(KIND)
    async with working(proxied, kind_of(held_until(free))):
        await workplace.until_traced(task_id, "begun")
        assert await disconnect_everybody(clone) > 2
        free.set()
        row = await workplace.until(task_id)
        await workplace.until_no_jobs()
        # The worker takes new ones as well.
        another = await workplace.begin(KIND, "another")
        assert (await workplace.until(another)).status == "completed"
    assert row.status == "completed"
    assert len(await workplace.traces(task_id, "stored")) == 1


async def test_a_worker_that_is_busy_takes_new_tasks_after_all_sessions_ended(
    workplace: Workplace, proxied: Resources, proxy: DatabaseProxy
) -> None:
    """However long what it has in hand takes."""
    free = asyncio.Event()
    long = await workplace.begin("tests.long")
    kinds = [kind_of(held_until(free), "tests.long"), kind_of(store)]
    async with working(proxied, *kinds) as worker:
        await workplace.until_traced(long, "begun")
        for number in range(2):
            async with outage(proxy):
                task_id = await workplace.begin(KIND, str(number))
            assert (await workplace.until(task_id)).status == "completed"
        assert worker.readiness[-1] is True
        free.set()
        row = await workplace.until(long)
    assert (row.status, row.attempt) == ("completed", 1)


@pytest.mark.parametrize("seconds", [0.3, 3.0])
async def test_a_task_that_ends_in_an_outage_is_done_once_it_is_over(
    workplace: Workplace, proxied: Resources, proxy: DatabaseProxy, seconds: float
) -> None:
    """Neither outcome nor retry can be written; the task must not be lost for it."""
    free, tried = asyncio.Event(), asyncio.Event()

    async def work(task: RunningTask) -> None:
        await trace_begin(task)
        await free.wait()
        tried.set()
        await store(task)

    task_id = await workplace.begin(KIND)
    async with working(proxied, kind_of(work)):
        await workplace.until_traced(task_id, "begun")
        async with outage(proxy):
            free.set()
            await tried.wait()
            await asyncio.sleep(seconds)
        row = await workplace.until(task_id)
        await workplace.until_no_jobs()
    assert (row.status, row.error_code) == ("completed", None)
    assert len(await workplace.traces(task_id, "stored")) == 1


async def test_a_task_outlives_a_restart_of_the_server_while_it_reports(
    workplace: Workplace, proxied: Resources, proxy: DatabaseProxy
) -> None:
    """A server that starts answers, but with an error of its own."""
    with capture_logs() as logs:

        def is_logged() -> bool:
            return "task.report_lost" in {line["event"] for line in logs}

        async def is_written() -> bool:
            return (await workplace.row(task_id)).stage == "restarted"

        async def work(task: RunningTask) -> None:
            await proxy.cut()
            async with listening(refusing("57P03"), proxy.address.port):
                task.report(0.3, "restarting")
                await eventually(is_logged)
            await proxy.restore()
            task.report(0.6, "restarted")
            await eventually(is_written)
            await store(task)

        task_id = await workplace.begin(KIND)
        await TaskRunner(proxied).run(kind_of(work), task_id)
    row = await workplace.row(task_id)
    assert (row.status, row.attempt) == ("completed", 1)


async def test_a_task_begun_in_the_worker_s_outage_is_done_once_it_is_over(
    workplace: Workplace, proxied: Resources, proxy: DatabaseProxy
) -> None:
    async with working(proxied, kind_of(store)) as worker:
        async with outage(proxy):
            task_id = await workplace.begin(KIND)
            await eventually(lambda: worker.readiness[-1] is False)
            await asyncio.sleep(1.5)
        row = await workplace.until(task_id)
        assert worker.readiness[-1] is True
    assert (row.status, row.attempt) == ("completed", 1)


async def test_a_worker_that_is_asked_to_stop_in_an_outage_stops(
    workplace: Workplace, proxied: Resources, proxy: DatabaseProxy
) -> None:
    async with working(proxied, kind_of(store)) as worker, outage(proxy):
        await asyncio.sleep(0.2)
        worker.stop.set()


async def test_a_worker_that_finds_no_database_waits_for_it(
    workplace: Workplace, proxied: Resources, proxy: DatabaseProxy
) -> None:
    task_id = await workplace.begin(KIND)
    await proxy.cut()
    async with working(proxied, kind_of(store)) as worker:
        assert worker.readiness == [False]
        await proxy.restore()
        assert (await workplace.until(task_id)).status == "completed"


async def test_a_listener_that_falls_silent_is_found_out_and_replaced(
    workplace: Workplace,
    clone: DatabaseAddress,
    configure: Configure,
    proxy: DatabaseProxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A connection that a firewall has dropped delivers nothing, without an error."""
    # The listener is asked every ten seconds; here is no time for that.
    monkeypatch.setattr(hearing, "PROBE_SECONDS", PROBE_SECONDS)
    database = Database(clone)
    database.address = proxy.address  # for the queue's connections only
    try:
        async with working(configure.resources(database), kind_of(store)):
            first = await workplace.begin(KIND, "first")
            assert (await workplace.until(first)).status == "completed"
            await proxy.freeze_listeners()
            await asyncio.sleep(4 * PROBE_SECONDS)
            second = await workplace.begin(KIND, "second")
            try:
                row = await workplace.until(second, seconds=SILENCE_SECONDS)
            finally:
                await proxy.cut()
                await proxy.restore()
        assert row.status == "completed"
    finally:
        await database.dispose()


async def test_a_database_that_takes_a_connection_without_a_word_is_asked_again(
    workplace: Workplace,
    proxied: Resources,
    proxy: DatabaseProxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """New connections get no answer, as from a proxy that has lost its database."""
    # A connection may usually take ten seconds; this test does not wait as long.
    monkeypatch.setattr(queue_manager, "CONNECT_TIMEOUT_SECONDS", PROBE_SECONDS)
    async with working(proxied, kind_of(store)) as worker:
        await eventually(lambda: worker.readiness[-1])
        proxy.say_nothing(to_new=True)
        async with outage(proxy):
            await eventually(lambda: not worker.readiness[-1])
        await eventually(lambda: proxy.taken_in_silence > 2)
        proxy.say_nothing(to_new=False)
        task_id = await workplace.begin(KIND)
        row = await workplace.until(task_id, seconds=SILENCE_SECONDS)
    assert row.status == "completed"
