"""Recognises uploads whose bytes were imported before and need not be read again."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec
from sqlalchemy import Text, cast, func, insert, select
from sqlalchemy.dialects.postgresql import INT4MULTIRANGE
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.music.history.books import Books, as_known
from unwrapped.music.imports.models import HistoryImport
from unwrapped.music.sources.formats import READERS
from unwrapped.music.store.models import history, import_records
from unwrapped.music.uploads.models import UploadedFile


def content_of(uploads: Sequence[UploadedFile]) -> str | None:
    """A digest of the bytes of the uploads and of `READERS`.

    None if one of the uploads has no digest.
    """
    digests = [upload.digest for upload in _by_content(uploads)]
    if None in digests:
        return None
    return hashlib.sha256("\n".join([READERS, *map(str, digests)]).encode()).hexdigest()


def _by_content(uploads: Sequence[UploadedFile]) -> list[UploadedFile]:
    return sorted(uploads, key=lambda upload: (upload.digest or "", upload.name))


@dataclass(frozen=True, slots=True)
class KnownImport:
    """The result of importing bytes that were imported before."""

    books: Books
    records: str
    """The numbers of the records, as a multirange."""


async def known_import(
    session: AsyncSession, user_id: int, uploads: Sequence[UploadedFile]
) -> KnownImport | None:
    """The result of importing uploads whose bytes were imported before.

    None if the uploads have to be read: the same bytes were never imported, or listens
    were removed since. Only while the caller holds the lock of the history, the result
    stays true.
    """
    content = content_of(uploads)
    same = (
        select(
            col(HistoryImport.books),
            import_records.c.names,
            cast(import_records.c.records, Text).label("records"),
        )
        .join(import_records, import_records.c.import_id == col(HistoryImport.id))
        .outerjoin(history, history.c.user_id == import_records.c.user_id)
        .where(
            import_records.c.user_id == user_id,
            import_records.c.content == content,
            import_records.c.removals == func.coalesce(history.c.removals, 0),
        )
        .limit(1)
    )
    found = None if content is None else (await session.execute(same)).one_or_none()
    if found is None:
        return None
    books = as_known(msgspec.convert(found.books, Books))
    names = [upload.name for upload in _by_content(uploads)]
    called = dict(zip(found.names, names, strict=True))
    return KnownImport(_renamed(books, called), found.records)


def _renamed(books: Books, names: dict[str, str]) -> Books:
    """Books with the current names of the uploads."""

    def path(old: str) -> str:
        name, slash, rest = old.partition("/")
        return names.get(name, name) + slash + rest

    return replace(
        books,
        files=[replace(file, path=path(file.path)) for file in books.files],
        skipped=[replace(file, path=path(file.path)) for file in books.skipped],
    )


async def note_records(
    session: AsyncSession,
    noted: HistoryImport,
    records: str,
    uploads: Sequence[UploadedFile],
) -> None:
    """Store which records an import had, as a multirange of their numbers."""
    removals = select(history.c.removals).where(history.c.user_id == noted.user_id)
    await session.flush()
    await session.execute(
        insert(import_records).values(
            user_id=noted.user_id,
            import_id=noted.id,
            records=cast(cast(records, Text), INT4MULTIRANGE),
            content=content_of(uploads),
            names=[upload.name for upload in _by_content(uploads)],
            removals=func.coalesce(removals.scalar_subquery(), 0),
        )
    )
