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
    func,
    literal,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.selectable import LateralFromClause

from unwrapped.core.exceptions import Invalid
from unwrapped.core.postgres.session_settings import join_by_hash
from unwrapped.music.history.identity import public_id
from unwrapped.music.history.period import Period
from unwrapped.music.listens.schemas import ListenRead
from unwrapped.music.sources.logs import LogName
from unwrapped.music.sources.name_keys import name_key
from unwrapped.music.store.models import (
    LOG_CODES,
    LOG_NAMES,
    MARK_NAMES,
    album,
    artist,
    end_reason,
    listen,
    recording,
    spelling,
    track,
)
from unwrapped.music.store.selection import Selection, count_selected
from unwrapped.shared.pagination import Listing, Page

_PLACE = (
    listen.c.started_at,
    listen.c.recording_id,
    listen.c.log,
    func.coalesce(listen.c.ms_played, literal(-1)),
)
_WANTED = (
    func.unnest(
        bindparam("users", type_=ARRAY(BigInteger)),
        bindparam("recordings", type_=ARRAY(Integer)),
        bindparam("spellings", type_=ARRAY(Integer)),
    )
    .table_valued("user_id", "recording_id", "spelling_id", name="wanted")
    .render_derived()
)


def _by_key(
    table: Table, *columns: Column[Any], **key: ColumnElement[Any]
) -> LateralFromClause:
    """The row of a dictionary that has the key, found by its primary key alone.

    The limit keeps it from being joined with others, and the listener, coming with each
    row, from being a constant: the planner may know nothing of them, take all their rows
    for one, and go through these for each row of a page.
    """
    found = select(*columns).where(
        table.c.user_id == _WANTED.c.user_id,
        *(table.c[name] == value for name, value in key.items()),
    )
    return found.limit(1).lateral(table.name)


_RECORDING = _by_key(recording, recording.c.track_id, id=_WANTED.c.recording_id)
_TRACK = _by_key(track, track.c.artist_id, track.c.title, id=_RECORDING.c.track_id)
_ARTIST = _by_key(artist, artist.c.name, id=_TRACK.c.artist_id)
_SPELLING = _by_key(
    spelling,
    spelling.c.album_id,
    recording_id=_WANTED.c.recording_id,
    id=_WANTED.c.spelling_id,
)
_ALBUM = _by_key(album, album.c.name, id=_SPELLING.c.album_id)
_NAMES = (
    select(
        _WANTED.c.recording_id,
        _WANTED.c.spelling_id,
        _ARTIST.c.name.label("artist"),
        _TRACK.c.title,
        _ALBUM.c.name.label("album"),
    )
    .select_from(_WANTED)
    .join(_RECORDING, true())
    .join(_TRACK, true())
    .join(_ARTIST, true())
    .join(_SPELLING, true())
    .outerjoin(_ALBUM, true())
)

_LISTING = Listing("listens", (datetime, int, int, int))
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
        """Listens by their start, the latest first. Raises `BadCursor`."""
        query = select(listen).where(*_fits(user_id, wanted))
        if wanted.artist is not None:
            await join_by_hash(self._session)
        found = await self._session.execute(
            _LISTING.newest_first(query, _PLACE, limit, cursor)
        )
        page = _LISTING.page(found.all(), limit, _place)
        # Names are looked up for the rows of the page: joined before, the planner might
        # name a whole history to show fifty.
        spelled = {(row.recording_id, row.spelling_id) for row in page.rows}
        names = await self._names(user_id, spelled)
        reasons = await self._reasons(user_id, {row.end_reason_id for row in page.rows})
        return page.of(
            lambda row: _read(
                row,
                names[row.recording_id, row.spelling_id],
                reasons.get(row.end_reason_id),
            )
        )

    async def _names(
        self, user_id: int, spelled: set[tuple[int, int]]
    ) -> dict[tuple[int, int], Any]:
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

    async def count_listens(self, user_id: int, wanted: ListenFilter) -> int:
        """How many listens `delete_listens` would remove. Raises `NothingNamed`."""
        selection = await self._selection(user_id, wanted)
        return await count_selected(self._session, user_id, selection)

    async def delete_listens(
        self, user_id: int, wanted: ListenFilter, *, wait: bool = True
    ) -> int:
        """Remove listens; what is left is as if they had never been imported.

        Returns how many were removed, shadowed ones included. Raises `NothingNamed`, and
        `HistoryBusy` where it is not to wait for another change of the history.
        """
        # Frames are loaded where they are needed, in a web process at the first removal.
        from unwrapped.music.store.removal import HistoryRemoval

        removal = HistoryRemoval(self._session, user_id)
        return await removal.remove(await self._selection(user_id, wanted), wait=wait)

    async def _selection(self, user_id: int, wanted: ListenFilter) -> Selection:
        """What a removal takes. Raises `NothingNamed`."""
        if (wanted.source, wanted.period, wanted.artist) == (None, None, None):
            raise NothingNamed
        since, before = _between(wanted)
        recordings = None
        if wanted.artist is not None:
            await join_by_hash(self._session)
            found = await self._session.execute(_recordings_of(user_id, wanted.artist))
            recordings = [row.id for row in found]
        return Selection(
            log=None if wanted.source is None else LOG_CODES[wanted.source],
            since=since,
            before=before,
            recordings=recordings,
        )


def _fits(user_id: int, wanted: ListenFilter) -> list[ColumnElement[bool]]:
    """The conditions on a row of `listen`."""
    conditions: list[ColumnElement[bool]] = [listen.c.user_id == user_id]
    if wanted.source is not None:
        conditions.append(listen.c.log == LOG_CODES[wanted.source])
    since, before = _between(wanted)
    if since is not None:
        conditions.append(listen.c.started_at >= since)
    if before is not None:
        conditions.append(listen.c.started_at < before)
    if wanted.artist is not None:
        conditions.append(
            listen.c.recording_id.in_(_recordings_of(user_id, wanted.artist))
        )
    return conditions


def _between(wanted: ListenFilter) -> tuple[datetime | None, datetime | None]:
    """From when to before when a period goes."""
    since = before = None
    period = wanted.period or Period()
    if period.first is not None and period.first > _EARLIEST:
        since = _midnight(period.first, wanted.zone)
    if period.last is not None and period.last < _LATEST:
        before = _midnight(period.last + timedelta(days=1), wanted.zone)
    return since, before


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def _recordings_of(user_id: int, name: str) -> Select[tuple[int]]:
    return (
        select(recording.c.id)
        .join(track, _same_listener(track, recording.c.track_id))
        .join(artist, _same_listener(artist, track.c.artist_id))
        .where(
            recording.c.user_id == user_id,
            artist.c.public_id == public_id(name_key(name)),
        )
    )


def _same_listener(table: Table, number: Column[Any]) -> ColumnElement[bool]:
    """A dictionary row by its number, of the listener of the recording."""
    return and_(table.c.user_id == recording.c.user_id, table.c.id == number)


def _place(row: Row[Any]) -> tuple[datetime, int, int, int]:
    played = -1 if row.ms_played is None else row.ms_played
    return row.started_at, row.recording_id, row.log, played


def _read(row: Row[Any], names: Any, reason: str | None) -> ListenRead:
    return ListenRead(
        started_at=row.started_at,
        artist=names.artist,
        title=names.title,
        album=names.album,
        ms_played=row.ms_played,
        source=LogName(LOG_NAMES[row.log]),
        reason_end=reason,
        skipped=row.skipped,
        shuffle=row.shuffle,
        mark=MARK_NAMES.get(row.mark),
    )
