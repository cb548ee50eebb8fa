"""`unwrapped backup` and `unwrapped restore`: what returns, and what is refused."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import msgspec
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from tests.auth.personal_rows import dump, make_personal_rows
from tests.cli.service import Place
from tests.conftest import SECRET, make_resources
from tests.music.factories import begun_import, receive
from unwrapped.cli.main import cli
from unwrapped.core.backup import passphrase
from unwrapped.core.backup.archive import BackupWriter, new_backup, open_backup
from unwrapped.core.backup.before_migration import NotBackedUp, back_up_before_migrating
from unwrapped.core.backup.manifest import BackupTooNew
from unwrapped.core.backup.restoring import InstallationInUse
from unwrapped.core.backup.writing import NothingToBackUp, write_backup
from unwrapped.core.config import Settings
from unwrapped.core.database import Database
from unwrapped.core.exceptions import AppException
from unwrapped.core.migrations.connection import connected
from unwrapped.core.migrations.directory import verify_directory
from unwrapped.core.migrations.upgrade import (
    apply_migrations,
    apply_over,
    migration_status,
)
from unwrapped.core.object_store import ObjectStore
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.postgres.embedded import start_embedded
from unwrapped.core.process_resources import Resources
from unwrapped.music.read_model.files import CopyFolder, CopyName
from unwrapped.music.scrobbles.models import ScrobblingToken
from unwrapped.music.scrobbles.tokens import ScrobblingTokenService
from unwrapped.tasks.queue import requeue_lost

NOT_KEPT = {"user_session", "refresh_token", "oauth_state", "rate_limit", "periodic_tick"}  # fmt: skip
OF_THE_SERVER = {"atlas_schema_revisions"}
PHRASE = "a passphrase of some length"

type Run = Callable[..., Awaitable[Result]]


def done(result: Result) -> str:
    """The output of a command that succeeded."""
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def refusal(result: Result) -> AppException:
    """The error of a command, which `main` prints in one line."""
    assert isinstance(result.exception, AppException), (
        result.output,
        result.exception,
    )
    return result.exception


async def run(address: DatabaseAddress, home: Path, *arguments: str | Path) -> Result:
    """A command on a database, in process, beside the event loop of the test."""
    env = {
        "DATABASE_URL": address.for_asyncpg(),
        "SECRET_KEY": SECRET,
        "UNWRAPPED_HOME": str(home),
    }
    runner = CliRunner(env=env)
    return await asyncio.to_thread(runner.invoke, cli, [str(one) for one in arguments])


@asynccontextmanager
async def empty_database(server: DatabaseAddress) -> AsyncIterator[DatabaseAddress]:
    """A database without a table, dropped at the end."""
    address = server.with_database(f"restored_{secrets.token_hex(6)}")
    connection = await asyncpg.connect(server.for_asyncpg())
    try:
        await connection.execute(f'CREATE DATABASE "{address.database}"')
        yield address
        await connection.execute(f'DROP DATABASE "{address.database}" WITH (FORCE)')
    finally:
        await connection.close()


@pytest.fixture
async def empty(server: DatabaseAddress) -> AsyncIterator[DatabaseAddress]:
    """An empty database."""
    async with empty_database(server) as address:
        yield address


@asynccontextmanager
async def opened(address: DatabaseAddress, home: Path) -> AsyncIterator[Resources]:
    """Resources on a database that was restored."""
    database = Database(address)
    try:
        yield make_resources(Settings(unwrapped_home=home), database)
    finally:
        await database.dispose()


async def test_everything_of_everybody_comes_back_and_nobody_is_signed_in(
    cloned_resources: Resources, empty: DatabaseAddress, tmp_path: Path
) -> None:
    source, home = cloned_resources.database.address, cloned_resources.settings.home
    ada = await make_personal_rows(cloned_resources, "ada")
    await make_personal_rows(cloned_resources, "bob")
    waiting = await receive(cloned_resources, ada.id, "a.zip", b"\0waiting" * 9)
    task = await begun_import(cloned_resources, ada.id, {"a.json": b"[]"})
    async with cloned_resources.database.session() as session:
        tokens = ScrobblingTokenService(session, cloned_resources.cipher)
        readable = (await tokens.create(ada.id, "a real one")).row.id
    file = tmp_path / "backup.zip"
    said = done(await run(source, home, "backup", file))
    assert "4 waiting uploads" in said
    assert "SECRET_KEY is not in the backup" in said
    before = await dump(cloned_resources)
    other = tmp_path / "other"
    stale = CopyFolder(other)
    stale.write(CopyName(ada.id, 7), b"of another history")
    said = done(await run(empty, other, "restore", file))
    # Their provider tokens and scrobbling tokens hold no real secrets.
    assert "secrets of 4 linked accounts" in said
    assert stale.names() == []
    async with opened(empty, other) as restored:
        after = await dump(restored)
        assert after.keys() == before.keys()
        without_secrets = {"provider_token", "scrobbling_token"}
        for table in after.keys() - NOT_KEPT - OF_THE_SERVER - without_secrets:
            if not table.startswith("pgq."):
                assert after[table] == before[table], table
        assert {table for table in NOT_KEPT if after[table]} == set()
        async with restored.database.session() as session:
            kept = await session.get(ScrobblingToken, readable)
            assert kept is not None
            assert kept.sealed_md5.startswith("v1.")
            new_id = await session.scalar(
                text(
                    "INSERT INTO \"user\" (username, username_key, display_name, time_zone) VALUES ('c', 'c', 'c', 'UTC') RETURNING id"
                )
            )
        assert new_id > ada.id
        stored = await restored.objects.get(waiting.object_key)
        assert stored == b"\0waiting" * 9
        # A waiting task gets its job again.
        assert await requeue_lost(restored) == 1
        async with restored.database.session() as session:
            payloads = await session.scalars(text("SELECT payload FROM pgq.pgqueuer"))
            assert list(payloads) == [task.bytes]
    # The same file again, and a restore into a database with an account.
    error = refusal(await run(empty, other, "restore", file))
    assert isinstance(error, InstallationInUse)


async def at_revision(address: DatabaseAddress, left_out: int) -> None:
    """Migrate an empty database without the last files, and make a person."""
    async with connected(address) as connection:
        await apply_over(connection, verify_directory()[:-left_out])
        await connection.execute(
            "INSERT INTO \"user\" (username, username_key, display_name, time_zone) VALUES ('ada', 'ada', 'Ada', 'UTC')"
        )


async def test_a_backup_of_an_earlier_version_is_brought_up_to_date(
    server: DatabaseAddress,
    empty: DatabaseAddress,
    clone: DatabaseAddress,
    tmp_path: Path,
) -> None:
    file = tmp_path / "backup.zip"
    await at_revision(empty, 2)
    done(await run(empty, tmp_path, "backup", file))
    assert (await migration_status(empty)).pending == tuple(
        one.name for one in verify_directory()[-2:]
    )
    # Into a database that this version created at its start.
    said = done(await run(clone, tmp_path, "restore", file))
    assert "2 migrations" in said
    assert (await migration_status(clone)).is_current
    async with (
        opened(clone, tmp_path) as restored,
        restored.database.session() as session,
    ):
        found = await session.execute(text('SELECT username, role FROM "user"'))
        assert list(found.all()) == [("ada", "administrator")]


async def test_a_backup_of_a_later_version_is_refused_before_anything_is_changed(
    cloned_resources: Resources, empty: DatabaseAddress, tmp_path: Path
) -> None:
    file = tmp_path / "backup.zip"
    source = cloned_resources.database.address
    async with connected(source) as connection:
        await connection.execute("UPDATE atlas_schema_revisions SET version = '99991231235959' WHERE version = (SELECT max(version) FROM atlas_schema_revisions)")  # fmt: skip
    error = refusal(await run(source, tmp_path, "backup", file))
    assert "a later version" in error.message
    later = tmp_path / "later.zip"
    await at_revision(empty, 1)
    done(await run(empty, tmp_path, "backup", file))
    with open_backup(file) as backup, new_backup(later) as target:
        writer = BackupWriter(later, target)
        for member in backup.manifest.members:
            with writer.member(member.name) as copy:
                for piece in backup.pieces(member):
                    copy.write(piece)
        writer.finish(msgspec.structs.replace(backup.manifest, revision="99991231235959"))  # fmt: skip
    error = refusal(await run(source, tmp_path, "restore", later))
    assert isinstance(error, BackupTooNew)
    assert "version 99991231235959" in error.message


async def test_an_empty_database_has_nothing_to_back_up(
    empty: DatabaseAddress, tmp_path: Path
) -> None:
    refused = await run(empty, tmp_path, "backup", tmp_path / "backup.zip")
    assert isinstance(refusal(refused), NothingToBackUp)
    assert not (tmp_path / "backup.zip").exists()


async def test_a_backup_is_not_restored_into_a_running_service(
    cloned_resources: Resources, clone: DatabaseAddress, tmp_path: Path
) -> None:
    file = tmp_path / "backup.zip"
    done(await run(clone, tmp_path, "backup", file))
    await cloned_resources.database.ping()
    error = refusal(await run(clone, tmp_path, "restore", file))
    assert "stop all of them" in error.message


class EndingUploads(ObjectStore):
    """A store whose first upload ends while it is copied, once."""

    ended = False

    @asynccontextmanager
    async def file(self, key: str, scratch: Path | None = None) -> AsyncIterator[Path]:
        if not self.ended:
            self.ended = True
            await self.delete(key)
        async with super().file(key, scratch) as path:
            yield path


async def test_an_upload_that_ends_in_the_meantime_restarts_the_backup(
    cloned_resources: Resources, tmp_path: Path
) -> None:
    ada = await make_personal_rows(cloned_resources, "ada")
    for name in ("a", "b"):
        await receive(cloned_resources, ada.id, name, name.encode())
    objects = EndingUploads(cloned_resources.settings)
    keys = set(await objects.names())
    file = tmp_path / "backup.zip"
    manifest = await write_backup(cloned_resources.database.address, objects, file)
    assert len(manifest.uploads) == len(keys) - 1
    with open_backup(file) as backup:
        backup.verify()


def test_a_home_is_restored_elsewhere_with_its_secret(
    settled: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passphrase, "COST", 2**10)

    def act(home: Path, *arguments: str | Path, said: str = "") -> Result:
        runner = CliRunner(env={"UNWRAPPED_HOME": str(home)})
        return runner.invoke(cli, [str(one) for one in arguments], input=said)

    here, there = settled.home, tmp_path / "there"
    file, phrase = tmp_path / "backup.zip", tmp_path / "passphrase"
    phrase.write_text(f"{PHRASE}\n")
    with start_embedded(here):
        done(act(here, "user", "create", "ada", "--password-stdin", said="correct horse, battery"))  # fmt: skip
        done(act(here, "backup", file, "--passphrase-file", phrase))
    done(act(tmp_path / "nowhere", "restore", file, "--check"))
    assert not (tmp_path / "nowhere").exists()
    for options, said in (((), "--without-secret"), (("--passphrase-file", file), "does not open")):  # fmt: skip
        assert said in refusal(act(there, "restore", file, *options)).message
    assert not there.exists()
    with Place(tmp_path / "place") as place:
        place.base.mkdir()
        done(act(place.home, "restore", file, "--passphrase-file", phrase))
        assert "ada" in done(act(place.home, "user", "list"))
        secret = (here / "secret_key").read_text()
        assert (place.home / "secret_key").read_text() == secret
        assert secret.strip().encode() not in file.read_bytes()


async def test_a_database_is_backed_up_before_it_is_migrated(
    empty: DatabaseAddress, tmp_path: Path
) -> None:
    settings = Settings(unwrapped_home=tmp_path)
    folder = tmp_path / "backups"

    async def back_up(revision: str) -> None:
        await back_up_before_migrating(settings, empty, revision)

    await at_revision(empty, 1)
    folder.mkdir()
    for day in (1, 2, 3):
        (folder / f"before-migration-2026010{day}T000000Z-of-1.zip").touch()
    (folder / "mine.zip").touch()
    applied = await apply_migrations(empty, before=back_up)
    assert applied == (verify_directory()[-1].name,)
    assert await apply_migrations(empty, before=back_up) == ()
    third, made, mine = sorted(folder.iterdir())
    assert (third.name[17:25], mine.name) == ("20260103", "mine.zip")
    with open_backup(made) as backup:
        backup.verify()
        assert backup.manifest.revision == verify_directory()[-2].version
        assert backup.manifest.secret is None


async def test_a_database_that_cannot_be_backed_up_is_not_migrated(
    empty: DatabaseAddress, tmp_path: Path
) -> None:
    (tmp_path / "backups").touch()
    settings = Settings(unwrapped_home=tmp_path)

    async def back_up(revision: str) -> None:
        await back_up_before_migrating(settings, empty, revision)

    await at_revision(empty, 1)
    with pytest.raises(NotBackedUp, match="BACKUP_BEFORE_MIGRATING=false"):
        await apply_migrations(empty, before=back_up)
    assert not (await migration_status(empty)).is_current
