"""A listener's stored listens: a page of them, and removing some."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
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
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.selectable import LateralFromClause

from unwrapped.core.exceptions import Invalid
from unwrapped.core.postgres.session_settings import join_by_hash
from unwrapped.music.history.period import Period
from unwrapped.music.history.terms import listen_id, public_id, start_of
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
    history,
    listen,
    recording,
    spelling,
    track,
)
from unwrapped.music.store.selection import ExactKey, Selection, count_selected
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


_RECORDING = _by_key(
    recording, recording.c.identity, recording.c.track_id, id=_WANTED.c.recording_id
)
_TRACK = _by_key(
    track,
    track.c.artist_id,
    track.c.title,
    track.c.public_id,
    id=_RECORDING.c.track_id,
)
_ARTIST = _by_key(artist, artist.c.name, artist.c.public_id, id=_TRACK.c.artist_id)
_SPELLING = _by_key(
    spelling,
    spelling.c.album_id,
    recording_id=_WANTED.c.recording_id,
    id=_WANTED.c.spelling_id,
)
_ALBUM = _by_key(album, album.c.name, album.c.public_id, id=_SPELLING.c.album_id)
_NAMES = (
    select(
        _WANTED.c.recording_id,
        _WANTED.c.spelling_id,
        _RECORDING.c.identity,
        _ARTIST.c.name.label("artist"),
        _ARTIST.c.public_id.label("artist_id"),
        _TRACK.c.title,
        _TRACK.c.public_id.label("track_id"),
        _ALBUM.c.name.label("album"),
        _ALBUM.c.public_id.label("album_id"),
    )
    .select_from(_WANTED)
    .join(_RECORDING, true())
    .join(_TRACK, true())
    .join(_ARTIST, true())
    .join(_SPELLING, true())
    .outerjoin(_ALBUM, true())
)

_TYPES = (datetime, int, int, int)
_NEWEST, _OLDEST = Listing("listens", _TYPES), Listing("listens_oldest", _TYPES)
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
    text: str | None = None
    """A part of the name of the artist, the track or the album."""

    album: str | None = None
    """The public id of the album."""

    track: str | None = None
    """That of the track."""

    ids: Sequence[str] | None = None
    """The listens themselves, by the ids that they are shown with."""


class ListenOrder(StrEnum):
    """Which listens come first."""

    NEWEST = "newest"
    OLDEST = "oldest"


class ListenService:
    """The stored listens of one listener."""

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
        """Listens by their start, from `day` on where it is given. Raises `BadCursor`."""
        query = select(listen).where(*_fits(user_id, wanted))
        named = (wanted.artist, wanted.text, wanted.album, wanted.track)
        if any(part is not None for part in named):
            await join_by_hash(self._session)
        if order is ListenOrder.NEWEST:
            query = query.where(*_within(Period(last=day), wanted.zone))
            listing = _NEWEST
            query = listing.newest_first(query, _PLACE, limit, cursor)
        else:
            query = query.where(*_within(Period(first=day), wanted.zone))
            listing = _OLDEST
            query = listing.oldest_first(query, _PLACE, limit, cursor)
        found = await self._session.execute(query)
        page = listing.page(found.all(), limit, _place)
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

    async def sources(self, user_id: int) -> list[LogName]:
        """The logs that the history has listens of, or has had."""
        query = select(history.c.logs).where(history.c.user_id == user_id)
        codes = await self._session.scalar(query)
        return [name for name in LogName if LOG_CODES[name] in (codes or ())]

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
        named = (wanted.source, wanted.period, wanted.artist, wanted.ids)
        if all(part is None for part in named):
            raise NothingNamed
        since, before = _between(wanted.period or Period(), wanted.zone)
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
            keys=None
            if wanted.ids is None
            else await self._keys(user_id, set(wanted.ids)),
        )

    async def _keys(self, user_id: int, ids: set[str]) -> list[ExactKey]:
        """The listens that are shown with these ids; an id that is none has no listen."""
        moments = {moment for one in ids if (moment := start_of(one)) is not None}
        found = await self._session.execute(
            select(
                listen.c.started_at,
                listen.c.recording_id,
                listen.c.log,
                listen.c.ms_played,
                recording.c.identity,
            )
            .join(
                recording,
                and_(
                    recording.c.user_id == user_id,
                    recording.c.id == listen.c.recording_id,
                ),
            )
            .where(listen.c.user_id == user_id, listen.c.started_at.in_(moments))
        )
        return [
            ExactKey(row.started_at, row.recording_id, row.log, row.ms_played)
            for row in found
            if listen_id(
                LOG_NAMES[row.log], row.started_at, row.identity, row.ms_played
            )
            in ids
        ]


def _fits(user_id: int, wanted: ListenFilter) -> list[ColumnElement[bool]]:
    """The conditions on a row of `listen`."""
    conditions: list[ColumnElement[bool]] = [listen.c.user_id == user_id]
    if wanted.source is not None:
        conditions.append(listen.c.log == LOG_CODES[wanted.source])
    conditions += _within(wanted.period or Period(), wanted.zone)
    if wanted.text is not None:
        conditions.append(_named_like(user_id, wanted.text))
    if wanted.track is not None:
        conditions.append(listen.c.recording_id.in_(_takes_of(user_id, wanted.track)))
    if wanted.album is not None:
        spelled = tuple_(listen.c.recording_id, listen.c.spelling_id)
        conditions.append(spelled.in_(_spelled_on(user_id, wanted.album)))
    if wanted.artist is not None:
        conditions.append(
            listen.c.recording_id.in_(_recordings_of(user_id, wanted.artist))
        )
    return conditions


def _within(period: Period, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    """The conditions on the start of a listen of a period."""
    since, before = _between(period, zone)
    conditions: list[ColumnElement[bool]] = []
    if since is not None:
        conditions.append(listen.c.started_at >= since)
    if before is not None:
        conditions.append(listen.c.started_at < before)
    return conditions


def _between(period: Period, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    """From when to before when a period goes."""
    since = before = None
    if period.first is not None and period.first > _EARLIEST:
        since = _midnight(period.first, zone)
    if period.last is not None and period.last < _LATEST:
        before = _midnight(period.last + timedelta(days=1), zone)
    return since, before


def _named_like(user_id: int, part: str) -> ColumnElement[bool]:
    """That artist, track or album of a listen have `part` in their name."""

    def has(column: Column[str]) -> ColumnElement[bool]:
        return func.strpos(func.lower(column), func.lower(part)) > 0

    by_track = (
        select(recording.c.id)
        .join(track, _same_listener(track, recording.c.track_id))
        .join(artist, _same_listener(artist, track.c.artist_id))
        .where(recording.c.user_id == user_id, has(artist.c.name) | has(track.c.title))
    )
    by_album = (
        select(spelling.c.recording_id, spelling.c.id)
        .join(
            album, and_(album.c.user_id == user_id, album.c.id == spelling.c.album_id)
        )
        .where(spelling.c.user_id == user_id, has(album.c.name))
    )
    return or_(
        listen.c.recording_id.in_(by_track),
        tuple_(listen.c.recording_id, listen.c.spelling_id).in_(by_album),
    )


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


def _takes_of(user_id: int, track_id: str) -> Select[tuple[int]]:
    """The recordings that count as a track."""
    return (
        select(recording.c.id)
        .join(track, _same_listener(track, recording.c.track_id))
        .where(recording.c.user_id == user_id, track.c.public_id == track_id)
    )


def _spelled_on(user_id: int, album_id: str) -> Select[tuple[int, int]]:
    """The spellings whose listens are shown on an album."""
    return (
        select(spelling.c.recording_id, spelling.c.id)
        .join(
            album, and_(album.c.user_id == user_id, album.c.id == spelling.c.album_id)
        )
        .where(spelling.c.user_id == user_id, album.c.public_id == album_id)
    )


def _same_listener(table: Table, number: Column[Any]) -> ColumnElement[bool]:
    """A dictionary row by its number, of the listener of the recording."""
    return and_(table.c.user_id == recording.c.user_id, table.c.id == number)


def _place(row: Row[Any]) -> tuple[datetime, int, int, int]:
    played = -1 if row.ms_played is None else row.ms_played
    return row.started_at, row.recording_id, row.log, played


def _read(row: Row[Any], names: Any, reason: str | None) -> ListenRead:
    source = LogName(LOG_NAMES[row.log])
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
    )
