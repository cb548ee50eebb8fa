"""Kinds of heavy task whose children end in every way that there is."""

import asyncio
import os
import signal
import time
from datetime import timedelta

from sqlalchemy import text

from tests.tasks.workplace import Order, store, trace_begin, trace_end
from unwrapped.core.domain import Domain
from unwrapped.tasks.execution.running_task import RunningTask
from unwrapped.tasks.kinds import task_kind
from unwrapped.tasks.retry_policy import RetryPolicy

MIB = 1024 * 1024
ENDLESS = "SELECT pg_sleep(600)"


@task_kind("tests.held", Order, alone=True)
async def held_kind(task: RunningTask, params: Order) -> None:
    """Waits in its first attempt only."""
    await trace_begin(task)
    await asyncio.sleep(params.seconds if task.attempt == 1 else 0)
    await store(task)


@task_kind("tests.stuck", Order, alone=True, deadline=timedelta(seconds=1))
async def stuck_kind(task: RunningTask, params: Order) -> None:
    """Blocks the event loop, without end."""
    await trace_begin(task)
    time.sleep(600)  # noqa: ASYNC251 - the loop is stuck


SOON_TWICE = RetryPolicy(attempts=2, first=timedelta(seconds=0.1))


@task_kind("tests.signal", Order, alone=True, retry=SOON_TWICE)
async def signal_kind(task: RunningTask, params: Order) -> None:
    """Dies of the signal of that number."""
    await trace_begin(task)
    os.kill(os.getpid(), int(params.seconds))


@task_kind("tests.done", Order, alone=True, ended=trace_end)
async def done_kind(task: RunningTask, params: Order) -> None:
    """Dies when it has done its work, before it can report that."""
    await store(task)
    os.kill(os.getpid(), signal.SIGKILL)


@task_kind("tests.crash", Order, alone=True)
async def crash_kind(task: RunningTask, params: Order) -> None:
    """Fails with an unexpected error."""
    raise ZeroDivisionError


@task_kind("tests.hoard", Order, alone=True)
async def hoard_kind(task: RunningTask, params: Order) -> None:
    """Allocates a number of MiB, one by one."""
    await trace_begin(task)
    hoard = [b"x" * MIB for _ in range(int(params.seconds))]
    await store(task)
    del hoard


@task_kind("tests.leap", Order, alone=True)
async def leap_kind(task: RunningTask, params: Order) -> None:
    """Allocates a number of MiB at once, and uses none of them."""
    bytes(int(params.seconds) * MIB)
    await store(task)


@task_kind("tests.in_database", Order, alone=True)
async def in_database_kind(task: RunningTask, params: Order) -> None:
    """Waits for a statement, in the transaction that was to finish it."""
    await trace_begin(task)
    async with task.finishing() as finish:
        await finish.session.execute(text(ENDLESS))


@task_kind(
    "tests.in_thread",
    Order,
    alone=True,
    loads=("unwrapped.music.store.merge", "unwrapped.music.store.history_snapshot"),
)
async def in_thread_kind(task: RunningTask, params: Order) -> None:
    """Waits in a thread for a statement of ADBC, which nobody can cancel."""
    from adbc_driver_postgresql import dbapi

    def read() -> None:
        address = task.resources.database.address.for_adbc()
        with dbapi.connect(address) as connection, connection.cursor() as cursor:
            cursor.execute(ENDLESS)
            cursor.fetchall()

    await trace_begin(task)
    await asyncio.to_thread(read)


DOMAIN = Domain(
    name="heavy_tests",
    task_kinds=(
        held_kind,
        stuck_kind,
        signal_kind,
        done_kind,
        crash_kind,
        hoard_kind,
        leap_kind,
        in_database_kind,
        in_thread_kind,
    ),
)
