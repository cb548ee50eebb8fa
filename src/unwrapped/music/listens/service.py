"""Lists and removes the stored listens of a listener."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Row,
    Select,
    bindparam,
    func,
    literal,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.core.postgres.session_settings import join_by_hash
from unwrapped.music.corrections.correction import Names
from unwrapped.music.history.period import Period
from unwrapped.music.history.public_ids import listen_id, start_of
from unwrapped.music.listens.filters import (
    ListenFilter,
    fits,
    within,
)
from unwrapped.music.listens.name_search import NameSearch
from unwrapped.music.listens.page_corrections import PageJudge, read_judge
from unwrapped.music.listens.removal_selection import find_recordings, select_listens
from unwrapped.music.listens.row_names import named
from unwrapped.music.listens.schemas import ListenRead
from unwrapped.music.sources.logs import LogName
from unwrapped.music.store.models import (
    LOG_CODES,
    LOG_NAMES,
    MARK_NAMES,
    end_reason,
    history,
    listen,
)
from unwrapped.music.store.selection import count_selected
from unwrapped.shared.pagination import Listing, Page, Rows

_WANTED = (
    func.unnest(
        bindparam("users", type_=ARRAY(BigInteger)),
        bindparam("recordings", type_=ARRAY(Integer)),
        bindparam("spellings", type_=ARRAY(Integer)),
    )
    .table_valued("user_id", "recording_id", "spelling_id", name="wanted")
    .render_derived()
)


_NAMES = named(_WANTED, _WANTED.c.recording_id, _WANTED.c.spelling_id)

_TYPES = (datetime, int, int, int)
_NEWEST, _OLDEST = Listing("listens", _TYPES), Listing("listens_oldest", _TYPES)


class ListenOrder(StrEnum):
    """Which listens come first."""

    NEWEST = "newest"
    OLDEST = "oldest"


class ListenService:
    """Lists, counts and removes the stored listens of a listener."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def list_listens(
        self,
        user_id: int,
        wanted: ListenFilter,
        limit: int,
        cursor: str | None,
        order: ListenOrder = ListenOrder.NEWEST,
        day: date | None = None,
    ) -> Page[ListenRead]:
        """Listens in the order of their starts, beginning with `day` if it is given.

        Raises `BadCursor`.
        """
        recordings = await find_recordings(self._session, user_id, wanted)
        query = select(listen).where(*fits(user_id, wanted, recordings))
        if order is ListenOrder.NEWEST:
            query = query.where(*within(Period(last=day), wanted.zone))
            listing, ordered = _NEWEST, _NEWEST.newest_first
        else:
            query = query.where(*within(Period(first=day), wanted.zone))
            listing, ordered = _OLDEST, _OLDEST.oldest_first

        def paged(rows: Select[Any], of: FromClause) -> Select[Any]:
            return ordered(rows, _place_in(of), limit, cursor)

        if wanted.album is not None:
            await join_by_hash(self._session)
        if wanted.text is None:
            found = (await self._session.execute(paged(query, listen))).all()
        else:
            search = NameSearch(self._session, user_id, wanted.text)
            found = await search.rows(query, paged, limit)
        return await self._shown(user_id, listing.page(found, limit, _place))

    async def find_listen(self, user_id: int, public_id: str) -> ListenRead | None:
        """The listen with this id; None if there is none."""
        at = start_of(public_id)
        query = select(listen).where(
            listen.c.user_id == user_id, listen.c.started_at == at
        )
        rows = (await self._session.execute(query)).all()
        page = await self._shown(user_id, _NEWEST.page(rows, len(rows), _place))
        return next((one for one in page.items if one.id == public_id), None)

    async def _shown(self, user_id: int, page: Rows[Row[Any]]) -> Page[ListenRead]:
        """A page with the names of its listens.

        The names are looked up for the rows of the page only: with a join, the planner
        might look up a whole history to show fifty rows.
        """
        spelled = {(row.recording_id, row.spelling_id) for row in page.rows}
        names = await self.names(user_id, spelled)
        reasons = await self._reasons(user_id, {row.end_reason_id for row in page.rows})
        shown = {recording for recording, _ in spelled}
        judge = await read_judge(self._session, user_id, shown)
        return page.of(
            lambda row: _read(
                row,
                names[row.recording_id, row.spelling_id],
                reasons.get(row.end_reason_id),
                judge,
            )
        )

    async def names(
        self, user_id: int, spelled: set[tuple[int, int]]
    ) -> dict[tuple[int, int], Any]:
        """The names with which spellings are shown, by recording and number."""
        found = await self._session.execute(
            _NAMES,
            {
                "users": [user_id] * len(spelled),
                "recordings": [recording for recording, _ in spelled],
                "spellings": [spelling for _, spelling in spelled],
            },
        )
        return {(row.recording_id, row.spelling_id): row for row in found}

    async def _reasons(self, user_id: int, ids: set[int | None]) -> dict[int, str]:
        found = await self._session.execute(
            select(end_reason.c.id, end_reason.c.reason).where(
                end_reason.c.user_id == user_id, end_reason.c.id.in_(ids - {None})
            )
        )
        return {row.id: row.reason for row in found}

    async def sources(self, user_id: int) -> list[LogName]:
        """The logs of all listens that the history has or had."""
        query = select(history.c.logs).where(history.c.user_id == user_id)
        codes = await self._session.scalar(query)
        return [name for name in LogName if LOG_CODES[name] in (codes or ())]

    async def count_listens(self, user_id: int, wanted: ListenFilter) -> int:
        """The number of listens that `delete_listens` removes. Raises `NothingNamed`."""
        selection = await select_listens(self._session, user_id, wanted)
        return await count_selected(self._session, user_id, selection)

    async def delete_listens(
        self, user_id: int, wanted: ListenFilter, *, wait: bool = True
    ) -> int:
        """Remove listens, as if they had never been imported; return their number.

        The number includes listens that do not count. Raises `NothingNamed` and, unless it
        may `wait`, `HistoryBusy` during another change of the history.
        """
        # A web process loads Polars at its first removal only.
        from unwrapped.music.store.removal import HistoryRemoval

        removal = HistoryRemoval(self._session, user_id)
        return await removal.remove(
            await select_listens(self._session, user_id, wanted), wait=wait
        )


def _place_in(rows: FromClause) -> tuple[ColumnElement[Any], ...]:
    """The columns that order listens."""
    of = rows.c
    played = func.coalesce(of.ms_played, literal(-1))
    return of.started_at, of.recording_id, of.log, played


def _place(row: Row[Any]) -> tuple[datetime, int, int, int]:
    played = -1 if row.ms_played is None else row.ms_played
    return row.started_at, row.recording_id, row.log, played


def _read(
    row: Row[Any], names: Any, reason: str | None, judge: PageJudge | None
) -> ListenRead:
    source = LogName(LOG_NAMES[row.log])
    corrected = None
    if judge is not None:
        shown = Names(names.artist, names.title, names.album)
        corrected = judge.judge(row.recording_id, shown, row.started_at)
    return ListenRead(
        id=listen_id(source, row.started_at, names.identity, row.ms_played),
        started_at=row.started_at,
        artist=names.artist,
        artist_id=names.artist_id,
        title=names.title,
        track_id=names.track_id,
        album=names.album,
        album_id=names.album_id,
        ms_played=row.ms_played,
        source=source,
        reason_end=reason,
        skipped=row.skipped,
        shuffle=row.shuffle,
        mark=MARK_NAMES.get(row.mark),
        corrected=corrected,
    )
