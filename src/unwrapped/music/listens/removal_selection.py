"""Converts a filter to the selection of listens to remove."""

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.core.exceptions import Invalid
from unwrapped.music.history.period import Period
from unwrapped.music.history.public_ids import listen_id, start_of
from unwrapped.music.listens.filters import (
    ListenFilter,
    between,
    recordings_of,
    spelled_on,
)
from unwrapped.music.store.models import LOG_CODES, LOG_NAMES, listen, recording
from unwrapped.music.store.selection import ExactKey, Selection


class NothingNamed(Invalid):
    """A removal does not name what to remove."""

    code = "nothing_named"

    def __init__(self) -> None:
        super().__init__(
            "Name what to remove: a source, a period or an artist. period=all removes"
            " the whole history."
        )


async def select_listens(
    session: AsyncSession, user_id: int, wanted: ListenFilter
) -> Selection:
    """The selection of the listens to remove. Raises `NothingNamed`."""
    named = (wanted.source, wanted.period, wanted.artist, wanted.album, wanted.track)
    if wanted.ids is None and all(part is None for part in named):
        raise NothingNamed
    since, before = between(wanted.period or Period(), wanted.zone)
    return Selection(
        log=None if wanted.source is None else LOG_CODES[wanted.source],
        since=since,
        before=before,
        recordings=await find_recordings(session, user_id, wanted),
        spellings=None
        if wanted.album is None
        else await _find_spellings(session, user_id, wanted.album),
        keys=None
        if wanted.ids is None
        else await _find_keys(session, user_id, set(wanted.ids)),
    )


async def find_recordings(
    session: AsyncSession, user_id: int, wanted: ListenFilter
) -> list[int] | None:
    """The recordings of the artist and track in the filter; None without either."""
    query = recordings_of(user_id, wanted)
    if query is None:
        return None
    return [row.id for row in await session.execute(query)]


async def _find_spellings(
    session: AsyncSession, user_id: int, album_id: str
) -> list[tuple[int, int]]:
    found = await session.execute(spelled_on(user_id, album_id))
    return [(row.recording_id, row.id) for row in found]


async def _find_keys(
    session: AsyncSession, user_id: int, ids: set[str]
) -> list[ExactKey]:
    """The keys of the listens with these public ids; invalid ids are ignored."""
    moments = {moment for one in ids if (moment := start_of(one)) is not None}
    found = await session.execute(
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
                recording.c.user_id == user_id, recording.c.id == listen.c.recording_id
            ),
        )
        .where(listen.c.user_id == user_id, listen.c.started_at.in_(moments))
    )
    return [
        ExactKey(row.started_at, row.recording_id, row.log, row.ms_played)
        for row in found
        if listen_id(LOG_NAMES[row.log], row.started_at, row.identity, row.ms_played)
        in ids
    ]
