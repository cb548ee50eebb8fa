"""Directories of migrations, and databases to apply them to."""

import asyncio
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg

from tools.migrate.databases import fresh_database, server
from unwrapped.core.migrations.directory import SUM_FILE, checksums, sum_text
from unwrapped.core.postgres.addresses import DatabaseAddress

ONE = "CREATE TABLE one (id bigint NOT NULL, PRIMARY KEY (id));\n"
TWO = "ALTER TABLE one ADD COLUMN name text NULL;\n"


def write_files(folder: Path, files: dict[str, str | bytes]) -> Path:
    """A directory with these files and the sums that fit them."""
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        raw = content.encode() if isinstance(content, str) else content
        folder.joinpath(name).write_bytes(raw)
    return hash_files(folder)


def hash_files(folder: Path) -> Path:
    """The directory with its sums written again."""
    names = sorted(path.name for path in folder.glob("*.sql"))
    sums = checksums((name, folder.joinpath(name).read_bytes()) for name in names)
    folder.joinpath(SUM_FILE).write_text(sum_text(sums), encoding="utf-8")
    return folder


@contextmanager
def database() -> Iterator[DatabaseAddress]:
    """An empty database."""
    with server() as on, fresh_database(on) as address:
        yield address


def run[T](work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine."""
    return asyncio.run(work)


def fetch(address: DatabaseAddress, query: str) -> list[dict[str, Any]]:
    """The rows of a query, which may also be a command."""

    async def ask() -> Sequence[asyncpg.Record]:
        connection = await asyncpg.connect(address.for_asyncpg())
        try:
            return await connection.fetch(query)
        finally:
            await connection.close()

    return [dict(row) for row in run(ask())]
