"""From the inbox into the history: a worker merges what waits, listener by listener.

Merge and removal from the inbox are one transaction: a worker that is killed leaves the
submission where it was, and one that was merged twice would be known the second time.
"""

import asyncio

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.core.exceptions import UserNotFoundError
from unwrapped.core.resources import Resources
from unwrapped.music.scrobbles.inbox import Inbox

LISTENERS, SUBMISSIONS, LISTENS = 100, 500, 2_000
"""At once: as many as one turn of a worker takes up."""

log = structlog.get_logger()


async def merge_some(session: AsyncSession, user_id: int, *, wait: bool = True) -> int:
    """Merge what waits the longest; says how many submissions that were.

    Raises `UserNotFoundError`, and `HistoryBusy` where it is not to wait for another
    change of the history.
    """
    # Frames are loaded by the first that need them.
    from unwrapped.music.history.building import prepare_rows
    from unwrapped.music.sources.received import read_received
    from unwrapped.music.store.merge import HistoryMerge
    from unwrapped.music.store.state import lock_history

    await lock_history(session, user_id, wait=wait)
    inbox = Inbox(session)
    ids, scrobbles = await inbox.first(user_id, SUBMISSIONS, LISTENS)
    if not ids:
        return 0
    prepared = await asyncio.to_thread(lambda: prepare_rows(read_received(scrobbles)))
    if not prepared.listens.is_empty():
        await HistoryMerge(session, user_id, is_import=False).merge(prepared)
    await inbox.delete(ids)
    return len(ids)


async def merge_waiting(session: AsyncSession, user_id: int) -> None:
    """Merge all that waits of one listener, in this transaction."""
    while await merge_some(session, user_id):
        pass


async def drain_inbox(resources: Resources) -> int:
    """Merge some of what waits of everybody; says how many submissions that were.

    0 where nothing waits, or only what has to wait for another change of its history.
    """
    from unwrapped.music.store.state import HistoryBusy

    async with resources.database.session() as session:
        listeners = await Inbox(session).waiting(LISTENERS)
    merged = 0
    for user_id in listeners:
        try:
            async with resources.database.session() as session:
                merged += await merge_some(session, user_id, wait=False)
        except (HistoryBusy, UserNotFoundError):
            continue
    return merged
