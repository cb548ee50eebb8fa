"""A listener's stored listens: a page of them, and removing some."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    ColumnElement,
    Integer,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    func,
    literal,
    select,
    text,
    true,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.selectable import LateralFromClause

from unwrapped.core.database import count_changed
from unwrapped.core.exceptions import Invalid
from unwrapped.core.postgres.session_settings import join_by_hash
from unwrapped.music.history.period import Period
from unwrapped.music.listens.schemas import ListenRead
from unwrapped.music.sources.logs import LogName
from unwrapped.music.sources.name_keys import name_key
from unwrapped.music.store.marking import mark_stored
from unwrapped.music.store.models import (
    LOG_CODES,
    LOG_NAMES,
    MOST_MS,
    also_spelled,
    artist,
    end_reason,
    listen,
    recording,
    track,
)
from unwrapped.music.store.naming import name_recordings
from unwrapped.music.store.statements import lock_history, run_all
from unwrapped.shared.pagination import Listing, Page

_PLACE = (
    listen.c.logged_at,
    listen.c.recording_id,
    listen.c.source,
    func.coalesce(listen.c.ms_played, literal(-1)),
)
_WANTED = (
    func.unnest(
        bindparam("users", type_=ARRAY(BigInteger)),
        bindparam("ids", type_=ARRAY(Integer)),
    )
    .table_valued("user_id", "id", name="wanted")
    .render_derived()
)


def _by_key(
    table: Table, number: ColumnElement[Any], *columns: Column[Any]
) -> LateralFromClause:
    """The row of a dictionary that has the number, found by its primary key alone.

    The limit keeps it from being joined with others, and the listener, coming with each
    row, from being a constant: the planner may know nothing of them, take all their rows
    for one, and go through these for each row of a page.
    """
    found = select(*columns).where(
        table.c.user_id == _WANTED.c.user_id, table.c.id == number
    )
    return found.limit(1).lateral(table.name)


_RECORDING = _by_key(recording, _WANTED.c.id, recording.c.track_id, recording.c.album)
_TRACK = _by_key(track, _RECORDING.c.track_id, track.c.artist_id, track.c.title)
_ARTIST = _by_key(artist, _TRACK.c.artist_id, artist.c.name)
_NAMES = (
    select(
        _WANTED.c.id,
        _ARTIST.c.name.label("artist"),
        _TRACK.c.title,
        _RECORDING.c.album,
    )
    .select_from(_WANTED)
    .join(_RECORDING, true())
    .join(_TRACK, true())
    .join(_ARTIST, true())
)

_LISTING = Listing("listens", (datetime, int, int, int))
_LONGEST = timedelta(milliseconds=MOST_MS)
# No listen is older or later; at the ends of the calendar not every day has a midnight.
_EARLIEST, _LATEST = date(1900, 1, 1), date(9000, 1, 1)


class NothingNamed(Invalid):
    """A removal that does not say what is to be removed."""

    code = "nothing_named"

    def __init__(self) -> None:
        super().__init__(
            "Say what to remove: a source, a period or an artist. period=all removes"
            " the whole history."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenFilter:
    """Which listens: all that fit every member; None fits all."""

    source: LogName | None = None
    period: Period | None = None
    zone: ZoneInfo
    artist: str | None = None


class ListenService:
    """The stored listens of one listener."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def list_listens(
        self, user_id: int, wanted: ListenFilter, limit: int, cursor: str | None
    ) -> Page[ListenRead]:
        """Listens by their logged time, the latest first. Raises `BadCursor`."""
        query = select(listen).where(*_fits(listen, user_id, wanted))
        if wanted.artist is not None:
            await join_by_hash(self._session)
        found = await self._session.execute(
            _LISTING.newest_first(query, _PLACE, limit, cursor)
        )
        page = _LISTING.page(found.all(), limit, _place)
        # Names are looked up for the rows of the page: joined before, the planner might
        # name a whole history to show fifty.
        names = await self._names(user_id, {row.recording_id for row in page.rows})
        reasons = await self._reasons(user_id, {row.end_reason_id for row in page.rows})
        return page.of(
            lambda row: _read(
                row, names[row.recording_id], reasons.get(row.end_reason_id)
            )
        )

    async def _names(self, user_id: int, recordings: set[int]) -> dict[int, Any]:
        found = await self._session.execute(
            _NAMES, {"users": [user_id] * len(recordings), "ids": list(recordings)}
        )
        return {row.id: row for row in found}

    async def _reasons(self, user_id: int, ids: set[int | None]) -> dict[int, str]:
        found = await self._session.execute(
            select(end_reason.c.id, end_reason.c.reason).where(
                end_reason.c.user_id == user_id, end_reason.c.id.in_(ids - {None})
            )
        )
        return {row.id: row.reason for row in found}

    async def delete_listens(
        self, user_id: int, wanted: ListenFilter, *, wait: bool = True
    ) -> int:
        """Remove listens; what is left is as if they had never been imported.

        Returns how many were removed, shadowed ones included. Raises `NothingNamed`, and
        `HistoryBusy` where it is not to wait for another change of the history.
        """
        if (wanted.source, wanted.period, wanted.artist) == (None, None, None):
            raise NothingNamed
        await lock_history(self._session, user_id, wait=wait)
        await join_by_hash(self._session)
        deleted = await count_changed(
            self._session, delete(listen).where(*_fits(listen, user_id, wanted))
        )
        await self._session.execute(
            delete(also_spelled).where(*_fits(also_spelled, user_id, wanted))
        )
        await run_all(self._session, user_id, _FORGET)
        await mark_stored(self._session, user_id)
        await name_recordings(self._session, user_id)
        return deleted


_FORGET = (
    """CREATE TEMPORARY TABLE used ON COMMIT DROP AS
    SELECT recording_id, spelling_id, max(logged_at) AS last_logged
    FROM (SELECT recording_id, spelling_id, logged_at FROM listen WHERE user_id = :user_id
        UNION ALL
        SELECT recording_id, spelling_id, logged_at FROM also_spelled
        WHERE user_id = :user_id) AS uses
    GROUP BY recording_id, spelling_id""",
    """DELETE FROM spelling WHERE user_id = :user_id AND NOT EXISTS (
        SELECT FROM used WHERE used.recording_id = spelling.recording_id
        AND used.spelling_id = spelling.id)""",
    """UPDATE spelling SET last_logged = used.last_logged FROM used
    WHERE user_id = :user_id AND used.recording_id = spelling.recording_id
    AND used.spelling_id = spelling.id AND spelling.last_logged <> used.last_logged""",
    """DELETE FROM recording WHERE user_id = :user_id AND NOT EXISTS (
        SELECT FROM spelling WHERE spelling.user_id = :user_id
        AND spelling.recording_id = recording.id)""",
    """DELETE FROM end_reason WHERE user_id = :user_id AND NOT EXISTS (
        SELECT FROM listen WHERE listen.user_id = :user_id
        AND listen.end_reason_id = end_reason.id)""",
)
"""Bring the dictionaries in line with the listens that are left."""


def _started(table: Table) -> ColumnElement[datetime]:
    played = func.coalesce(table.c.ms_played, 0) * text("interval '1 millisecond'")
    started: ColumnElement[datetime] = table.c.logged_at - played
    return started


def _fits(
    table: Table, user_id: int, wanted: ListenFilter
) -> list[ColumnElement[bool]]:
    """The conditions on a row of `listen` or `also_spelled`."""
    conditions: list[ColumnElement[bool]] = [table.c.user_id == user_id]
    if wanted.source is not None:
        conditions.append(table.c.source == LOG_CODES[wanted.source])
    if wanted.period is not None:
        conditions += _inside(table, wanted.period, wanted.zone)
    if wanted.artist is not None:
        conditions.append(
            table.c.recording_id.in_(_recordings_of(user_id, wanted.artist))
        )
    return conditions


def _inside(table: Table, period: Period, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    """A period goes by the start; the index is on the logged time, which is later."""
    conditions: list[ColumnElement[bool]] = []
    if period.first is not None and period.first > _EARLIEST:
        begin = _midnight(period.first, zone)
        conditions += [table.c.logged_at >= begin, _started(table) >= begin]
    if period.last is not None and period.last < _LATEST:
        end = _midnight(period.last + timedelta(days=1), zone)
        conditions += [table.c.logged_at < end + _LONGEST, _started(table) < end]
    return conditions


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def _recordings_of(user_id: int, name: str) -> Select[tuple[int]]:
    return (
        select(recording.c.id)
        .join(track, _same_listener(track, recording.c.track_id))
        .join(artist, _same_listener(artist, track.c.artist_id))
        .where(recording.c.user_id == user_id, artist.c.key == name_key(name))
    )


def _same_listener(table: Table, number: Column[Any]) -> ColumnElement[bool]:
    """A dictionary row by its number, of the listener of the recording."""
    return and_(table.c.user_id == recording.c.user_id, table.c.id == number)


def _place(row: Row[Any]) -> tuple[datetime, int, int, int]:
    played = -1 if row.ms_played is None else row.ms_played
    return row.logged_at, row.recording_id, row.source, played


def _read(row: Row[Any], names: Any, reason: str | None) -> ListenRead:
    return ListenRead(
        started_at=row.logged_at - timedelta(milliseconds=row.ms_played or 0),
        artist=names.artist,
        title=names.title,
        album=names.album,
        ms_played=row.ms_played,
        source=LogName(LOG_NAMES[row.source]),
        reason_end=reason,
        skipped=row.skipped,
        shuffle=row.shuffle,
        shadowed=row.shadowed,
    )
