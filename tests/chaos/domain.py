"""Task kinds that leave proof of each attempt, and an endpoint that begins them.

When an attempt starts, it stores a row in a transaction of its own. Its effect is one row,
written in the transaction that finishes the task. No constraint prevents a second one: only
the code under test does.
"""

import asyncio
import hashlib
import os
import time
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from pydantic import Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.core.domain import Domain
from unwrapped.core.exceptions import Invalid, Unavailable
from unwrapped.core.schemas import Schema
from unwrapped.shared.validators import SafeStr
from unwrapped.tasks.execution.running_task import RunningTask
from unwrapped.tasks.kinds import task_kind
from unwrapped.tasks.retry_policy import RetryPolicy

if TYPE_CHECKING:
    from fastapi import APIRouter

TABLES = """
CREATE TABLE chaos_start (task_id uuid NOT NULL, attempt integer NOT NULL,
    pid integer NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE INDEX ON chaos_start (task_id);
CREATE TABLE chaos_effect (task_id uuid NOT NULL, attempt integer NOT NULL,
    pid integer NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE INDEX ON chaos_effect (task_id);
"""

STORING = "chaos"
"""The first word of the name that a connection has while it stores: task and attempt follow."""

STEP_SECONDS = 0.05

PATIENT = RetryPolicy(
    attempts=100, first=timedelta(seconds=0.1), longest=timedelta(seconds=0.5)
)
"""More attempts than usual, since faults are more frequent than usual. The waits are shorter
than a heartbeat, so that no job that a fault has left is taken early."""

_START = text("INSERT INTO chaos_start VALUES (:task_id, :attempt, :pid)")
_EFFECT = text("INSERT INTO chaos_effect VALUES (:task_id, :attempt, :pid)")
_NAME_CONNECTION = text("SELECT set_config('application_name', :name, true)")
_STEP = text("SELECT pg_sleep(:seconds)")


class Work(StrEnum):
    """What a task does with its time."""

    SLEEP = "sleep"
    """It waits in the event loop."""

    COMPUTE = "compute"
    """It computes in a thread, and reports."""

    STORE = "store"
    """It runs statements in the transaction that finishes it."""

    AWAY = "away"
    """Its first attempts fail, since something that it needs is away."""

    PLANTED = "planted"
    """It fails permanently."""


class Order(Schema):
    """A task to be begun."""

    work: Work
    key: SafeStr
    seconds: float = Field(ge=0, le=60)


class Params(Schema):
    """The parameters of a task."""

    seconds: float


class Planted(Invalid):
    """The failure of a task that was planted to fail."""

    code = "planted"


class Away(Unavailable):
    """What a task needs is away."""

    code = "away"


def kind_name(work: Work) -> str:
    """The kind of task that does some work."""
    return f"chaos.{work}"


@task_kind(kind_name(Work.SLEEP), Params, retry=PATIENT)
async def sleep(task: RunningTask, params: Params) -> None:
    """Wait, then store."""
    await _start(task)
    await asyncio.sleep(params.seconds)
    await _store(task)


@task_kind(kind_name(Work.COMPUTE), Params, retry=PATIENT)
async def compute(task: RunningTask, params: Params) -> None:
    """Compute in a thread, then store."""
    await _start(task)
    await asyncio.to_thread(_compute, task, params.seconds)
    await _store(task)


@task_kind(kind_name(Work.STORE), Params, retry=PATIENT)
async def store(task: RunningTask, params: Params) -> None:
    """Run statements in the database all the time."""
    await _start(task)
    await _store(task, params.seconds)


@task_kind(kind_name(Work.AWAY), Params, retry=PATIENT)
async def away(task: RunningTask, params: Params) -> None:
    """Store at the third attempt."""
    await _start(task)
    if task.attempt < 3:
        raise Away("Away for a while.")
    await _store(task, params.seconds)


@task_kind(kind_name(Work.PLANTED), Params, retry=PATIENT)
async def planted(task: RunningTask, params: Params) -> None:
    """Wait, then fail."""
    await _start(task)
    await asyncio.sleep(params.seconds)
    raise Planted("Planted to fail.")


async def _start(task: RunningTask) -> None:
    async with task.resources.database.session() as session:
        await session.execute(_START, _proof(task))


async def _store(task: RunningTask, seconds: float = 0.0) -> None:
    async with task.finishing() as finish:
        await finish.session.execute(_EFFECT, _proof(task))
        await _work_in_database(finish.session, task, seconds)
        finish.result = {"attempt": task.attempt}


async def _work_in_database(
    session: AsyncSession, task: RunningTask, seconds: float
) -> None:
    """Run steps in a transaction that other connections can recognise."""
    name = f"{STORING} {task.id} {task.attempt}"
    await session.execute(_NAME_CONNECTION, {"name": name})
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        await session.execute(_STEP, {"seconds": min(left, STEP_SECONDS)})


def _compute(task: RunningTask, seconds: float) -> None:
    begun = time.monotonic()
    while (done := time.monotonic() - begun) < seconds:
        task.report(done / seconds, "computing")
        hashlib.sha256(bytes(100_000)).digest()
        # Leave the processor to others as well.
        time.sleep(STEP_SECONDS)


def _proof(task: RunningTask) -> dict[str, object]:
    return {"task_id": task.id, "attempt": task.attempt, "pid": os.getpid()}


def load_router() -> "APIRouter":
    """The endpoint."""
    from tests.chaos.router import router

    return router


DOMAIN = Domain(
    name="chaos",
    load_router=load_router,
    task_kinds=(sleep, compute, store, away, planted),
)
