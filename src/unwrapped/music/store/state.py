"""The state of a history as a whole: its lock, its version, its rules."""

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.core.exceptions import Conflict, UserNotFoundError
from unwrapped.core.postgres.advisory_locks import take_lock, try_lock
from unwrapped.music.store.listener_sql import of_listener, run

RULES = f"1/{unicodedata.unidata_version}"
"""The versions of the rules for marks and names, and of the Unicode tables behind keys.
A history that was stored with others is updated.
"""


class HistoryBusy(Conflict):
    """An import or a removal is changing the listener's history."""

    code = "history_busy"

    def __init__(self) -> None:
        super().__init__(
            "Your history is being changed by an import or a removal. Try again when"
            " that has ended."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryState:
    """The state of a history while its lock is held."""

    version: int = 0
    rules: str = RULES
    next_number: int = 1
    logs: frozenset[int] = field(default_factory=frozenset)
    """The codes of the logs of all listens that the history has or had."""

    removals: int = 0

    @property
    def is_new(self) -> bool:
        """Whether nothing was ever stored."""
        return self.version == 0

    @property
    def is_current(self) -> bool:
        """Whether marks and names follow the current rules."""
        return self.rules == RULES


_STATE = of_listener("""SELECT history.* FROM "user"
LEFT JOIN history ON history.user_id = "user".id
WHERE "user".id = :user_id FOR KEY SHARE OF "user" """)


async def lock_history(
    session: AsyncSession, user_id: int, *, wait: bool = True
) -> HistoryState:
    """Lock a history against other changes until the transaction ends; return its state.

    Until then, the listener cannot be deleted. Raises `UserNotFoundError` if the listener
    does not exist and, unless it may `wait`, `HistoryBusy` during another change.
    """
    if wait:
        await take_lock(session, "history", user_id)
    elif not await try_lock(session, "history", user_id):
        raise HistoryBusy
    found = (await session.execute(_STATE, {"user_id": user_id})).one_or_none()
    if found is None:
        raise UserNotFoundError("There is no such user.")
    if found.user_id is None:
        return HistoryState()
    return HistoryState(
        version=found.version,
        rules=found.rules,
        next_number=found.next_number,
        logs=frozenset(found.logs),
        removals=found.removals,
    )


_STORE = """INSERT INTO history
    (user_id, version, rules, next_number, logs, streamed, removals)
VALUES (:user_id, 1, :rules, :next_number, CAST(:logs AS smallint[]),
    CAST(CAST(:streamed AS text) AS int4multirange), :removals)
ON CONFLICT (user_id) DO UPDATE SET version = history.version + 1, rules = excluded.rules,
    next_number = excluded.next_number, logs = excluded.logs,
    streamed = history.streamed + excluded.streamed, removals = excluded.removals"""


async def store_state(
    session: AsyncSession, user_id: int, state: HistoryState, streamed: str = "{}"
) -> None:
    """Store the state after a change, as the next version with the current rules.

    `streamed` are the numbers of records that did not come by an import, as a multirange.
    """
    await run(
        session,
        user_id,
        _STORE,
        rules=RULES,
        next_number=state.next_number,
        logs=sorted(state.logs),
        streamed=streamed,
        removals=state.removals,
    )


ADDITIONS_KEPT = 500
"""The number of the latest versions whose additions are kept."""

_NOTE_ADDITION = """WITH forgotten AS (
    DELETE FROM addition WHERE user_id = :user_id AND version <= :oldest)
INSERT INTO addition (user_id, version, first_started, last_started)
VALUES (:user_id, :version, CAST(:first AS timestamptz), CAST(:last AS timestamptz))"""


async def note_addition(
    session: AsyncSession,
    user_id: int,
    version: int,
    span: tuple[datetime, datetime] | None,
) -> None:
    """Store that a version only added listens that begin within `span`.

    Marks and names of all other listens are unchanged. `span` is None if no listen was
    added.
    """
    first, last = span or (None, None)
    await run(
        session,
        user_id,
        _NOTE_ADDITION,
        version=version,
        oldest=version - ADDITIONS_KEPT,
        first=first,
        last=last,
    )
