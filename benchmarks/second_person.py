"""How long the second person on a server waits right after their import, and later.

The server's statistics know the first person only: autovacuum has run since that
import, but not since the second one. `at once` is the time of each use right after the
import task; `later` is the time after VACUUM ANALYZE; `unknown` is the time right after
an import that updated no statistics, as happens while autovacuum works on the tables.
Each use has its own copy of the database.
"""

import asyncio
import secrets
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from sqlalchemy import text

from benchmarks.service_database import fresh_resources, make_export, new_user
from unwrapped.auth.export import open_export
from unwrapped.auth.service import UserService
from unwrapped.core.database import Database
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.process_resources import Resources
from unwrapped.main import DOMAINS
from unwrapped.music.history.building import PreparedUpload, prepare_upload
from unwrapped.music.history.period import Period
from unwrapped.music.listens.filters import ListenFilter
from unwrapped.music.listens.service import ListenService
from unwrapped.music.sources.upload_reading import read_upload
from unwrapped.music.store.history_snapshot import read_listens
from unwrapped.music.store.merge import HistoryMerge
from unwrapped.music.store.planner_statistics import note_import

ZONE = ZoneInfo("UTC")
PARTS = [part for domain in DOMAINS for part in domain.personal_data]
OWED = 2.0

type Use = Callable[[Resources, int], Awaitable[object]]


@click.command()
@click.option("--rows", default=60_000, show_default=True)
@click.option("--runs", default=5, show_default=True)
def main(rows: int, runs: int) -> None:
    """Measure, and print the rows of docs/benchmarks.md."""
    with tempfile.TemporaryDirectory() as folder:
        upload = prepare_upload(read_upload([make_export(Path(folder), rows)]))
        asyncio.run(measure(upload, runs))


async def measure(upload: PreparedUpload, runs: int) -> None:
    """Measure all uses in the three states in turns, so that a noisy minute affects
    all.
    """
    async with fresh_resources() as resources:
        database = resources.database
        async with database.autocommit() as session:
            await session.execute(text("ALTER SYSTEM SET autovacuum = off"))
            await session.execute(text("SELECT pg_reload_conf()"))
        await add_person(resources, upload)
        async with database.autocommit() as session:
            await session.execute(text("VACUUM ANALYZE"))
        second = await add_person(resources, upload)
        await database.dispose()  # a database with connections cannot be copied
        states = {"unknown": database.address}
        states["at once"] = await copy(states["unknown"])
        await note(states["at once"], len(upload.listens))
        states["later"] = await copy(states["unknown"])
        await vacuum(states["later"])
        for name, use in USES.items():
            seconds: dict[str, list[float]] = {state: [] for state in states}
            for _ in range(runs):
                for state, address in states.items():
                    seconds[state].append(await timed(resources, address, use, second))
            report(name, {of: statistics.median(all_) for of, all_ in seconds.items()})


def report(name: str, medians: dict[str, float]) -> None:
    """Print a row of the table."""
    later, ratio = medians["later"], medians["at once"] / medians["later"]
    print(f"| {name} | {later * 1000:.0f} ms | {medians['at once'] * 1000:.0f} ms | {ratio:.2f} | {OWED} | {medians['unknown'] / later:.2f} |")  # fmt: skip


async def add_person(resources: Resources, upload: PreparedUpload) -> int:
    """Create a person with a history; return their id."""
    user_id = await new_user(resources)
    async with resources.database.session() as session:
        await HistoryMerge(session, user_id, lambda _: None).merge(upload)
    return user_id


async def note(address: DatabaseAddress, stored: int) -> None:
    """Update the statistics, as the import's task does after its transaction."""
    database = Database(address)
    begun = time.perf_counter()
    await note_import(database, stored)
    click.echo(f"statistics: {time.perf_counter() - begun:.2f} s", err=True)
    await database.dispose()


async def vacuum(address: DatabaseAddress) -> None:
    """Do what autovacuum does."""
    database = Database(address)
    async with database.autocommit() as session:
        await session.execute(text("VACUUM ANALYZE"))
    await database.dispose()


async def copy(address: DatabaseAddress) -> DatabaseAddress:
    """Copy a database, with its statistics; nobody may be connected to it."""
    name = f"copy_{secrets.token_hex(6)}"
    await administer(address, f'CREATE DATABASE "{name}" TEMPLATE "{address.database}"')
    return address.with_database(name)


async def administer(address: DatabaseAddress, statement: str) -> None:
    """Run a statement while connected to another database of the server."""
    database = Database(address.with_database("postgres"), pool_size=1)
    async with database.autocommit() as session:
        await session.execute(text(statement))
    await database.dispose()


@asynccontextmanager
async def copied(resources: Resources, state: DatabaseAddress) -> AsyncIterator[Resources]:  # fmt: skip
    """Yield resources with a copy of a database, which is dropped afterwards."""
    address = await copy(state)
    database = Database(address)
    await database.ping()
    yield Resources(
        resources.configuration, database, resources.objects, resources.signer
    )
    await database.dispose()
    await administer(address, f'DROP DATABASE "{address.database}" WITH (FORCE)')


async def timed(
    resources: Resources, state: DatabaseAddress, use: Use, user_id: int
) -> float:
    """The seconds that a use takes."""
    async with copied(resources, state) as own:
        begun = time.perf_counter()
        await use(own, user_id)
        return time.perf_counter() - begun


async def analyse(resources: Resources, user_id: int) -> None:
    """Read the history, as an analysis does."""
    await asyncio.to_thread(read_listens, resources.database.address, user_id)


async def export(resources: Resources, user_id: int) -> None:
    """Receive the export of the person's data."""
    async with open_export(resources, PARTS, user_id) as begun:
        async for _ in begun.pieces:
            pass


async def list_listens(resources: Resources, user_id: int) -> None:
    """Read the latest fifty listens."""
    async with resources.database.session() as session:
        wanted = ListenFilter(zone=ZONE)
        await ListenService(session).list_listens(user_id, wanted, 50, None)


async def delete_year(resources: Resources, user_id: int) -> None:
    """Remove the listens of a year."""
    async with resources.database.session() as session:
        wanted = ListenFilter(zone=ZONE, period=Period.parse("2024"))
        await ListenService(session).delete_listens(user_id, wanted)


async def delete_all(resources: Resources, user_id: int) -> None:
    """Remove the whole history."""
    async with resources.database.session() as session:
        wanted = ListenFilter(zone=ZONE, period=Period())
        await ListenService(session).delete_listens(user_id, wanted)


async def delete_account(resources: Resources, user_id: int) -> None:
    """Delete the account."""
    async with resources.database.session() as session:
        await UserService(session).delete_user(user_id)


USES: dict[str, Use] = {
    "reading for an analysis": analyse,
    "export": export,
    "listing of 50": list_listens,
    "removal of a year": delete_year,
    "removal of everything": delete_all,
    "deletion of the account": delete_account,
}


if __name__ == "__main__":
    main()
