"""The export of everything that the service stores about a person.

The zip is sent while the data is read.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from unwrapped.auth.models import User
from unwrapped.auth.settings import AuthSettings
from unwrapped.auth.zip_stream import ZipStream
from unwrapped.core.exceptions import Conflict
from unwrapped.core.object_store import ObjectStore, StoreUnavailable
from unwrapped.core.personal_data import PersonalData
from unwrapped.core.postgres.advisory_locks import try_lock
from unwrapped.core.postgres.snapshots import open_snapshot
from unwrapped.core.process_resources import Resources
from unwrapped.core.security import InvalidToken

BYTES_AT_ONCE = 1024 * 1024
LONGEST_NAME = 64

_README = """\
This is everything that Unwrapped stores about {username}, as of {at:%Y-%m-%d},
{at:%H:%M:%S} UTC.

Each .jsonl file has one JSON object per line. Times are UTC. A file is empty if there
is nothing to write into it.

{files}
Unwrapped cannot import this zip again. Keep the files that you imported: they can be
imported again at any time.

Credentials of your account are left out: the hashes of your password, your tokens and
your links. The service stores only these hashes, and cannot restore the originals.
"""


class ExportRunning(Conflict):
    """The person is still receiving an export."""

    code = "export_running"

    def __init__(self) -> None:
        super().__init__("An export is already being sent to you. Wait until it ends.")


@dataclass(frozen=True, slots=True)
class Export:
    """An export in progress, to be read once."""

    file_name: str
    pieces: AsyncGenerator[bytes]


@asynccontextmanager
async def open_export(
    resources: Resources, parts: Sequence[PersonalData], user_id: int
) -> AsyncIterator[Export]:
    """Yield the export of a person, as of one moment; leaving the context ends it.

    Raises `ExportRunning`, or `InvalidToken` when the account has been deleted.
    """
    longest = resources.settings_of(AuthSettings).longest_export
    async with open_snapshot(resources.database.address, longest) as snapshot:
        if not await try_lock(snapshot, "export", user_id):
            raise ExportRunning
        username = await snapshot.scalar(
            select(col(User.username)).where(col(User.id) == user_id)
        )
        if username is None:
            raise InvalidToken
        at = datetime.now(UTC)
        entries = _Entries(snapshot, resources.objects, parts, user_id)
        empty = [
            part.name for part in parts if await _is_empty(snapshot, part, user_id)
        ]
        readme = _readme(username, at, parts, empty)
        async with aclosing(_write(ZipStream(at), readme, entries)) as pieces:
            yield Export(f"unwrapped-{safe_name(username)}-{at:%Y-%m-%d}.zip", pieces)


def safe_name(name: str) -> str:
    """A name that is safe in a header, in a shell and as a file on any system."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", name)[:LONGEST_NAME].strip("._-")
    return plain or "unnamed"


async def _is_empty(
    snapshot: AsyncConnection, part: PersonalData, user_id: int
) -> bool:
    query = select(part.rows.exists())
    return not await snapshot.scalar(query, {"user_id": user_id})


def _readme(
    username: str, at: datetime, parts: Sequence[PersonalData], empty: Sequence[str]
) -> str:
    marks = dict.fromkeys(empty, " (empty)")
    files = "".join(
        f"{part.name}.jsonl{marks.get(part.name, '')}\n    {part.about}\n"
        for part in parts
    )
    return _README.format(username=username, at=at, files=files)


async def _write(
    zipped: ZipStream, readme: str, entries: "_Entries"
) -> AsyncGenerator[bytes]:
    """Yield the bytes of the zip. Closing this generator closes those it reads."""
    async with aclosing(entries.all(readme)) as found:
        async for name, content in found:
            async with aclosing(content), aclosing(zipped.add(name, content)) as pieces:
                async for piece in pieces:
                    yield piece
    yield zipped.close()


class _Entries:
    """The files of an export, in their order: name and content."""

    def __init__(
        self,
        snapshot: AsyncConnection,
        objects: ObjectStore,
        parts: Sequence[PersonalData],
        user_id: int,
    ) -> None:
        self._snapshot = snapshot
        self._objects = objects
        self._parts = parts
        self._of_person = {"user_id": user_id}

    async def all(
        self, readme: str
    ) -> AsyncGenerator[tuple[str, AsyncGenerator[bytes]]]:
        yield "README.txt", _said(readme)
        uploads: list[tuple[str, str]] = []
        for part in self._parts:
            yield f"{part.name}.jsonl", self._lines(part)
            uploads += await self._uploads(part)
        # The uploads may be gigabytes: no transaction stays open while they are sent.
        await self._snapshot.close()
        for key, name in uploads:
            try:
                async with self._objects.file(key) as path:
                    with await asyncio.to_thread(path.open, "rb") as file:
                        yield name, _read(file)
            except (StoreUnavailable, FileNotFoundError):
                gone = "It was imported or deleted while the export was written.\n"
                yield f"{name}.missing.txt", _said(gone)

    async def _lines(self, part: PersonalData) -> AsyncGenerator[bytes]:
        found = await self._snapshot.stream_scalars(
            part.lines,
            self._of_person,
            execution_options={"yield_per": part.rows_at_once},
        )
        async for lines in found.partitions():
            yield "".join(f"{line}\n" for line in lines).encode()

    async def _uploads(self, part: PersonalData) -> list[tuple[str, str]]:
        """Keys of objects, and their names in the zip."""
        if part.uploads is None:
            return []
        found = await self._snapshot.execute(part.uploads, self._of_person)
        return [
            (row_id.hex, f"{part.name}/{row_id}-{safe_name(name)}")
            for row_id, name in found
        ]


async def _said(words: str) -> AsyncGenerator[bytes]:
    yield words.encode()


async def _read(file: BinaryIO) -> AsyncGenerator[bytes]:
    while piece := await asyncio.to_thread(file.read, BYTES_AT_ONCE):
        yield piece
