"""Metrics of tasks, as Prometheus reads them."""

from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from tests.auth.factories import make_user
from tests.conftest import make_resources
from tests.music.factories import make_task
from unwrapped.core.config import Settings
from unwrapped.core.database import Database
from unwrapped.core.http.state import state_of
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.process_resources import Resources
from unwrapped.tasks.metrics import OVERLAP, TaskMeter
from unwrapped.tasks.models import TaskStatus

KIND = "music.import"


class Figures:
    """A meter and its output."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.meter = TaskMeter(self.registry)

    def value(self, name: str, **labels: str) -> float | None:
        """Return the value of a metric; None if it is missing."""
        return self.registry.get_sample_value(name, {"kind": KIND} | labels)


async def end_task(
    resources: Resources, user_id: int, at: datetime, status: TaskStatus
) -> None:
    """A task that waited two seconds and ran for four."""
    async with resources.database.session() as session:
        await make_task(
            session,
            user_id,
            status=status,
            created_at=at - timedelta(seconds=6),
            started_at=at - timedelta(seconds=4),
            completed_at=at,
        )


async def test_waiting_and_running_tasks_are_shown_by_kind(
    session: AsyncSession, resources: Resources
) -> None:
    user = (await make_user(session)).id or 0
    now = datetime.now(UTC)
    for age, over in (
        (30, {}),
        (90, {}),
        (900, {"next_attempt_at": now + timedelta(hours=13)}),
        (7, {"status": TaskStatus.PROCESSING}),
        (9_000, {"status": TaskStatus.COMPLETED, "completed_at": now}),
    ):
        created_at = now - timedelta(seconds=age)
        times = {"created_at": created_at, "updated_at": created_at}
        await make_task(session, user, **(times | over))
    await session.commit()
    figures = Figures()
    await figures.meter.read(resources)
    assert figures.value("unwrapped_tasks_waiting") == 3
    assert figures.value("unwrapped_tasks_running") == 1
    # A task that waits for its next attempt cannot be run yet.
    oldest = figures.value("unwrapped_tasks_oldest_waiting_seconds")
    assert oldest == pytest.approx(90, abs=30)


async def test_an_end_is_counted_once_however_often_it_is_read(
    session: AsyncSession, resources: Resources
) -> None:
    user = (await make_user(session)).id or 0
    await session.commit()
    figures = Figures()
    now = datetime.now(UTC)
    await end_task(resources, user, now - timedelta(days=1), TaskStatus.COMPLETED)
    ends = [TaskStatus.COMPLETED, TaskStatus.COMPLETED, TaskStatus.FAILED]
    for number, status in enumerate(ends, start=1):
        await end_task(resources, user, now + timedelta(seconds=number), status)
        for _ in range(2):
            await figures.meter.read(resources)
    # One that was stamped before the last one was read, and committed after it.
    await end_task(resources, user, now + timedelta(seconds=0.5), TaskStatus.CANCELLED)
    await figures.meter.read(resources)
    later = now + timedelta(seconds=10) + 3 * OVERLAP
    await end_task(resources, user, later, TaskStatus.COMPLETED)
    for _ in range(2):
        await figures.meter.read(resources)
    ended = {
        outcome: figures.value("unwrapped_tasks_ended_total", outcome=outcome)
        for outcome in ("completed", "failed", "cancelled")
    }
    assert ended == {"completed": 3, "failed": 1, "cancelled": 1}
    assert figures.value("unwrapped_task_wait_seconds_sum") == pytest.approx(10)
    assert figures.value("unwrapped_task_run_seconds_sum") == pytest.approx(20)
    assert figures.value("unwrapped_task_run_seconds_bucket", le="5.0") == 5
    assert figures.value("unwrapped_task_run_seconds_bucket", le="2.5") == 0


async def test_kinds_that_have_no_task_any_more_are_not_shown(
    session: AsyncSession, resources: Resources
) -> None:
    user = (await make_user(session)).id or 0
    await make_task(session, user)
    await session.commit()
    figures = Figures()
    await figures.meter.read(resources)
    assert figures.value("unwrapped_tasks_waiting") == 1
    async with resources.database.session() as another:
        await another.execute(text("DELETE FROM background_task"))
    await figures.meter.read(resources)
    assert figures.value("unwrapped_tasks_waiting") is None


async def test_the_metrics_of_tasks_are_among_those_of_the_service(
    client: httpx2.AsyncClient, session: AsyncSession
) -> None:
    user = (await make_user(session)).id or 0
    await make_task(session, user, kind="tests.measured")
    await session.commit()
    metrics = (await client.get("/metrics")).text
    assert 'unwrapped_tasks_waiting{kind="tests.measured"} 1.0' in metrics


async def test_without_a_database_the_other_figures_are_shown(
    app: FastAPI, client: httpx2.AsyncClient, settings: Settings
) -> None:
    nowhere = Database(DatabaseAddress.parse("postgresql://nobody@127.0.0.1:1/none"))
    away = make_resources(settings, nowhere)
    with pytest.raises((SQLAlchemyError, OSError)):
        await Figures().meter.read(away)
    state_of(app).resources = away
    answer = await client.get("/metrics")
    assert answer.status_code == 200
    assert "unwrapped_http_requests" in answer.text
    await nowhere.dispose()
