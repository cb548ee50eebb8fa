"""What a session of PostgreSQL is set to: how long a statement may take, how it is planned.

The same for every connection of a process, whichever driver opens it.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

TOO_LONG = ("57014", "55P03")
"""SQLSTATEs of a statement that took too long, or that an operator cancelled, and of one
that waited too long for a lock."""

# A server on Windows cannot look for its client, and refuses to be asked to.
_LOOK_FOR_CLIENT = """BEGIN
SET client_connection_check_interval = '500ms';
EXCEPTION WHEN invalid_parameter_value THEN NULL; END;"""

JOIN_BY_HASH = """SELECT set_config('work_mem', '128MB', true),
    set_config('enable_nestloop', 'off', true), set_config('jit', 'off', true)"""
"""For the rest of the transaction: hash joins, in memory.

Right after an import nobody has statistics of the listener's rows, or those of somebody
else alone. The planner then expects one row of a listener who has a million, and goes
through all of them for each row of the other side. It belongs in front of every statement
that joins the dictionaries of a listener as a whole; what reads a page looks rows up by
their whole keys instead (`ListenService`).

Before PostgreSQL 18 a loop that nothing can replace then counts as so dear that it would
be compiled first, which takes longer than it does.
"""


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """What every session of a process begins with."""

    longest_statement: timedelta | None = None
    """A statement that takes longer is ended; None leaves it to the server."""

    name: str = "unwrapped"
    """What the server calls its sessions (`application_name`)."""

    longest_lock: timedelta | None = None
    """A statement that waits longer for a lock is ended."""

    longest_pause: timedelta | None = None
    """A session that asks nothing for longer inside a transaction is ended."""

    @property
    def statement(self) -> str:
        """SQL that puts them into force, also inside a transaction.

        Poolers refuse settings that come with the connection. The server ends a
        statement soon after its client has gone, where its platform lets it find out.
        """
        limits = {
            "statement_timeout": self.longest_statement,
            "lock_timeout": self.longest_lock,
            "idle_in_transaction_session_timeout": self.longest_pause,
        }
        timeouts = "".join(
            f"SET {name} = {max(round(limit.total_seconds() * 1000), 1)};"
            for name, limit in limits.items()
            if limit is not None
        )
        return f"DO $$BEGIN {timeouts} {_LOOK_FOR_CLIENT} END$$"


async def join_by_hash(session: AsyncSession | AsyncConnection) -> None:
    """Put `JOIN_BY_HASH` into force."""
    await session.execute(text(JOIN_BY_HASH))


async def join_by_index(session: AsyncSession) -> None:
    """Take `JOIN_BY_HASH` back, where few rows of many are looked up by their whole key."""
    await session.execute(text("SET LOCAL enable_nestloop = on"))


async def lift_limit(session: AsyncSession) -> None:
    """Let the rest of the transaction take as long as it must."""
    await session.execute(text("SET LOCAL statement_timeout = 0"))


def is_statement_timeout(error: BaseException) -> bool:
    """Whether a statement was ended because it took too long, whatever its driver."""
    # SQLAlchemy's error has that of its driver in `orig`.
    cause = getattr(error, "orig", None) or error
    return getattr(cause, "sqlstate", None) in TOO_LONG
