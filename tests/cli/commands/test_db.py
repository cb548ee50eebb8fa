"""`unwrapped db` on databases of every version."""

import asyncio
import secrets
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from tests.cli.running import assert_refused, unwrapped
from tests.cli.service import Place
from unwrapped.core.migrations.upgrade import verify_directory
from unwrapped.core.postgres.addresses import DatabaseAddress

FILES = [migration.name for migration in verify_directory(None)]

LATER = """INSERT INTO atlas_schema_revisions
    SELECT '99991231235959', description, type, applied, total, executed_at,
        execution_time, error, error_stmt, hash, partial_hashes, operator_version
    FROM atlas_schema_revisions LIMIT 1"""


def execute(address: DatabaseAddress, statement: str) -> None:
    """Run a statement on a connection of its own."""

    async def run() -> None:
        connection = await asyncpg.connect(address.for_asyncpg())
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run())


@pytest.fixture
def empty(server: DatabaseAddress) -> Iterator[DatabaseAddress]:
    """An empty database."""
    address = server.with_database(f"empty_{secrets.token_hex(6)}")
    execute(server, f'CREATE DATABASE "{address.database}"')
    yield address
    execute(server, f'DROP DATABASE "{address.database}" WITH (FORCE)')


def test_from_empty_to_current_to_newer(tmp_path: Path, empty: DatabaseAddress) -> None:
    # There is no SECRET_KEY: a migration signs no tokens.
    url = empty.for_adbc()
    with Place(tmp_path) as place:
        before = place.run("db", "status", DATABASE_URL=url)
        assert before.code == 0, before.err
        assert before.out.splitlines() == [
            "current version: none",
            f"applied: 0, pending: {len(FILES)}",
            *(f"  {name}" for name in FILES),
            "Run: unwrapped db upgrade",
        ]
        upgraded = place.run("db", "upgrade", DATABASE_URL=url)
        assert upgraded.code == 0, upgraded.err
        assert upgraded.out.splitlines() == [
            *(f"applied {name}" for name in FILES),
            "The database is up to date.",
        ]
        after = place.run("db", "status", DATABASE_URL=url)
        assert after.out.splitlines() == [
            f"current version: {FILES[-1].partition('_')[0]}",
            f"applied: {len(FILES)}, pending: 0",
        ]
        again = place.run("db", "upgrade", DATABASE_URL=url)
        assert again.out == "The database is up to date.\n"
        execute(empty, LATER)
        for command in ("status", "upgrade"):
            refused = place.run("db", command, DATABASE_URL=url)
            assert_refused(refused, "at version 99991231235959", "Install that one")
        # The home was not needed, so it was not created.
        assert not place.home.exists()


def test_the_embedded_database_is_started_and_stopped(settled: Place) -> None:
    assert "pending: 0" in settled.run("db", "status").out
    assert settled.run("db", "upgrade").out == "The database is up to date.\n"
    settled.assert_nothing_left()


@pytest.mark.parametrize("command", ["status", "upgrade"])
def test_a_database_that_cannot_be_reached_is_one_line(
    tmp_path: Path, command: str
) -> None:
    url = "postgresql://u:hidden@127.0.0.1:1/x"
    with Place(tmp_path) as place:
        outcome = place.run("db", command, DATABASE_URL=url)
    assert_refused(outcome, "No connection", "postgresql://u@127.0.0.1:1/x")
    assert "hidden" not in outcome.err


def test_a_home_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    env = {"UNWRAPPED_HOME": str(tmp_path / "home")}
    assert_refused(unwrapped("db", "status", env=env), "UNWRAPPED_HOME")
