"""Named locks, which PostgreSQL holds until the transaction ends in any way."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

_TAKE = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
_TRY = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")


async def take_lock(
    session: AsyncSession, what: str, user_id: int | None = None
) -> None:
    """Wait for a lock, of one user or of the service; the transaction holds it."""
    await session.execute(_TAKE, {"name": lock_name(what, user_id)})


async def try_lock(
    connection: AsyncConnection | AsyncSession, what: str, user_id: int | None = None
) -> bool:
    """Take a lock unless another transaction holds it; return whether it was taken."""
    return bool(await connection.scalar(_TRY, {"name": lock_name(what, user_id)}))


def lock_name(what: str, user_id: int | None = None) -> str:
    """`unwrapped.history.7`, or `unwrapped.registration` for a lock without a user."""
    return f"unwrapped.{what}" if user_id is None else f"unwrapped.{what}.{user_id}"
