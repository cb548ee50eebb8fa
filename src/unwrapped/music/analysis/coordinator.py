"""Makes a stored portrait from stored listens, in three steps: collect, judge, store."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypedDict
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.core.process_resources import Resources
from unwrapped.music.analysis.model_input import draft_brief
from unwrapped.music.analysis.models import Analysis
from unwrapped.music.analysis.portrait import Portrait, paint_portrait
from unwrapped.music.analysis.schemas import AnalysisParams
from unwrapped.music.corrections.by_subject import Rules
from unwrapped.music.corrections.correcting import correct
from unwrapped.music.corrections.store import read_rules, read_standing
from unwrapped.music.critic.language_model.brief import Brief
from unwrapped.music.critic.language_model.model_critic import written_by_house
from unwrapped.music.critic.language_model.settings import CriticName
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
from unwrapped.music.history.terms import Mark
from unwrapped.music.imports.stored_books import books_of_imports
from unwrapped.music.profile.basis.frames import NoPlays
from unwrapped.music.read_model.columns import Columns, credits_of, listens_of
from unwrapped.music.read_model.copies import copies_of
from unwrapped.music.read_model.history_state import read_head
from unwrapped.music.sources import spotify_api
from unwrapped.music.sources.upload_reading import SkippedFile
from unwrapped.music.store.history_snapshot import ONE_SNAPSHOT
from unwrapped.music.store.models import LOG_CODES, MARK_CODES, listen
from unwrapped.shared.zones import parse_zone

type OnProgress = Callable[[float, str], None]


class _Marked(TypedDict):
    """The members of an `Account` that count listens by their mark."""

    shadowed: int
    echoes: int
    double_scrobbles: int


def _marked(counts: Counter[int]) -> _Marked:
    return {
        "shadowed": counts[MARK_CODES[Mark.RICHER_SOURCE]],
        "echoes": counts[MARK_CODES[Mark.ECHO]],
        "double_scrobbles": counts[MARK_CODES[Mark.DOUBLE_SCROBBLE]],
    }


class NothingCounts(NoPlays):
    """The corrections of the listener exclude all of their listens."""

    code = "nothing_counts"

    def __init__(self) -> None:
        super().__init__(
            "Your corrections leave nothing to judge: none of your listens is counted."
            " Delete one of the corrections."
        )


class DataCollector:
    """Collects the basis of a verdict: the listens and their books."""

    def __init__(self, resources: Resources) -> None:
        self._database = resources.database
        self._copies = copies_of(resources)

    async def fetch_user_data(self, user_id: int) -> History:
        """The whole history of a user, as of one moment."""
        async with self._database.session() as session:
            await session.execute(text(ONE_SNAPSHOT))
            snapshot = await session.scalar(select(func.pg_export_snapshot()))
            books = await self._books(session, user_id)
            head = await read_head(session, user_id)
            # The snapshot can be used by other processes while this transaction is open.
            _, columns = await self._copies.columns(session, head, snapshot=snapshot)
            standing = await read_standing(session, user_id)
            rules = await read_rules(session, user_id, standing)
        return await asyncio.to_thread(
            _corrected, columns, rules, standing.zone_info, books
        )

    async def _books(self, session: AsyncSession, user_id: int) -> Books:
        """The books of all imports and of the synced listens.

        The totals by mark are those of the history now, not those of the imports.
        """
        files: list[FileBooks] = []
        skipped: list[SkippedFile] = []
        more_skipped = 0
        for books in await books_of_imports(session, user_id):
            files += books.files
            skipped += books.skipped
            more_skipped += books.more_skipped
        marked, synced = await self._counts(session, user_id)
        if synced.stored:
            files.append(
                FileBooks(
                    path=spotify_api.PATH,
                    source=spotify_api.LOG.value,
                    account=synced,
                )
            )
        total = replace(sum_accounts(files), **marked)
        return books_of(total, files, skipped, more_skipped)

    async def _counts(
        self, session: AsyncSession, user_id: int
    ) -> tuple[_Marked, Account]:
        """Count the listens by mark; return the counts and the account of synced listens."""
        is_synced = listen.c.log == LOG_CODES[spotify_api.LOG]
        found = await session.execute(
            select(listen.c.mark, is_synced, func.count())
            .where(listen.c.user_id == user_id)
            .group_by(listen.c.mark, is_synced)
        )
        every: Counter[int] = Counter()
        synced: Counter[int] = Counter()
        for mark, of_them, count in found:
            every[mark] += count
            synced[mark] += count if of_them else 0
        stored = synced.total()
        account = Account(
            rows_read=stored, stored=stored, known=0, set_aside={}, **_marked(synced)
        )
        return _marked(every), account


class ResultPersister:
    """Stores portraits. They are snapshots: later imports do not change them."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def save_result(
        self, user_id: int, task_id: UUID, portrait: Portrait
    ) -> Analysis:
        """Store a portrait under the id of its task; return the analysis."""
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


@dataclass(frozen=True, slots=True)
class Judged:
    """A judged period."""

    portrait: Portrait
    brief: Brief | None = None
    """The input of a model; None if no model is asked."""


class AnalysisCoordinator:
    """Makes the portrait of a user and a period; the work is done in a thread."""

    def __init__(self, collector: DataCollector, critic: Critic) -> None:
        self._collector = collector
        self._critic = critic

    async def analyze_user_data(
        self, user_id: int, params: AnalysisParams, on_progress: OnProgress
    ) -> Portrait:
        """The portrait of a period; raises `NoPlays` when it has no play."""
        return (await self.judge(user_id, params, on_progress)).portrait

    async def judge(
        self, user_id: int, params: AnalysisParams, on_progress: OnProgress
    ) -> Judged:
        """Like `analyze_user_data`, together with the input of a model if a model
        writes the verdict.
        """
        on_progress(0.05, "collecting")
        history = await self._collector.fetch_user_data(user_id)
        on_progress(0.5, "judging")
        return await asyncio.to_thread(self._judged, history, params)

    def _judged(self, history: History, params: AnalysisParams) -> Judged:
        period, zone = Period.parse(params.period), parse_zone(params.zone)
        portrait = paint_portrait(history, period, zone, self._critic)
        if params.critic is CriticName.HOUSE:
            return Judged(portrait)
        brief = draft_brief(history, portrait, period, zone, self._critic)
        if isinstance(brief, Brief):
            return Judged(portrait, brief)
        verdict = written_by_house(portrait.verdict, brief.reason)
        return Judged(replace(portrait, verdict=verdict))


def _corrected(columns: Columns, rules: Rules, zone: ZoneInfo, books: Books) -> History:
    """The history with the listener's corrections applied. Raises `NothingCounts`."""
    counted = correct(columns, rules, zone).columns
    if counted.listens.is_empty() and not columns.listens.is_empty():
        raise NothingCounts
    return History(listens_of(counted), books, credits_of(counted))


def without_file_names(portrait: Portrait) -> Portrait:
    """The public portrait. It leaves out the names of the listener's files and the
    warnings, which are private.
    """
    books = Books(total=portrait.books.total, files=[], skipped=[])
    return replace(portrait, books=books)
