"""From stored listens to a stored portrait: three steps, each with one thing to do."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import msgspec
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.core.database import Database
from unwrapped.music.analysis.models import Analysis
from unwrapped.music.analysis.portrait import Portrait, paint_portrait
from unwrapped.music.analysis.schemas import AnalysisParams
from unwrapped.music.critic.verdict import Critic
from unwrapped.music.history.books import (
    Account,
    Books,
    FileBooks,
    books_of,
    sum_accounts,
)
from unwrapped.music.history.building import History
from unwrapped.music.history.period import Period
from unwrapped.music.imports.models import HistoryImport
from unwrapped.music.sources import spotify_api
from unwrapped.music.sources.uploads import SkippedFile
from unwrapped.music.store.models import LOG_CODES, listen
from unwrapped.music.store.reading import ONE_SNAPSHOT, read_listens
from unwrapped.shared.zones import parse_zone

type OnProgress = Callable[[float, str], None]


class DataCollector:
    """Collects what a verdict rests on: the listens, and the books behind them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def fetch_user_data(self, user_id: int) -> History:
        """The whole history of a user, as it is at one moment."""
        async with self._database.session() as session:
            await session.execute(text(ONE_SNAPSHOT))
            snapshot = await session.scalar(select(func.pg_export_snapshot()))
            books = await self._books(session, user_id)
            # The snapshot is there for others while this transaction is.
            listens = await asyncio.to_thread(
                read_listens,
                self._database.address,
                user_id,
                snapshot,
                self._database.sessions,
            )
        return History(listens, books)

    async def _books(self, session: AsyncSession, user_id: int) -> Books:
        """The books of all imports, and of what was synced and is there.

        `shadowed` in total is as it is today.
        """
        found = await session.scalars(
            select(col(HistoryImport.books))
            .where(col(HistoryImport.user_id) == user_id)
            .order_by(col(HistoryImport.created_at), col(HistoryImport.id))
        )
        files: list[FileBooks] = []
        skipped: list[SkippedFile] = []
        more_skipped = 0
        for stored in found:
            books = msgspec.convert(stored, Books)
            files += books.files
            skipped += books.skipped
            more_skipped += books.more_skipped
        shadowed, synced = await self._counts(session, user_id)
        if synced.stored:
            files.append(
                FileBooks(
                    path=spotify_api.PATH,
                    source=spotify_api.LOG.value,
                    account=synced,
                )
            )
        total = replace(sum_accounts(files), shadowed=shadowed)
        return books_of(total, files, skipped, more_skipped)

    async def _counts(self, session: AsyncSession, user_id: int) -> tuple[int, Account]:
        """How many listens are shadowed, and the account of those that were synced."""
        is_synced = listen.c.source == LOG_CODES[spotify_api.LOG]
        found = await session.execute(
            select(
                func.count().filter(listen.c.shadowed).label("shadowed"),
                func.count().filter(is_synced).label("synced"),
                func.count().filter(is_synced, listen.c.shadowed).label("of_them"),
            ).where(listen.c.user_id == user_id)
        )
        counts = found.one()
        return counts.shadowed, Account(
            rows_read=counts.synced,
            stored=counts.synced,
            known=0,
            set_aside={},
            shadowed=counts.of_them,
        )


class ResultPersister:
    """Stores a portrait as the snapshot that later imports do not change."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def save_result(
        self, user_id: int, task_id: UUID, portrait: Portrait
    ) -> Analysis:
        """The stored analysis."""
        public = without_file_names(portrait)
        analysis = Analysis(
            user_id=user_id,
            id=task_id,
            period=portrait.period.text,
            zone=portrait.zone,
            title=portrait.verdict.title,
            portrait=msgspec.json.encode(portrait).decode(),
            public_portrait=msgspec.json.encode(public).decode(),
        )
        self._session.add(analysis)
        await self._session.flush()
        return analysis


class AnalysisCoordinator:
    """Leads from a user and a period to a portrait, off the event loop."""

    def __init__(self, collector: DataCollector, critic: Critic) -> None:
        self._collector = collector
        self._critic = critic

    async def analyze_user_data(
        self, user_id: int, params: AnalysisParams, on_progress: OnProgress
    ) -> Portrait:
        """The portrait of a period; raises `NoPlays` when it has no play."""
        on_progress(0.05, "collecting")
        history = await self._collector.fetch_user_data(user_id)
        on_progress(0.5, "judging")
        return await asyncio.to_thread(
            paint_portrait,
            history,
            Period.parse(params.period),
            parse_zone(params.zone),
            self._critic,
        )


def without_file_names(portrait: Portrait) -> Portrait:
    """The portrait as anybody may see it: a person's files have telling names."""
    books = Books(total=portrait.books.total, files=[], skipped=[])
    return replace(portrait, books=books)
