"""`unwrapped doctor`: what it finds, what it says to do, and how it ends."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pydantic import SecretStr

from tests.cli.service import Place, free_port
from tests.conftest import SECRET
from tests.tasks.workers import working
from tests.waiting import eventually
from unwrapped.cli.checks.database import check_database
from unwrapped.cli.checks.findings import State
from unwrapped.cli.checks.home import check_home
from unwrapped.cli.checks.reachability import check_service
from unwrapped.cli.main import cli
from unwrapped.core.config import Settings
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.process_resources import Resources
from unwrapped.core.tls.certificates import ensure_certificates
from unwrapped.main import DOMAINS

NOW = datetime.now(UTC)


def examine(home: Path, *options: str, **env: str) -> Result:
    """Run `unwrapped doctor` in this process, while no service listens."""
    port = str(free_port())
    runner = CliRunner(env={"UNWRAPPED_HOME": str(home), "PORT": port} | env)
    return runner.invoke(cli, ["doctor", *options])


def states(result: Result) -> dict[str, str]:
    """Return the state of each check."""
    document = json.loads(result.stdout)
    assert document["ok"] == (result.exit_code == 0)
    for check in document["checks"]:
        assert bool(check["advice"]) == (check["state"] != "ok"), check
    return {check["check"]: check["state"] for check in document["checks"]}


def test_an_installation_that_was_never_started_has_no_problem(tmp_path: Path) -> None:
    result = examine(tmp_path / "home")
    assert result.exit_code == 0, result.output
    assert "problem" not in result.stdout
    assert "`unwrapped serve` creates it" in result.stdout
    assert not (tmp_path / "home").exists()


def test_all_parts_of_a_home_are_checked(settled: Place) -> None:
    settled.home.chmod(0o700)
    found = states(examine(settled.home, "--json"))
    assert found == {
        "settings": "ok",
        "home": "ok",
        "disk": "ok",
        "secret": "warning",  # no process has created one
        "database": "ok",
        "connections": "ok",
        "clock": "ok",
        "migrations": "ok",
        "worker": "warning",
        "queue": "ok",
        "service": "warning",
    }


async def test_a_stopped_worker_is_reported_at_once(
    cloned_resources: Resources,
) -> None:
    address = cloned_resources.database.address
    settings = Settings(database_url=SecretStr(address.for_asyncpg()))

    async def is_well() -> bool:
        found = {one.check: one.state async for one in check_database(settings)}
        return found["worker"] is State.OK

    async with working(cloned_resources, domains=DOMAINS):
        # A worker is seen for the first time at its first tick.
        await eventually(is_well)
    assert not await is_well()


def test_a_problem_ends_with_code_1(tmp_path: Path) -> None:
    nowhere = "postgresql://u:hunter2@127.0.0.1:1/x"
    result = examine(tmp_path, "--json", DATABASE_URL=nowhere)
    assert result.exit_code == 1
    found = states(result)
    assert (found["database"], found["secret"]) == ("problem", "problem")
    assert "hunter2" not in result.output
    result = examine(tmp_path, LOG_LEVEL="LOUD")
    assert result.exit_code == 1
    assert "LOG_LEVEL" in result.stdout


async def test_workers_and_the_queue_are_read_from_the_database(
    cloned_resources: Resources,
) -> None:
    address = cloned_resources.database.address
    settings = Settings(database_url=SecretStr(address.for_asyncpg()))
    async with cloned_resources.database.driver() as connection:
        await connection.execute(
            "INSERT INTO periodic_tick (name, due_at, created_at, updated_at)"
            " VALUES ('a', now(), now(), now() - interval '2 hours')"
        )
        await connection.execute(
            'INSERT INTO "user" (username, username_key, display_name, time_zone)'
            " VALUES ('ada', 'ada', 'Ada', 'UTC')"
        )
        await connection.execute(
            "INSERT INTO background_task (id, user_id, kind, key, params, updated_at)"
            " SELECT gen_random_uuid(), id, 'music.import', 'k', '{}', now() - interval '1 hour'"
            ' FROM "user"'
        )
    found = {one.check: one async for one in check_database(settings)}
    assert found["worker"].state is State.PROBLEM
    assert found["worker"].said == "No worker is connected; last seen 2 h ago."
    assert found["queue"].state is State.WARNING
    assert "1 waiting" in found["queue"].said
    assert "60 min" in found["queue"].said
    crowded = settings.model_copy(update={"database_pool_size": 100})
    found = {one.check: one async for one in check_database(crowded)}
    assert found["connections"].state is State.WARNING


async def test_pending_migrations_are_reported(
    empty_address: DatabaseAddress,
) -> None:
    settings = Settings(database_url=SecretStr(empty_address.for_asyncpg()))
    found = {one.check: one async for one in check_database(settings)}
    assert found["migrations"].state is State.PROBLEM
    assert "db upgrade" in found["migrations"].advice


@pytest.fixture
async def empty_address(cloned_resources: Resources) -> DatabaseAddress:
    """A database whose records lack the last migration."""
    async with cloned_resources.database.driver() as connection:
        await connection.execute(
            "DELETE FROM atlas_schema_revisions"
            " WHERE version = (SELECT max(version) FROM atlas_schema_revisions)"
        )
    return cloned_resources.database.address


def test_a_home_that_is_open_to_others_and_a_full_disk_are_reported(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    home.chmod(0o755)
    settings = Settings(
        unwrapped_home=home,
        secret_key=SecretStr(SECRET),
        free_space_min_bytes=2**60,
    )
    found = {one.check: one for one in check_home(settings, NOW)}
    assert found["home"].state is State.PROBLEM
    assert "chmod 700" in found["home"].advice
    assert found["disk"].state is State.PROBLEM
    assert found["secret"].state is State.OK
    assert SECRET not in str(found)


def test_a_certificate_is_reported_before_it_expires(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "certs").mkdir(mode=0o700, parents=True)
    ensure_certificates(home / "certs", [])
    settings = Settings(unwrapped_home=home, secret_key=SecretStr(SECRET))

    def state(days: int) -> State:
        later = NOW + timedelta(days=days)
        found = {one.check: one for one in check_home(settings, later)}
        assert ("expired on" in found["certificate"].said) == (days == 400)
        return found["certificate"].state

    assert [state(days) for days in (0, 390, 400)] == [
        State.OK,
        State.WARNING,
        State.PROBLEM,
    ]


@contextmanager
def answering(answers: Mapping[str, tuple[int, object]]) -> Iterator[int]:
    """The port of a server that gives these answers, by path."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answers.get(self.path, (404, {}))
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Write nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.mark.parametrize(
    ("health", "state", "words"),
    [
        ({"came_by": "client", "scheme": "http"}, State.OK, ""),
        ({"came_by": "proxy", "scheme": "http"}, State.OK, ""),
        (
            {"came_by": "unknown_proxy", "scheme": "http"},
            State.PROBLEM,
            "TRUSTED_PROXIES",
        ),
        ({"came_by": "client", "scheme": "https"}, State.PROBLEM, "X-Forwarded-Proto"),
        ({"status": "ok"}, State.PROBLEM, "ALLOWED_HOSTS"),
        ([], State.PROBLEM, "ALLOWED_HOSTS"),
    ],
)
def test_the_way_of_a_request_is_reported(
    tmp_path: Path, health: object, state: State, words: str
) -> None:
    answers = {"/readyz": (200, {}), "/healthz": (200, health)}
    with answering(answers) as port:
        address = f"http://127.0.0.1:{port}"
        settings = Settings(unwrapped_home=tmp_path, port=port, backend_url=address)
        here, outside = check_service(settings)
    assert here.state is State.OK
    assert outside.state is state
    assert words in outside.advice


def test_a_service_that_is_not_ready_or_does_not_answer_is_reported(
    tmp_path: Path,
) -> None:
    with answering({"/readyz": (503, {"worker": False})}) as port:
        settings = Settings(unwrapped_home=tmp_path, port=port)
        [here] = check_service(settings)
    assert here.state is State.PROBLEM
    assert "worker" in here.said
    gone = Settings(unwrapped_home=tmp_path, port=port, backend_url=f"http://127.0.0.1:{port}")  # fmt: skip
    here, outside = check_service(gone)
    assert (here.state, outside.state) == (State.WARNING, State.PROBLEM)
