"""Background tasks in the midst of faults: each is done once, and none is lost.

Real processes and a real server: workers are killed and stopped, the database is
restarted, its connections are ended, while people begin tasks through the API. A short
form in every test run; `task chaos` is the long one:

    CHAOS_TASKS=10000 CHAOS_FAULTS=100 uv run pytest tests/chaos -n 0 -s

`CHAOS_SEED` has it go on in another way.
"""

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest

from tests.auth.factories import SignedIn, sign_in
from tests.chaos.domain import TABLES
from tests.chaos.faults import ACTIVE, HEARTBEAT_SECONDS, Injector
from tests.chaos.fleet import Fleet, processes_environment
from tests.chaos.load import Load
from tests.chaos.report import check_imports, each, outcome_of, table
from tests.chaos.server import Observer, OwnServer, hasten, own_server
from tests.cli.service import NO_TLS
from tests.conftest import SECRET, make_resources
from unwrapped.core.config import Settings
from unwrapped.core.database import Database
from unwrapped.core.migrations.upgrade import apply_migrations

TASKS = int(os.environ.get("CHAOS_TASKS", "75"))
FAULTS = int(os.environ.get("CHAOS_FAULTS", "5"))
SEED = int(os.environ.get("CHAOS_SEED", "20261123"))
WORKERS, PEOPLE = 3, max(10, TASKS // 200)
IMPORTS = max(2, TASKS // 250)
AT_ONCE = 3 if TASKS <= 1_000 else 8
"""Tasks that a worker runs at once: so many that the faults find some running."""

TOKEN_MINUTES = 24 * 60
LOOK_SECONDS = 0.1
PATIENCE_SECONDS = 300.0
"""After the last fault, for what is left."""

_JOBS = "SELECT count(*) FROM pgq.pgqueuer"

pytestmark = [
    pytest.mark.long,
    pytest.mark.filterwarnings(
        # asyncpg leaves sockets that are cut off in the middle to the garbage collector.
        "ignore:.*unclosed:ResourceWarning",
        "ignore::pytest.PytestUnraisableExceptionWarning",
    ),
]


@pytest.fixture
def server() -> Iterator[OwnServer]:
    """A database server that may be restarted."""
    with own_server() as server:
        yield server


@pytest.fixture
async def observer(server: OwnServer) -> AsyncIterator[Observer]:
    """A database with all tables, and eyes on it."""
    await hasten(server.address)
    await apply_migrations(server.address)
    async with Observer(server.address) as observer:
        for statement in filter(str.strip, TABLES.split(";")):
            await observer.fetch(statement)
        yield observer


@pytest.fixture
async def people(
    settings: Settings, server: OwnServer, observer: Observer
) -> list[SignedIn]:
    """Users with sessions."""
    database = Database(server.address)
    lasting = settings.model_copy(update={"access_token_expire_minutes": TOKEN_MINUTES})
    try:
        resources = make_resources(lasting, database)
        return [await sign_in(resources) for _ in range(PEOPLE)]
    finally:
        await database.dispose()


@pytest.fixture
async def fleet(
    settings: Settings, server: OwnServer, tmp_path: Path
) -> AsyncIterator[Fleet]:
    """The processes; none runs yet."""
    environment = processes_environment(
        TASKS_PER_USER="1000",
        DATABASE_URL=server.address.for_asyncpg(),
        SECRET_KEY=SECRET,
        UNWRAPPED_HOME=str(settings.home),
        WORKER="false",
        WORKER_CONCURRENCY=str(AT_ONCE),
        WORKER_HEARTBEAT_SECONDS=str(HEARTBEAT_SECONDS),
    )
    async with Fleet(environment, tmp_path / "processes.log") as fleet:
        yield fleet


@pytest.fixture
async def load(fleet: Fleet, people: list[SignedIn]) -> AsyncIterator[Load]:
    """What the people will begin."""
    address = await fleet.web()
    async with httpx2.AsyncClient(
        base_url=f"{address}/api/v1", timeout=PATIENCE_SECONDS, verify=NO_TLS
    ) as client:
        yield Load(client, people, seeded())


def seeded() -> random.Random:
    """Chances that are the same in every run."""
    return random.Random(SEED)  # noqa: S311 - to be repeated, not to be secret


async def test_tasks_are_done_once_whatever_goes_wrong(
    fleet: Fleet,
    server: OwnServer,
    observer: Observer,
    load: Load,
    settings: Settings,
    tmp_path: Path,
) -> None:
    begun = time.monotonic()
    await load.upload_exports(IMPORTS)
    fleet.keep_workers(WORKERS)
    injector = Injector(fleet, server, observer, seeded())
    async with asyncio.TaskGroup() as group:
        group.create_task(load.begin())
        await injector.make(FAULTS, lambda: load.let_go(TASKS // FAULTS))
        load.let_go_all(TASKS)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await observer.number(ACTIVE) or await observer.number(_JOBS):
            fleet.check()
            await asyncio.sleep(LOOK_SECONDS)
    outcome = await outcome_of(load, observer, fleet)
    seconds = time.monotonic() - begun
    answer = table(SEED, injector.faults, outcome, load.resent, seconds)
    (tmp_path / "chaos.md").write_text(f"{answer}\n\n{each(injector.faults)}")
    print(f"\n{answer}")  # noqa: T201 - the table that `-s` shows
    assert sum(bool(fault.recoveries) for fault in injector.faults) >= FAULTS
    assert outcome.tasks >= TASKS + IMPORTS
    assert not outcome.failed
    assert not outcome.lost
    assert not outcome.doubled
    assert not outcome.strayed
    await check_imports(load, observer)
    assert not [
        path for path in (settings.home / "uploads").rglob("*") if path.is_file()
    ]
    assert await fleet.stop_workers() == [0] * WORKERS
