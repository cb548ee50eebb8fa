"""What a process holds open while it runs: settings, keys, database, object store."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

import structlog

from unwrapped.core.addresses import DatabaseAddress
from unwrapped.core.config import Environment, Settings
from unwrapped.core.database import Database
from unwrapped.core.embedded import EmbeddedServer, start_embedded
from unwrapped.core.encryption import Cipher
from unwrapped.core.exceptions import Unavailable
from unwrapped.core.migrations import apply_migrations, require_current
from unwrapped.core.objects import ObjectStore
from unwrapped.core.rate_limits import RateLimiter
from unwrapped.core.security import TokenSigner, kept_ring, secret_ring

REVIVE_SECONDS = 2.0

log = structlog.get_logger()


class Closable(Protocol):
    """Something that holds connections."""

    async def aclose(self) -> None:
        """Close them."""
        ...


@dataclass(slots=True)
class Resources:
    """Built once a process, handed to whoever needs it."""

    settings: Settings
    database: Database
    objects: ObjectStore
    signer: TokenSigner
    _of_domains: dict[type[Environment], Environment] = field(default_factory=dict)
    _kept: dict[type[Closable], Closable] = field(default_factory=dict)

    @property
    def limiter(self) -> RateLimiter:
        """Limits on attempts."""
        ring = self.signer.ring
        return RateLimiter(self.database, ring.keys[ring.signing_id])

    @property
    def cipher(self) -> Cipher:
        """What encrypts the secrets of others."""
        is_kept = self.settings.secret_key is None and self.settings.is_embedded
        reread = (lambda: kept_ring(self.settings)) if is_kept else None
        return Cipher(self.signer.ring, reread)

    def settings_of[S: Environment](self, kind: type[S]) -> S:
        """A domain's own settings, read from the environment at their first use."""
        found = self._of_domains.get(kind)
        if not isinstance(found, kind):
            found = self._of_domains[kind] = kind.load()
        return found

    def kept[T: Closable](self, kind: type[T], make: Callable[["Resources"], T]) -> T:
        """What a domain holds open, made at its first use and closed with the process."""
        found = self._kept.get(kind)
        if not isinstance(found, kind):
            found = self._kept[kind] = make(self)
        return found

    async def close_kept(self) -> None:
        """Close what the domains hold open."""
        while self._kept:
            _, held = self._kept.popitem()
            await held.aclose()


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[DatabaseAddress]:
    """The address of a server that runs: the embedded one is started if need be."""
    if not settings.is_embedded:
        yield settings.external_address
        return
    server = await asyncio.to_thread(start_embedded, settings.home)
    stop = asyncio.Event()
    watching = asyncio.create_task(_keep_running(server, stop))
    try:
        yield server.address
    finally:
        stop.set()
        await watching
        await asyncio.to_thread(server.release)


async def _keep_running(server: EmbeddedServer, stop: asyncio.Event) -> None:
    """Start the server again whenever it has died, until `stop` is set."""
    while not stop.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), REVIVE_SECONDS)
            return
        try:
            if await asyncio.to_thread(server.revive):
                log.warning("database.revived")
        except Unavailable as error:
            log.error("database.not_revived", error=error.message)  # noqa: TRY400 - one line says all


@asynccontextmanager
async def open_resources(settings: Settings) -> AsyncIterator[Resources]:
    """The resources of this process, for as long as the context lasts.

    The embedded database is brought up to date; a database of the user's own must be
    (`MigrationsPending` says how). Raises `WeakSecret` before anything is started.
    """
    signer = token_signer(settings)
    async with open_database(settings) as address:
        if settings.is_embedded:
            await apply_migrations(address)
        else:
            await require_current(address)
        async with _resources_at(
            settings, Database(address, settings.database_pool_size), signer
        ) as resources:
            yield resources


@asynccontextmanager
async def attached_resources(
    settings: Settings, address: DatabaseAddress, pool_size: int, connection_name: str
) -> AsyncIterator[Resources]:
    """As `open_resources`, on a database that another process of ours has opened.

    Its connections go by a name of their own.
    """
    database = Database(address, pool_size, connection_name)
    async with _resources_at(settings, database, token_signer(settings)) as resources:
        yield resources


@asynccontextmanager
async def _resources_at(
    settings: Settings, database: Database, signer: TokenSigner
) -> AsyncIterator[Resources]:
    resources = Resources(settings, database, ObjectStore(settings), signer)
    try:
        yield resources
    finally:
        await resources.close_kept()
        await database.dispose()


def token_signer(settings: Settings) -> TokenSigner:
    """The signer of access tokens with the ring of this installation."""
    return TokenSigner(
        ring=secret_ring(settings),
        algorithm=settings.algorithm,
        lifetime=timedelta(minutes=settings.access_token_expire_minutes),
    )
