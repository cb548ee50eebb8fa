"""Deleting one's account, with all that belongs to it."""

from pydantic import SecretStr

from unwrapped.auth.caller import CurrentSession
from unwrapped.auth.service import UserService
from unwrapped.auth.sessions.sign_in import SignInService, require_unchanged
from unwrapped.core.database import Database


class DeletionService:
    """Deletes the account of a caller who proves once more who they are."""

    def __init__(self, database: Database, sign_in: SignInService) -> None:
        self._database = database
        self._sign_in = sign_in

    async def delete_account(
        self, user_id: int, current: CurrentSession, password: SecretStr
    ) -> None:
        """Delete the account; what it has sent goes with the next sweep of uploads.

        Raises as `SignInService.require_owner` does, and in the last moment
        `UserNotFoundError`, when the account is gone.
        """
        proven = await self._sign_in.require_owner(user_id, current, password)
        async with self._database.session() as session:
            await require_unchanged(session, proven)
            await UserService(session).delete_user(user_id)
