"""Filters of listens, converted to conditions on their rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Select,
    Subquery,
    Table,
    and_,
    case,
    func,
    literal,
    select,
    tuple_,
)

from unwrapped.music.history.period import Period
from unwrapped.music.history.public_ids import public_id
from unwrapped.music.sources.logs import LogName
from unwrapped.music.sources.name_keys import name_key
from unwrapped.music.store.models import (
    LOG_CODES,
    album,
    artist,
    listen,
    recording,
    spelling,
    track,
)
from unwrapped.shared.zones import offsets_between

# No listen is outside these days. At the ends of the calendar, some days have no midnight.
_EARLIEST, _LATEST = date(1900, 1, 1), date(9000, 1, 1)

_HOUR = 3600
_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(2100, 1, 1)
"""The days between which clock changes are applied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenFilter:
    """The listens that match every member; None matches all listens."""

    source: LogName | None = None
    period: Period | None = None
    zone: ZoneInfo
    artist: str | None = None
    hour: int | None = None
    """The hour of the day in which a listen began, from 0 to 23."""

    weekday: int | None = None
    """The day of the week on which a listen began; 1 is Monday."""

    text: str | None = None
    """A part of the name of the artist, the track or the album."""

    album: str | None = None
    """The public id of the album."""

    track: str | None = None
    """The public id of the track."""

    ids: Sequence[str] | None = None
    """The public ids of the listens themselves."""


def fits(
    user_id: int, wanted: ListenFilter, recordings: Sequence[int] | None
) -> list[ColumnElement[bool]]:
    """The conditions on a row of `listen`, except the one on names (`name_search.py`).

    `recordings` are those of `recordings_of`, or None.
    """
    conditions: list[ColumnElement[bool]] = [listen.c.user_id == user_id]
    if wanted.source is not None:
        conditions.append(listen.c.log == LOG_CODES[wanted.source])
    conditions += within(wanted.period or Period(), wanted.zone)
    conditions += _at_times(wanted)
    if recordings is not None:
        among = literal(recordings, ARRAY(Integer))
        conditions.append(listen.c.recording_id == func.any(among))
    if wanted.album is not None:
        spelled = tuple_(listen.c.recording_id, listen.c.spelling_id)
        conditions.append(spelled.in_(spelled_on(user_id, wanted.album)))
    return conditions


def within(period: Period, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    """The conditions on the start of a listen in a period."""
    since, before = between(period, zone)
    conditions: list[ColumnElement[bool]] = []
    if since is not None:
        conditions.append(listen.c.started_at >= since)
    if before is not None:
        conditions.append(listen.c.started_at < before)
    return conditions


def between(period: Period, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    """The first moment of a period, and the first moment after it; None if open."""
    since = before = None
    if period.first is not None and period.first > _EARLIEST:
        since = _midnight(period.first, zone)
    if period.last is not None and period.last < _LATEST:
        before = _midnight(period.last + timedelta(days=1), zone)
    return since, before


def _at_times(wanted: ListenFilter) -> list[ColumnElement[bool]]:
    """The conditions on the local time and weekday of the start."""
    if wanted.hour is None and wanted.weekday is None:
        return []
    conditions: list[ColumnElement[bool]] = []
    local = func.extract("epoch", listen.c.started_at) + _offset_of(wanted.zone)
    if wanted.hour is not None:
        hours = func.floor(local / _HOUR)
        conditions.append(hours - func.floor(hours / 24) * 24 == wanted.hour)
    if wanted.weekday is not None:
        # 1 January 1970 was a Thursday.
        days = func.floor(local / (24 * _HOUR)) + 3
        conditions.append(days - func.floor(days / 7) * 7 == wanted.weekday - 1)
    return conditions


def _offset_of(zone: ZoneInfo) -> ColumnElement[int]:
    """The UTC offset in seconds when a listen began."""
    first, *later = _offsets(zone)
    # Most listens are recent, so the latest changes come first.
    changes = [(listen.c.started_at >= since, offset) for since, offset in later[::-1]]
    return case(*changes, else_=first[1]) if changes else literal(first[1])


@lru_cache(maxsize=32)
def _offsets(zone: ZoneInfo) -> list[tuple[datetime, int]]:
    first, last = (_midnight(day, zone) for day in (_FIRST_DAY, _LAST_DAY))
    return [
        (since, int(offset.total_seconds()))
        for since, offset in offsets_between(first, last, zone)
    ]


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def recordings_of(user_id: int, wanted: ListenFilter) -> Select[tuple[int]] | None:
    """Select the recordings of the artist and track in the filter; None without either.

    They are looked up by whole keys. The limit in `_named` keeps the planner from merging
    that query into this one, and makes the listener a column instead of a constant (see
    `naming`).
    """
    if wanted.artist is None and wanted.track is None:
        return None
    query = select(recording.c.id).join(
        track,
        and_(
            track.c.user_id == recording.c.user_id, track.c.id == recording.c.track_id
        ),
    )
    if wanted.artist is not None:
        named = _named(artist, user_id, public_id(name_key(wanted.artist)))
        owned = and_(
            track.c.user_id == named.c.user_id, track.c.artist_id == named.c.id
        )
        query = query.join(named, owned)
    if wanted.track is not None:
        named = _named(track, user_id, wanted.track)
        same = and_(track.c.user_id == named.c.user_id, track.c.id == named.c.id)
        query = query.join(named, same)
    return query


def _named(table: Table, user_id: int, wanted: str) -> Subquery:
    """The row of a dictionary with this public id."""
    found = select(table.c.user_id, table.c.id).where(
        table.c.user_id == user_id, table.c.public_id == wanted
    )
    return found.limit(1).subquery()


def spelled_on(user_id: int, album_id: str) -> Select[tuple[int, int]]:
    """The spellings whose listens are shown on an album."""
    return (
        select(spelling.c.recording_id, spelling.c.id)
        .join(
            album, and_(album.c.user_id == user_id, album.c.id == spelling.c.album_id)
        )
        .where(spelling.c.user_id == user_id, album.c.public_id == album_id)
    )
