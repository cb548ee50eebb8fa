"""What a process holds open while it runs: settings, keys, database, object store."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from shutil import disk_usage
from typing import Protocol

import structlog

from unwrapped.core.config import Configuration, Settings
from unwrapped.core.database import Database
from unwrapped.core.exceptions import StorageFull, Unavailable
from unwrapped.core.http.database_turns import Turns
from unwrapped.core.migrations.upgrade import apply_migrations, require_current
from unwrapped.core.object_store import ObjectStore
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.postgres.embedded import EmbeddedServer, disk_of, start_embedded
from unwrapped.core.postgres.rate_limits import HitsInMemory, RateLimiter
from unwrapped.core.postgres.session_settings import SessionSettings
from unwrapped.core.secrets.encryption import Cipher
from unwrapped.core.secrets.key_ring import kept_ring, secret_ring
from unwrapped.core.security import TokenSigner
from unwrapped.core.settings_sources import EnvironmentSettings

REVIVE_SECONDS, LONGEST_PAUSE = 2.0, 60.0
MIB = 1024 * 1024

log = structlog.get_logger()


class Closable(Protocol):
    """Something that holds connections."""

    async def aclose(self) -> None:
        """Close them."""
        ...


@dataclass(slots=True)
class Resources:
    """The open resources of a process, passed to the code that needs them."""

    configuration: Configuration
    database: Database
    objects: ObjectStore
    signer: TokenSigner
    _kept: dict[type[Closable], Closable] = field(default_factory=dict)
    _hits: HitsInMemory = field(default_factory=HitsInMemory)
    turns: Turns = field(init=False)
    """Turns at the database, for the people who send requests."""

    def __post_init__(self) -> None:
        self.turns = Turns(self.settings.database_turns_per_user)

    @property
    def settings(self) -> Settings:
        """Core's settings."""
        return self.configuration.core

    @property
    def limiter(self) -> RateLimiter:
        """Limits on attempts."""
        ring = self.signer.ring
        key = ring.keys[ring.signing_id]
        return RateLimiter(self.database, key, self._hits)

    @property
    def cipher(self) -> Cipher:
        """The cipher for secrets of third parties."""
        is_kept = self.settings.secret_key is None and self.settings.is_embedded
        reread = (lambda: kept_ring(self.settings)) if is_kept else None
        return Cipher(self.signer.ring, reread)

    def require_room(self, more: int) -> None:
        """Raise `StorageFull` if `more` bytes would leave too little space on a disk of
        this machine. Buckets and other servers are not checked.
        """
        places = [self.objects.folder]
        if self.settings.is_embedded:
            places.append(disk_of(self.settings.home))
        free = min((disk_usage(place).free for place in places if place), default=None)
        least = self.settings.free_space_min_bytes
        if free is not None and free - more < least:
            raise StorageFull(
                f"The server's disk is nearly full: {free // MIB:,} MiB are free, and"
                f" {least // MIB:,} must stay free (FREE_SPACE_MIN_BYTES). Delete what"
                " you do not need, or ask the operator of this server to free some"
                " space."
            )

    def settings_of[S: EnvironmentSettings](self, kind: type[S]) -> S:
        """A domain's own settings: one of the classes that it lists."""
        return self.configuration.of(kind)

    def kept[T: Closable](self, kind: type[T], make: Callable[["Resources"], T]) -> T:
        """A domain's own resource, created at first use and closed with the process."""
        found = self._kept.get(kind)
        if not isinstance(found, kind):
            found = self._kept[kind] = make(self)
        return found

    async def close_kept(self) -> None:
        """Close the domains' own resources."""
        while self._kept:
            _, held = self._kept.popitem()
            await held.aclose()


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[DatabaseAddress]:
    """The address of a running server: the embedded one is started if needed."""
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
    """Start the server again whenever it has died, until `stop` is set.

    Pauses grow while it dies again and again, as on a full disk.
    """
    pause = REVIVE_SECONDS
    is_down = False
    while not stop.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)
            return
        try:
            has_died = await asyncio.to_thread(server.revive)
        except Unavailable as error:
            if not is_down:
                log.error("database.not_revived", error=error.message)  # noqa: TRY400 - one line is enough
            is_down = has_died = True
        else:
            if has_died or is_down:
                log.warning("database.revived")
            is_down = False
        pause = next_pause(pause, has_died=has_died)


def next_pause(pause: float, *, has_died: bool) -> float:
    """Seconds until the next check of the embedded server."""
    if has_died:
        return min(pause * 2, LONGEST_PAUSE)
    return max(pause / 2, REVIVE_SECONDS)


@asynccontextmanager
async def open_resources(
    configuration: Configuration, sessions: SessionSettings = SessionSettings()
) -> AsyncIterator[Resources]:
    """The resources of this process, while the context lasts.

    The embedded database is migrated, after a backup; for an external one that is not
    up to date, `MigrationsPending` is raised. Raises `WeakSecret` before anything is
    started.
    """
    settings = configuration.core
    signer = token_signer(settings)
    async with open_database(settings) as address:
        if settings.is_embedded:
            await _migrate(settings, address)
        else:
            await require_current(address)
        database = Database(address, settings.database_pool_size, sessions)
        async with _resources_at(configuration, database, signer) as resources:
            yield resources


async def _migrate(settings: Settings, address: DatabaseAddress) -> None:
    async def back_up(revision: str) -> None:
        from unwrapped.core.backup.before_migration import back_up_before_migrating

        await back_up_before_migrating(settings, address, revision)

    before = back_up if settings.backup_before_migrating else None
    await apply_migrations(address, before=before)


@asynccontextmanager
async def attached_resources(
    configuration: Configuration,
    address: DatabaseAddress,
    pool_size: int,
    sessions: SessionSettings,
) -> AsyncIterator[Resources]:
    """Like `open_resources`, on a database that the parent process has opened."""
    database = Database(address, pool_size, sessions)
    signer = token_signer(configuration.core)
    async with _resources_at(configuration, database, signer) as resources:
        yield resources


@asynccontextmanager
async def _resources_at(
    configuration: Configuration, database: Database, signer: TokenSigner
) -> AsyncIterator[Resources]:
    objects = ObjectStore(configuration.core)
    resources = Resources(configuration, database, objects, signer)
    try:
        yield resources
    finally:
        await resources.close_kept()
        await database.dispose()


def token_signer(settings: Settings) -> TokenSigner:
    """The signer of access tokens, with the keys of this installation."""
    return TokenSigner(
        ring=secret_ring(settings),
        algorithm=settings.algorithm,
        lifetime=timedelta(minutes=settings.access_token_expire_minutes),
    )
