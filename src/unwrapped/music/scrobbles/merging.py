"""Merging the inbox into the history: a worker does it, listener by listener.

A submission is merged and removed from the inbox in one transaction. If the worker is
killed, the submission stays in the inbox. Merging a submission twice adds nothing: the
second merge finds only known listens.
"""

import asyncio
import time

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.core.database import is_lost_connection
from unwrapped.core.exceptions import UserNotFoundError
from unwrapped.core.process_resources import Resources
from unwrapped.music.scrobbles.inbox import Inbox

LISTENERS, SUBMISSIONS, LISTENS = 100, 500, 2_000
"""The most listeners of one run, and the most submissions of one merge; a merge takes no
further submission once it has this number of listens.
"""

LEFT_SECONDS = 60.0
"""How long a listener is skipped after a merge that failed."""

AT_ONCE = 2
"""The most listeners whose scrobbles a worker merges at the same time."""

log = structlog.get_logger()


async def merge_some(session: AsyncSession, user_id: int, *, wait: bool = True) -> int:
    """Merge the oldest submissions of a listener; return their number.

    Raises `UserNotFoundError`. Without `wait`, raises `HistoryBusy` while another
    transaction changes the history.
    """
    # The first merge loads Polars.
    from unwrapped.music.history.building import prepare_rows
    from unwrapped.music.sources.received_scrobbles import read_received
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


async def merge_waiting(
    session: AsyncSession, user_id: int, *, wait: bool = True
) -> None:
    """Merge all submissions of one listener in this transaction.

    Raises what `merge_some` raises.
    """
    while await merge_some(session, user_id, wait=wait):
        pass


class Troubled:
    """The listeners whose scrobbles could not be merged because of an unexpected error.

    They are skipped for a while, so that they do not delay the others.
    """

    def __init__(self, resources: Resources) -> None:
        self._until: dict[int, float] = {}

    def leave(self, user_id: int) -> None:
        """Skip a listener for `LEFT_SECONDS`."""
        self._until[user_id] = time.monotonic() + LEFT_SECONDS

    def are(self) -> list[int]:
        """The listeners to skip now."""
        now = time.monotonic()
        self._until = {one: until for one, until in self._until.items() if until > now}
        return list(self._until)

    async def aclose(self) -> None:
        """Do nothing: there is nothing to close."""


async def drain_inbox(resources: Resources) -> int:
    """Merge submissions of the listeners that wait the longest; return their number.

    Returns 0 if nothing could be merged: the inbox is empty, or the histories of its
    listeners are being changed, or the listeners are skipped.
    """
    troubled = resources.kept(Troubled, Troubled)
    async with resources.database.session() as session:
        listeners = await Inbox(session).waiting(LISTENERS, but=troubled.are())
    turns = asyncio.Semaphore(AT_ONCE)
    outcomes = await asyncio.gather(
        *(_merge_of(resources, user_id, turns) for user_id in listeners),
        return_exceptions=True,
    )
    merged = 0
    for user_id, outcome in zip(listeners, outcomes, strict=True):
        if isinstance(outcome, int):
            merged += outcome
        elif not isinstance(outcome, Exception) or is_lost_connection(outcome):
            raise outcome
        else:
            log.error("scrobbles.not_merged", user_id=user_id, exc_info=outcome)
            troubled.leave(user_id)
    return merged


async def _merge_of(
    resources: Resources, user_id: int, turns: asyncio.Semaphore
) -> int:
    from unwrapped.music.store.state import HistoryBusy

    try:
        async with turns, resources.database.session() as session:
            return await merge_some(session, user_id, wait=False)
    except (HistoryBusy, UserNotFoundError):
        return 0
