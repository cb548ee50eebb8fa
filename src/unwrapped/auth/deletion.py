"""Deleting one's account, with all that belongs to it."""

from datetime import UTC, datetime, timedelta

from pydantic import SecretStr
from sqlalchemy import select
from sqlmodel import col

from unwrapped.auth.caller import CurrentSession
from unwrapped.auth.models import User, UserSession
from unwrapped.auth.service import UserService
from unwrapped.auth.sessions.sign_in import SignInService, require_unchanged
from unwrapped.core.database import Database
from unwrapped.core.exceptions import Forbidden
from unwrapped.core.security import InvalidToken

FRESH = timedelta(minutes=10)


class SignInAgain(Forbidden):
    """Without a password, only somebody who has just signed in may do this."""

    code = "sign_in_again"

    def __init__(self) -> None:
        super().__init__("Sign in again, then delete the account within ten minutes.")


class DeletionService:
    """Deletes the account of a caller who proves once more who they are."""

    def __init__(self, database: Database, sign_in: SignInService) -> None:
        self._database = database
        self._sign_in = sign_in

    async def delete_account(
        self, user_id: int, current: CurrentSession, password: SecretStr
    ) -> None:
        """Delete the account; what it has sent goes with the next sweep of uploads.

        Raises `WrongCredentials` or `RateLimited`; `SignInAgain` for somebody without
        a password whose session is not new; `InvalidToken`, and in the last moment
        `UserNotFoundError`, when the account is gone.
        """
        async with self._database.session() as session:
            found = await session.execute(
                select(col(User.password_hash), col(UserSession.created_at))
                .join(UserSession, col(UserSession.user_id) == col(User.id))
                .where(col(User.id) == user_id, col(UserSession.id) == current.id)
            )
            row = found.one_or_none()
        if row is None:
            raise InvalidToken
        if row.password_hash is None and row.created_at < datetime.now(UTC) - FRESH:
            raise SignInAgain
        proven = None
        if row.password_hash is not None:
            proven = await self._sign_in.require_password(user_id, password)
        async with self._database.session() as session:
            if proven is not None:
                await require_unchanged(session, proven)
            await UserService(session).delete_user(user_id)
