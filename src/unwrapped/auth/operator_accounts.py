"""What the operator does with accounts from the command line, by user name."""

from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import SecretStr
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.auth.models import Role, User, UserSession
from unwrapped.auth.names import username_key
from unwrapped.auth.passwords import hash_password
from unwrapped.auth.schemas import UserCreate
from unwrapped.auth.service import UserService
from unwrapped.auth.sessions.caller_lookup import ALIVE
from unwrapped.auth.sessions.sign_in import replace_password
from unwrapped.core.exceptions import UserNotFoundError


@dataclass(frozen=True, slots=True)
class Account:
    """An account in a list."""

    id: int
    username: str
    created_at: datetime
    disabled_at: datetime | None
    role: Role
    signed_in_at: datetime | None
    """When the person last signed in."""

    sessions: int
    """The number of sessions that are alive."""


class OperatorAccountService:
    """Manages accounts. Methods with a user name raise `UserNotFoundError`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def list_accounts(self) -> list[Account]:
        """All accounts, the oldest first."""
        sessions = (
            select(func.count())
            .select_from(UserSession)
            .where(col(UserSession.user_id) == col(User.id), ALIVE)
            .scalar_subquery()
        )
        found = await self._session.execute(
            select(
                col(User.id),
                col(User.username),
                col(User.created_at),
                col(User.disabled_at),
                col(User.role),
                col(User.signed_in_at),
                sessions.label("sessions"),
            ).order_by(col(User.created_at), col(User.id))
        )
        return [Account(*row) for row in found]

    async def find_user(self, username: str) -> User:
        """Return the account whose user name has the same canonical form."""
        key = username_key(username)
        query = select(User).where(col(User.username_key) == key)
        user = await self._session.scalar(query) if key.isprintable() else None
        if user is None:
            raise UserNotFoundError(f"There is no user {username}.")
        return user

    async def create(self, new: UserCreate) -> None:
        """Create an account, even if registration is closed.

        Raises `UsernameTaken` or `WeakPassword`.
        """
        password_hash = await hash_password(new.password, new.username)
        await UserService(self._session).create_user(new, password_hash)

    async def disable(self, username: str) -> None:
        """Sign the person out everywhere, and refuse all credentials until `enable`."""
        user = await self.find_user(username)
        user.disabled_at = user.disabled_at or datetime.now(UTC)
        await self._session.execute(
            delete(UserSession).where(col(UserSession.user_id) == user.id)
        )

    async def enable(self, username: str) -> None:
        """Accept the person's password and personal tokens again."""
        (await self.find_user(username)).disabled_at = None

    async def give_role(self, username: str, role: Role) -> None:
        """Make the person an administrator or a listener."""
        (await self.find_user(username)).role = role

    async def reset_password(self, username: str, password: SecretStr) -> None:
        """Set a new password; end all sessions and personal tokens of the account.

        Raises `WeakPassword`.
        """
        user = await self.find_user(username)
        password_hash = await hash_password(password, user.username)
        await replace_password(self._session, user.id or 0, password_hash)

    async def delete(self, username: str) -> None:
        """Delete the account and everything that belongs to it."""
        user = await self.find_user(username)
        await UserService(self._session).delete_user(user.id or 0)
