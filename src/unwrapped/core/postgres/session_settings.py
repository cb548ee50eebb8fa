"""Settings of a PostgreSQL session: how long a statement may take, how it is planned.

They are the same for every connection of a process, with any driver.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

TOO_LONG = ("57014", "55P03")
"""SQLSTATEs of a statement that took too long, or that an operator cancelled, and of one
that waited too long for a lock."""

# A server on Windows cannot check for its client, and refuses the setting.
_LOOK_FOR_CLIENT = """BEGIN
SET client_connection_check_interval = '500ms';
EXCEPTION WHEN invalid_parameter_value THEN NULL; END;"""

JOIN_BY_HASH = """SELECT set_config('work_mem', '128MB', true),
    set_config('enable_nestloop', 'off', true), set_config('jit', 'off', true)"""
"""For the rest of the transaction: hash joins, in memory.

Right after an import PostgreSQL has no statistics of the listener's rows, or only those
of another listener. The planner then expects one row of a listener who has a million,
and scans all of them for each row of the other side. Set this before every statement
that joins the dictionaries of a listener as a whole; what reads a page looks rows up by
their whole keys instead (`ListenService`).

Before PostgreSQL 18 a loop without an alternative then seems so expensive that it would
be compiled first, which takes longer than the loop.
"""


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """The settings of every session of a process."""

    longest_statement: timedelta | None = None
    """A statement that takes longer is cancelled; None: the server's own setting."""

    name: str = "unwrapped"
    """The `application_name` of its sessions."""

    longest_lock: timedelta | None = None
    """A statement that waits longer for a lock is cancelled."""

    longest_pause: timedelta | None = None
    """A session that is idle for longer inside a transaction is ended."""

    @property
    def statement(self) -> str:
        """SQL that applies them, also inside a transaction.

        Poolers refuse settings that are sent with the connection. The server cancels a
        statement soon after its client has gone, if its platform can detect that.
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
    """Apply `JOIN_BY_HASH`."""
    await session.execute(text(JOIN_BY_HASH))


async def lift_limit(session: AsyncSession) -> None:
    """Lift the time limit for the rest of the transaction."""
    await session.execute(text("SET LOCAL statement_timeout = 0"))


def is_statement_timeout(error: BaseException) -> bool:
    """Whether a statement was cancelled because it took too long, with any driver."""
    # SQLAlchemy's error has the driver's one in `orig`.
    cause = getattr(error, "orig", None) or error
    return getattr(cause, "sqlstate", None) in TOO_LONG
