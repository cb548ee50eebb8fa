"""Gets the columns of a history from the fastest source: memory, a copy, the database.

A copy can serve a later state of the history if only listens were added since: they are read
from the database and added to the columns. Otherwise the copy is made again.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.core.exceptions import Unavailable
from unwrapped.core.object_store import ObjectStore, store_apart
from unwrapped.core.process_resources import Resources
from unwrapped.music.read_model.files import FOLDER, CopyFolder, CopyName
from unwrapped.music.read_model.history_state import Head, read_head, spans_between

if TYPE_CHECKING:
    from unwrapped.music.read_model.columns import Columns

MOST_LAID_OVER = 1_000
"""If more listens than this were added to a copy, the result is stored as a new copy."""

MOST_VERSIONS = 100
"""If a history was changed more often than this since its copy, so is the result."""

log = structlog.get_logger()

type Base = tuple[Head, "Columns"]
"""A state of a history, and its columns."""


class Copies:
    """The copies on this machine, or in the bucket that it shares with others."""

    def __init__(self, resources: Resources) -> None:
        settings = resources.settings
        self._database = resources.database
        self._folder = CopyFolder(settings.home)
        self._bucket: ObjectStore | None = store_apart(settings, FOLDER)
        # With a shared bucket, only machines that sweep keep files as well.
        self.keeps_files = self._bucket is None
        self._one_at_once = asyncio.Semaphore(1)

    async def aclose(self) -> None:
        """Do nothing: there is nothing to close."""

    async def columns(
        self,
        session: AsyncSession,
        head: Head,
        known: Base | None = None,
        snapshot: str | None = None,
    ) -> Base:
        """The columns of a history in this state, or in a later one.

        `known` are columns of an earlier state, if available. With a `snapshot`
        (`pg_export_snapshot` in `session`), the state is the one that the snapshot sees.
        """
        async for base in self._bases(head, known):
            found = await self._laid_over(session, base, head)
            if found is not None:
                return found
        # Only one at a time is read, since a whole history takes memory.
        async with self._one_at_once:
            return await self.write(head.user_id, snapshot)

    async def write(self, user_id: int, snapshot: str | None = None) -> Base:
        """Make the copy of a history again, from what is stored now."""
        from unwrapped.music.read_model.from_database import read_columns

        base = await asyncio.to_thread(
            read_columns,
            self._database.address,
            user_id,
            snapshot,
            self._database.sessions,
        )
        await self._keep(base)
        return base

    async def _bases(self, head: Head, known: Base | None) -> AsyncIterator[Base]:
        """The columns of earlier states that can serve as a base, the best first."""
        if known is not None:
            yield known
        if head.version == 0:
            return
        names = await asyncio.to_thread(self._folder.names, head.user_id)
        for name in _usable(names, head):
            content = await asyncio.to_thread(self._folder.read, name)
            base = await self._decoded(name, content)
            if base is None:
                await asyncio.to_thread(self._folder.delete, [name])
            else:
                yield base
        for name in _usable(await self._names_in_bucket(head.user_id), head):
            content = await self._fetched(name)
            base = await self._decoded(name, content)
            if base is not None and content is not None:
                await self._write(name, content)
                yield base

    async def _decoded(self, name: CopyName, content: bytes | None) -> Base | None:
        from unwrapped.music.read_model.encoding import DamagedCopy, decode

        if content is None:
            return None
        try:
            base = await asyncio.to_thread(decode, content)
        except DamagedCopy as error:
            log.warning("statistics.damaged", reason=str(error))
            return None
        head = base[0]
        return base if CopyName(head.user_id, head.version) == name else None

    async def _laid_over(
        self, session: AsyncSession, base: Base, head: Head
    ) -> Base | None:
        """The base with the listens added until `head`; None if more was changed."""
        from unwrapped.music.read_model.additions import lay_over, read_added

        spans = await spans_between(session, base[0], head)
        if spans is None:
            return None
        if base[0].version == head.version:
            return base
        added, variants = await read_added(session, base[0], head, spans)
        columns = await asyncio.to_thread(lay_over, base[1], added, variants)
        # Unless the state changed between the statements, the rows are those of `head`.
        if columns is None or await read_head(session, head.user_id) != head:
            return None
        laid = (head, columns)
        if (
            len(added) > MOST_LAID_OVER
            or head.version - base[0].version > MOST_VERSIONS
        ):
            await self._keep(laid)
        return laid

    async def _keep(self, base: Base) -> None:
        """Store a copy on this machine, or in the bucket of all machines."""
        from unwrapped.music.read_model.encoding import encode

        head, columns = base
        if head.version == 0:
            return
        content = await asyncio.to_thread(encode, columns, head)
        name = CopyName(head.user_id, head.version)
        await self._write(name, content)
        if self._bucket is None:
            return
        try:
            await self._bucket.put(str(name), _whole(content))
            earlier = await self._names_in_bucket(head.user_id)
            await self.delete_in_bucket(
                one for one in earlier if one.version < head.version
            )
        except Unavailable as error:
            # Other machines then read the database.
            log.warning("statistics.not_shared", error=error.message)

    async def _write(self, name: CopyName, content: bytes) -> None:
        if self.keeps_files:
            await asyncio.to_thread(self._folder.write, name, content)

    async def _names_in_bucket(self, user_id: int | None = None) -> list[CopyName]:
        if self._bucket is None:
            return []
        try:
            keys = await self._bucket.names(None if user_id is None else f"{user_id}-")
        except Unavailable as error:
            log.warning("statistics.not_shared", error=error.message)
            return []
        found = (CopyName.parse(key) for key in keys)
        return sorted((name for name in found if name is not None), reverse=True)

    async def _fetched(self, name: CopyName) -> bytes | None:
        if self._bucket is None:
            return None
        try:
            return await self._bucket.get(str(name))
        except Unavailable as error:
            log.warning("statistics.not_shared", error=error.message)
            return None

    async def delete_in_bucket(self, names: Iterable[CopyName]) -> int:
        """Delete copies in the bucket; return their number."""
        count = 0
        for name in names:
            if self._bucket is not None:
                await self._bucket.delete(str(name))
                count += 1
        return count

    async def sweep(self) -> int:
        """Delete all copies that can serve no history; return their number.

        These are copies of deleted listeners, and of states after which more was changed
        than additions.
        """
        await asyncio.to_thread(self._folder.drop_halves)
        return await self._delete(self.stale)

    async def delete_all(self) -> int:
        """Delete all copies, also those in the bucket; return their number."""

        async def every(names: Iterable[CopyName]) -> set[CopyName]:
            return set(names)

        return await self._delete(every)

    async def _delete(
        self, chosen: Callable[[Iterable[CopyName]], Awaitable[set[CopyName]]]
    ) -> int:
        here = await asyncio.to_thread(self._folder.names)
        shared = await self._names_in_bucket()
        gone = await chosen({*here, *shared})
        count = await asyncio.to_thread(
            self._folder.delete, [name for name in here if name in gone]
        )
        return count + await self.delete_in_bucket(
            name for name in shared if name in gone
        )

    async def stale(self, names: Iterable[CopyName]) -> set[CopyName]:
        """The copies that can serve no history."""
        asked = sorted(set(names))
        if not asked:
            return set()
        values = {
            "users": [name.user_id for name in asked],
            "versions": [name.version for name in asked],
        }
        async with self._database.session() as session:
            rows = await session.execute(_FOLLOWED, values)
            followed = {CopyName(user_id, version) for user_id, version in rows}
        return set(asked) - followed


# `history.version` is the version after the latest change. Each change that only added
# listens has a row in `addition`.
_FOLLOWED = text("""SELECT copy.user_id, copy.version
FROM unnest(CAST(:users AS bigint[]), CAST(:versions AS bigint[]))
    AS copy (user_id, version)
JOIN history ON history.user_id = copy.user_id AND history.version >= copy.version
WHERE history.version - copy.version = (SELECT count(*) FROM addition
    WHERE addition.user_id = copy.user_id AND addition.version > copy.version)""")


def copies_of(resources: Resources) -> Copies:
    """The copies of this process, created at first use."""
    return resources.kept(Copies, Copies)


async def sweep_copies(resources: Resources) -> int:
    """Delete all copies that can serve no history; return their number."""
    return await copies_of(resources).sweep()


async def delete_copies(resources: Resources) -> int:
    """Delete all copies, before the database is replaced; return their number."""
    return await copies_of(resources).delete_all()


async def write_copy(resources: Resources, user_id: int) -> None:
    """Write the copy of a history after a change, so that no request waits for it.

    A failure is only logged: then the first request makes the copy.
    """
    try:
        await copies_of(resources).write(user_id)
    except Unavailable as error:
        log.warning("statistics.not_written", error=error.message)


def _usable(names: Iterable[CopyName], head: Head) -> list[CopyName]:
    return [name for name in names if name.version <= head.version]


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content
