"""Metrics of tasks for Prometheus, read from their rows.

The rows cover every task of every worker on every machine, whether or not that worker still
lives. So each web process reports the metrics of all workers; ended tasks are counted from
the start of the process.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.core.process_resources import Resources
from unwrapped.tasks.models import TASKS
from unwrapped.tasks.overview import read_queue

OVERLAP = timedelta(seconds=10)
"""A row gets its time a moment before it is committed: rows can become visible in
another order than their times.
"""

MOST_AT_ONCE = 50_000
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)

_ENDED_ONES = (
    select(
        TASKS.c.id,
        TASKS.c.kind,
        TASKS.c.status,
        TASKS.c.created_at,
        TASKS.c.started_at,
        TASKS.c.completed_at,
    )
    .where(TASKS.c.completed_at > bindparam("since"))
    .order_by(TASKS.c.completed_at)
    .limit(MOST_AT_ONCE)
)


class TaskMeter:
    """Reads the metrics before each scrape."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._ended = Counter(
            "unwrapped_tasks_ended",
            "Tasks that ended, on all workers.",
            ["kind", "outcome"],
            registry=registry,
        )
        self._waited = Histogram(
            "unwrapped_task_wait_seconds",
            "From the beginning of a task to its first attempt.",
            ["kind"],
            registry=registry,
            buckets=SECONDS,
        )
        self._ran = Histogram(
            "unwrapped_task_run_seconds",
            "From the first attempt at a task to its end.",
            ["kind"],
            registry=registry,
            buckets=SECONDS,
        )
        self._waiting = Gauge(
            "unwrapped_tasks_waiting",
            "Tasks that wait for a worker, or for another attempt.",
            ["kind"],
            registry=registry,
        )
        self._running = Gauge(
            "unwrapped_tasks_running",
            "Tasks that a worker is running.",
            ["kind"],
            registry=registry,
        )
        self._oldest = Gauge(
            "unwrapped_tasks_oldest_waiting_seconds",
            "How long the longest waiting task has been ready to run.",
            ["kind"],
            registry=registry,
        )
        self._read_to = datetime.now(UTC) + OVERLAP
        self._counted: set[tuple[datetime, UUID]] = set()

    async def read(self, resources: Resources) -> None:
        """Refresh the metrics. Raises the database's errors when it is away."""
        async with resources.database.session() as session:
            await self._read_active(session)
            await self._read_ended(session)

    async def _read_active(self, session: AsyncSession) -> None:
        queue = await read_queue(session)
        for gauge in (self._waiting, self._running, self._oldest):
            gauge.clear()
        for of_kind in queue:
            if waiting := of_kind.waiting + of_kind.postponed:
                self._waiting.labels(of_kind.kind).set(waiting)
                self._oldest.labels(of_kind.kind).set(of_kind.longest_wait_seconds)
            if of_kind.running:
                self._running.labels(of_kind.kind).set(of_kind.running)

    async def _read_ended(self, session: AsyncSession) -> None:
        since = self._read_to - OVERLAP
        rows = (await session.execute(_ENDED_ONES, {"since": since})).all()
        for row in rows:
            end = (row.completed_at, row.id)  # it can be retried, and end again
            if end in self._counted:
                continue
            self._counted.add(end)
            self._ended.labels(row.kind, row.status).inc()
            if row.started_at is not None:
                waited = row.started_at - row.created_at
                self._waited.labels(row.kind).observe(waited.total_seconds())
                ran = row.completed_at - row.started_at
                self._ran.labels(row.kind).observe(ran.total_seconds())
        if rows:
            self._read_to = max(self._read_to, rows[-1].completed_at)
        since = self._read_to - OVERLAP
        self._counted = {end for end in self._counted if end[0] > since}
