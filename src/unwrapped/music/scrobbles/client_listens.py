"""Reads, counts and removes listens for clients of both protocols."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.core.process_resources import Resources
from unwrapped.music.history.period import Period
from unwrapped.music.listens.service import ListenService
from unwrapped.music.scrobbles.merging import merge_waiting
from unwrapped.music.sources.name_keys import UNKNOWN_ARTIST, name_key
from unwrapped.music.statistics.question import Asked
from unwrapped.music.statistics.schemas import Amounts
from unwrapped.music.statistics.service import open_statistics
from unwrapped.music.store.models import listen
from unwrapped.music.store.selection import ExactKey, Selection

_EARLIEST, _LATEST = -62_135_596_800, 253_402_300_799
"""The Unix times of the first and the last second of Python's `datetime`."""

_NAMESPACE = UUID("2c1f4f0a-6f0e-5d3c-9a3e-6b1d7c0e9f52")


@dataclass(frozen=True, slots=True)
class Heard:
    """A listen that counts, with the names that are shown."""

    listened_at: int
    """The Unix time of its start, in seconds."""

    artist: str
    title: str
    album: str | None
    length_ms: int | None
    ms_played: int | None

    @property
    def msid(self) -> UUID:
        """The id of its track for clients of ListenBrainz."""
        return msid_of(self.artist, self.title)


class HeardService:
    """Reads and removes listens, in a given transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def between(
        self,
        user_id: int,
        limit: int,
        *,
        after: int | None = None,
        before: int | None = None,
        offset: int = 0,
        oldest_first: bool = False,
    ) -> list[Heard]:
        """Counted listens that begin between two Unix times, both excluded.

        The newest come first; with `oldest_first`, the oldest.
        """
        order = listen.c.started_at.asc if oldest_first else listen.c.started_at.desc
        found = await self._session.execute(
            select(
                listen.c.started_at,
                listen.c.recording_id,
                listen.c.spelling_id,
                listen.c.length_ms,
                listen.c.ms_played,
            )
            .where(*_counted(user_id, after, before))
            .order_by(order(), listen.c.recording_id)
            .limit(limit)
            .offset(offset)
        )
        rows = found.all()
        spelled = {(row.recording_id, row.spelling_id) for row in rows}
        names = await ListenService(self._session).names(user_id, spelled)
        return [_heard(row, names[row.recording_id, row.spelling_id]) for row in rows]

    async def count(
        self, user_id: int, *, after: int | None = None, before: int | None = None
    ) -> int:
        """The number of counted listens between two Unix times, both excluded."""
        counted = select(func.count()).select_from(listen)
        query = counted.where(*_counted(user_id, after, before))
        return await self._session.scalar(query) or 0

    async def delete(self, user_id: int, listened_at: int, msid: UUID) -> int:
        """Remove the listens to a track that began in one second; return their number.

        Removes listens that do not count as well, and those that wait in the inbox, which
        are merged first. Raises `HistoryBusy`.
        """
        # The first removal in a web process loads Polars.
        from unwrapped.music.store.removal import HistoryRemoval

        await merge_waiting(self._session, user_id, wait=False)
        if not _EARLIEST < listened_at < _LATEST:
            return 0
        since = datetime.fromtimestamp(listened_at, UTC)
        found = await self._session.execute(
            select(listen).where(
                listen.c.user_id == user_id,
                listen.c.started_at >= since,
                listen.c.started_at < since + timedelta(seconds=1),
            )
        )
        rows = found.all()
        spelled = {(row.recording_id, row.spelling_id) for row in rows}
        names = await ListenService(self._session).names(user_id, spelled)
        keys = [
            ExactKey(row.started_at, row.recording_id, row.log, row.ms_played)
            for row in rows
            if _heard(row, names[row.recording_id, row.spelling_id]).msid == msid
        ]
        if not keys:
            return 0
        removal = HistoryRemoval(self._session, user_id)
        return await removal.remove(Selection(keys=keys), wait=False)


def msid_of(artist: str, title: str) -> UUID:
    """The id of a track for clients of ListenBrainz, derived from its names alone."""
    artist_key = name_key(artist) or name_key(UNKNOWN_ARTIST)
    return uuid5(_NAMESPACE, f"{artist_key}\x1f{name_key(title)}")


async def totals(
    session: AsyncSession, resources: Resources, user_id: int, zone: ZoneInfo
) -> Amounts:
    """Totals of the whole history: `listens`, distinct `artists` and so on."""
    statistics = await open_statistics(session, resources, user_id)
    today = datetime.now(zone).date()
    return (await statistics.summary(Asked(Period(), zone, today))).amounts


def _counted(
    user_id: int, after: int | None, before: int | None
) -> Sequence[ColumnElement[bool]]:
    conditions = [listen.c.user_id == user_id, listen.c.mark == 0]
    if after is not None:
        # A listen has its time in whole seconds: one that began within `after` is excluded.
        conditions.append(listen.c.started_at >= _moment(after + 1))
    if before is not None:
        conditions.append(listen.c.started_at < _moment(before))
    return conditions


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(min(max(seconds, _EARLIEST), _LATEST), UTC)


def _heard(row: Any, names: Any) -> Heard:
    return Heard(
        listened_at=int(row.started_at.timestamp() // 1),
        artist=names.artist,
        title=names.title,
        album=names.album,
        length_ms=row.length_ms or None,
        ms_played=row.ms_played,
    )
