"""Checks of the database of an installation, its workers and its queue."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg

from unwrapped.cli.checks.findings import Finding, ok, problem, warning
from unwrapped.core.config import Settings
from unwrapped.core.database import APART_POOL_SIZE
from unwrapped.core.exceptions import AppException
from unwrapped.core.migrations.connection import connected
from unwrapped.core.migrations.directory import verify_directory
from unwrapped.core.migrations.history import pending_migrations, read_revisions
from unwrapped.core.postgres.embedded import has_cluster
from unwrapped.core.process_resources import open_database
from unwrapped.tasks.execution.queue_manager import WORKER_SESSION

MIB = 1024**2
CLOCK = timedelta(seconds=2)
CLOCK_OFF = timedelta(seconds=30)
WORKER_SEEN = timedelta(minutes=3)
"""Workers update `periodic_tick` every minute: longer silence is a problem."""

LONG_WAIT = timedelta(minutes=5)

_SERVER = """SELECT current_setting('server_version') AS version,
    pg_database_size(current_database()) AS bytes, clock_timestamp() AS now,
    current_setting('max_connections')::int
        - current_setting('superuser_reserved_connections')::int AS most,
    (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS used"""
_WORKER = """SELECT clock_timestamp() - max(updated_at) AS ago, EXISTS (
    SELECT FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = $1) AS connected
FROM periodic_tick"""
_QUEUE = """SELECT count(*) FILTER (WHERE status = 'pending') AS waiting,
    count(*) FILTER (WHERE status = 'processing') AS running,
    coalesce(max(clock_timestamp() - greatest(updated_at, next_attempt_at))
        FILTER (WHERE status = 'pending'), interval '0') AS longest,
    (SELECT count(*) FROM background_task WHERE status = 'failed'
        AND completed_at > now() - interval '1 day') AS failed
FROM background_task WHERE status IN ('pending', 'processing')"""


async def check_database(settings: Settings) -> AsyncIterator[Finding]:
    """Check the server, its migrations, its clock, the workers and the queue."""
    if settings.is_embedded and not has_cluster(settings.home):
        advice = "`unwrapped serve` creates it; or set DATABASE_URL to your own."
        yield warning("database", "There is no embedded database yet.", advice)
        return
    try:
        async with open_database(settings) as address, connected(address) as connection:
            before = datetime.now(UTC)
            (server,) = await connection.fetch(_SERVER)
            after = datetime.now(UTC)
            yield ok(
                "database",
                f"PostgreSQL {server['version']}, {server['bytes'] / MIB:,.0f} MiB",
            )
            yield _connections(settings, server["most"] - server["used"] + 1)
            yield _clock(server["now"], before, after)
            migrations = await _migrations(connection)
            yield migrations
            if migrations.state == "ok":
                yield _worker(*await connection.fetch(_WORKER, WORKER_SESSION))
                yield _queue(*await connection.fetch(_QUEUE))
    except AppException as error:
        yield problem("database", error.message, "Fix that first.")


def _connections(settings: Settings, free: int) -> Finding:
    needed = settings.database_pool_size + APART_POOL_SIZE
    said = f"{free} are free"
    if free < needed:
        return warning(
            "connections",
            said,
            f"Each process uses up to {needed}: lower DATABASE_POOL_SIZE, or raise"
            " max_connections of PostgreSQL.",
        )
    return ok("connections", said)


def _clock(server: datetime, before: datetime, after: datetime) -> Finding:
    off = max(before - server, server - after, timedelta())
    said = f"{off.total_seconds():.1f} s from the clock of the database"
    advice = "Set both clocks by NTP (`timedatectl set-ntp true`): sessions and tasks use them."  # fmt: skip
    if off > CLOCK_OFF:
        return problem("clock", said, advice)
    return warning("clock", said, advice) if off > CLOCK else ok("clock", said)


async def _migrations(connection: asyncpg.Connection) -> Finding:
    try:
        revisions = await read_revisions(connection)
        pending = pending_migrations(verify_directory(), revisions)
    except AppException as error:
        return problem("migrations", error.message, "Fix that first.")
    if pending:
        said = f"{len(pending)} are pending, the next is {pending[0].name}."
        advice = "Make a backup, stop all processes, and run `unwrapped db upgrade`."
        return problem("migrations", said, advice)
    return ok("migrations", f"at version {revisions[-1].version}")


def _worker(row: asyncpg.Record) -> Finding:
    advice = (
        "Start `unwrapped serve`, or `unwrapped worker`; its log says why it stopped."
    )
    ago: timedelta | None = row["ago"]
    if ago is None:
        return warning("worker", "No worker has run yet.", advice)
    said = f"last seen {_span(ago)} ago"
    if not row["connected"]:
        return problem("worker", f"No worker is connected; {said}.", advice)
    return problem("worker", said, advice) if ago > WORKER_SEEN else ok("worker", said)


def _queue(row: asyncpg.Record) -> Finding:
    said = f"{row['waiting']} waiting, {row['running']} running, {row['failed']} failed within a day"  # fmt: skip
    if row["longest"] > LONG_WAIT:
        said += f"; the longest wait is {_span(row['longest'])}"
        advice = "`unwrapped tasks` shows them: start more workers, or workers for their kinds (WORKER_KINDS)."  # fmt: skip
        return warning("queue", said, advice)
    if row["failed"]:
        return warning("queue", said, "`unwrapped tasks --status failed` says why.")
    return ok("queue", said)


def _span(span: timedelta) -> str:
    seconds = max(int(span.total_seconds()), 0)
    for size, name in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds // size} {name}"
    return f"{seconds} s"
