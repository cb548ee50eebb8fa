"""Fixtures that every test may ask for."""

import gc
import os
import sys
from collections.abc import AsyncIterator, Generator, Iterator
from functools import cache
from pathlib import Path
from typing import Protocol

import httpx2
import hypothesis
import pytest
from fastapi import FastAPI
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncSession

from tests.databases import (
    JoinedDatabase,
    cloned,
    migrated_template,
    test_server,
)
from tests.declared import checked
from tests.processes import stop_server
from unwrapped.auth import passwords
from unwrapped.core.config import Configuration, Settings
from unwrapped.core.database import Database
from unwrapped.core.http.state import state_of
from unwrapped.core.logging import configure_logging
from unwrapped.core.object_store import ObjectStore
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.process_resources import Resources, token_signer
from unwrapped.core.settings_sources import EnvironmentSettings
from unwrapped.main import configuration_of
from unwrapped.shared import api_client

hypothesis.settings.register_profile(
    "repo", derandomize=True, deadline=None, max_examples=45
)
# `task test:quick`: for a first impression.
hypothesis.settings.register_profile(
    "quick", derandomize=True, deadline=None, max_examples=10
)
# `uv run pytest --hypothesis-profile thorough`: for hours in which nobody waits.
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=2_000)
hypothesis.settings.load_profile("repo")

SECRET = "k1:HU3b0Wk7yQ1mXo5sJ9eRz2LtVp8nCd4f"  # noqa: S105 - of no server

LEFT_OUT = {
    "clients": "real players",
    "postgres": "a PgBouncer, and minutes of several servers",
}
"""Markers of tests that a usual run leaves out, and what they need."""


# Images of containers turn the cache of bytecode off. Then each process of a run compiles
# and rewrites every module, which takes longer than to load them.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# The processes of a run share the cores: threads of Polars would wait for one another. One
# process has as many as a service, for what depends on the order in which they finish.
if os.environ.get("PYTEST_XDIST_WORKER") != "gw0":
    os.environ.setdefault("POLARS_MAX_THREADS", "1")

NOT_QUICK = {
    *("auth/oauth/chromium", "auth/oauth/oidc_provider", "auth/oauth/openid"),
    *("browser", "chaos", "cli/commands", "clients", "cluster"),
    *("core/backup", "core/http/guards", "core/migrations", "core/postgres"),
    *("music/corrections", "music/critic/rules", "music/history/marks"),
    *("music/history/test_history_properties.py", "music/imports", "music/kits"),
    *("music/listens", "music/profile/test_taste_profile.py", "music/read_model"),
    *("music/scrobbles/listenbrainz", "music/shares", "music/spotify", "music/store"),
    *("music/test_scrobbled_verdict.py", "music/uploads", "postgres"),
    *("tasks/execution", "tasks/heavy", "tasks/serving", "test_fuzzing.py"),
    *("test_tour.py", "test_wheel.py", "tools", "web/pages", "web/public"),
}
"""What `--quick` does not load: nearly all of these tests start processes, compute or
wait long."""

STARTERS = {
    "subprocess",
    "tests.cli.running",
    "tests.cli.service",
    "tests.core.buckets",
    "tests.core.embedded_homes",
    "tests.npm",
    "tests.processes",
    "tests.tasks.workers",
    "tools.check",
}
"""Modules that start processes for tests."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option of `task test:quick`."""
    parser.addoption(
        "--quick",
        action="store_true",
        help="leave out tests that start processes, such as a database server",
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Use a process more than there are cores, as some tests wait; quick ones do not.

    Each process loads all tests first, which takes some seconds of a core.
    """
    return (os.process_cpu_count() or 1) + (not config.getoption("quick"))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Load none of `NOT_QUICK` with `--quick`."""
    tests = Path(__file__).parent
    if not config.getoption("quick") or not collection_path.is_relative_to(tests):
        return None
    return collection_path.relative_to(tests).as_posix() in NOT_QUICK or None


def pytest_configure(config: pytest.Config) -> None:
    """Register the project's markers."""
    config.addinivalue_line(
        "markers", "long: takes many seconds, alone or with its like"
    )
    config.addinivalue_line("markers", "sweep: goes over all there is of a kind")
    for name, needs in LEFT_OUT.items():
        config.addinivalue_line(
            "markers", f"{name}: needs {needs}; run by `task test:{name}` alone"
        )


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Run long tests first: if they ran at the end, the other processes would be idle.

    Tests that need programs that not every machine has are left out unless asked for.
    """
    asked_for = config.getoption("markexpr")
    unasked = [name for name in LEFT_OUT if name not in asked_for]
    quick = config.getoption("quick")
    wanted, left_out = [], []
    for item in items:
        needs_more = any(map(item.get_closest_marker, unasked))
        if needs_more or (quick and not is_quick(item)):
            left_out.append(item)
        else:
            wanted.append(item)
    config.hook.pytest_deselected(items=left_out)
    items[:] = wanted
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def is_quick(item: pytest.Item) -> bool:
    """Whether a test does little work, all of it in this process."""
    # What is made once a run is a server, or a hundred verdicts.
    if not isinstance(item, pytest.Function) or "run_folder" in item.fixturenames:
        return False
    if item.get_closest_marker("long") or item.get_closest_marker("sweep"):
        return False
    used = vars(item.module).values()
    modules = {getattr(one, "__module__", getattr(one, "__name__", "")) for one in used}
    return not modules & STARTERS


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Pause garbage collection while tests are loaded, and leave their objects out."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.collect()
        gc.freeze()


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this test run share."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if own.name.startswith("popen-") else own
    return shared / "unwrapped"


@pytest.fixture(scope="session", autouse=True)
def logging_as_served() -> None:
    """Log errors as the service does: structlog's default would colour them."""
    configure_logging(Settings())


@pytest.fixture(scope="session", autouse=True)
def services_have_time() -> Iterator[None]:
    """Give external services more time, since a busy machine slows their doubles."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api_client, "SECONDS", 60.0)
        yield


@pytest.fixture(scope="session", autouse=True)
def hashing_is_cheap() -> Iterator[None]:
    """Hash passwords in a thousandth of the work; `test_passwords.py` restores it."""
    with pytest.MonkeyPatch.context() as patch:
        cheap = Argon2Hasher(memory_cost=8, time_cost=1, parallelism=1)
        patch.setattr(passwords, "_argon2", PasswordHash([cheap]))
        yield


@pytest.fixture(scope="session", autouse=True)
def no_fork_server_is_left() -> Iterator[None]:
    """Stop the server that forks processes for tests after the last test."""
    yield
    stop_server()


@pytest.fixture(scope="session")
def server(run_folder: Path) -> Iterator[DatabaseAddress]:
    """The database server of this test run."""
    with test_server(run_folder) as address:
        yield address


@pytest.fixture(scope="session")
def template(server: DatabaseAddress, run_folder: Path) -> DatabaseAddress:
    """A database built by the migrations, to be cloned."""
    return migrated_template(server, run_folder)


@pytest.fixture(scope="session")
async def joined_database(template: DatabaseAddress) -> AsyncIterator[JoinedDatabase]:
    """The database that joined sessions of this process use."""
    async with cloned(template) as address:
        database = JoinedDatabase(address)
        yield database
        await database.dispose()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a home of the test's own."""
    return Settings(unwrapped_home=tmp_path / "home", secret_key=SecretStr(SECRET))


def make_resources(settings: Settings, database: Database) -> Resources:
    """The resources of a process on an existing database."""
    return Configure(settings).resources(database)


@cache
def settings_of_domains() -> tuple[EnvironmentSettings, ...]:
    """The defaults of all domains, cached: each test would read them too slowly."""
    return configuration_of(Settings()).parts[1:]


class Configure:
    """Changes the settings of all resources that it has made or will make."""

    def __init__(self, settings: Settings) -> None:
        self._configuration = Configuration((settings, *settings_of_domains()))
        self._made: list[Resources] = []

    def __call__(self, kind: type[EnvironmentSettings], **values: object) -> None:
        self._configuration = self._configuration.replace(kind, **values)
        for resources in self._made:
            resources.configuration = self._configuration

    def of[S: EnvironmentSettings](self, kind: type[S]) -> S:
        """The settings of one class, as they are now."""
        return self._configuration.of(kind)

    def resources(self, database: Database) -> Resources:
        """The resources of a process on an existing database."""
        settings = self._configuration.core
        made = Resources(
            self._configuration, database, ObjectStore(settings), token_signer(settings)
        )
        self._made.append(made)
        return made


@pytest.fixture
def configure(settings: Settings) -> Configure:
    """Changes the settings of the test's resources."""
    return Configure(settings)


@pytest.fixture
async def resources(
    configure: Configure, joined_database: JoinedDatabase
) -> AsyncIterator[Resources]:
    """Resources whose sessions all join one transaction, undone after the test."""
    async with joined_database.undone():
        made = configure.resources(joined_database)
        yield made
        await made.close_kept()


@pytest.fixture
async def session(resources: Resources) -> AsyncIterator[AsyncSession]:
    """The test's own session on the transaction that is undone after it."""
    async with resources.database.session() as own:
        yield own


@pytest.fixture
async def clone(template: DatabaseAddress) -> AsyncIterator[DatabaseAddress]:
    """A database of the test's own: for own transactions, races, the queue, ADBC."""
    async with cloned(template) as address:
        yield address


@pytest.fixture
async def cloned_resources(
    configure: Configure, clone: DatabaseAddress
) -> AsyncIterator[Resources]:
    """Resources on a database of the test's own."""
    database = Database(clone)
    made = configure.resources(database)
    yield made
    await made.close_kept()
    await database.dispose()


@pytest.fixture(scope="session")
async def common_database(template: DatabaseAddress) -> AsyncIterator[Database]:
    """A database that the tests of this process share; what they commit stays."""
    async with cloned(template) as address:
        database = Database(address)
        yield database
        await database.dispose()


@pytest.fixture
async def common_resources(
    configure: Configure, common_database: Database
) -> AsyncIterator[Resources]:
    """Resources on the shared database, for a test that makes users of its own."""
    made = configure.resources(common_database)
    yield made
    await made.close_kept()


@pytest.fixture(scope="module")
async def module_resources(
    template: DatabaseAddress, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Resources]:
    """Resources on a database that the tests of a module share; what they commit stays.

    For what takes long to store, and for tests that look at their own users alone.
    """
    home = tmp_path_factory.mktemp("home")
    settings = Settings(unwrapped_home=home, secret_key=SecretStr(SECRET))
    async with cloned(template) as address:
        database = Database(address)
        made = make_resources(settings, database)
        yield made
        await made.close_kept()
        await database.dispose()


class MakeClient(Protocol):
    """Makes clients of the application that works on the resources."""

    def __call__(self, resources: Resources) -> httpx2.AsyncClient: ...


@pytest.fixture(scope="session")
def app() -> FastAPI:
    """The application, built once a process; clients give it its resources."""
    from unwrapped.main import create_app

    return create_app(
        Settings(secret_key=SecretStr(SECRET), allowed_hosts=("testserver",))
    )


@pytest.fixture
async def make_client(app: FastAPI) -> AsyncIterator[MakeClient]:
    """Clients of the application, in process; closed after the test."""
    clients: list[httpx2.AsyncClient] = []
    used: list[Resources] = []

    def make(resources: Resources) -> httpx2.AsyncClient:
        state_of(app).resources = resources
        used.append(resources)
        transport = httpx2.ASGITransport(app=checked(app))
        clients.append(
            httpx2.AsyncClient(transport=transport, base_url="https://testserver")
        )
        return clients[-1]

    yield make
    for client in clients:
        await client.aclose()
    for resources in used:
        await resources.close_kept()


@pytest.fixture
def client(make_client: MakeClient, resources: Resources) -> httpx2.AsyncClient:
    """A client of the application on the joined transaction."""
    return make_client(resources)
