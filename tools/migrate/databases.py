"""Databases to work in: a new one for a run, and that of the service."""

import asyncio
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from tools.migrate import ROOT
from unwrapped.core.config import load_settings
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.postgres.embedded import start_embedded

SERVER_HOME = ROOT / ".task" / "postgres"


@contextmanager
def server() -> Iterator[DatabaseAddress]:
    """A server on which databases may be created."""
    given = load_settings().test_database_url
    if given is not None:
        yield DatabaseAddress.parse(given.get_secret_value())
        return
    embedded = start_embedded(SERVER_HOME)
    try:
        yield embedded.address
    finally:
        embedded.release()


@contextmanager
def fresh_database(on: DatabaseAddress) -> Iterator[DatabaseAddress]:
    """An empty database, dropped at the end: Atlas itself cleans up in `public` alone."""
    name = f"unwrapped_dev_{secrets.token_hex(6)}"
    asyncio.run(_execute(on, f"CREATE DATABASE {name} TEMPLATE template0"))
    try:
        yield on.with_database(name)
    finally:
        asyncio.run(_execute(on, f"DROP DATABASE {name} WITH (FORCE)"))


async def _execute(address: DatabaseAddress, statement: str) -> None:
    connection = await asyncpg.connect(address.for_asyncpg())
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@contextmanager
def service_database() -> Iterator[DatabaseAddress]:
    """The database that the service uses."""
    settings = load_settings()
    if not settings.is_embedded:
        yield settings.external_address
        return
    embedded = start_embedded(settings.home)
    try:
        yield embedded.address
    finally:
        embedded.release()
