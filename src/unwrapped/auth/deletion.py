"""The deletion of an account, and of everything that belongs to it, by its owner."""

from pydantic import SecretStr

from unwrapped.auth.caller import CurrentSession
from unwrapped.auth.service import UserService
from unwrapped.auth.sessions.sign_in import SignInService, require_unchanged
from unwrapped.core.database import Database


class DeletionService:
    """Deletes the account of a caller who proves their identity again."""

    def __init__(self, database: Database, sign_in: SignInService) -> None:
        self._database = database
        self._sign_in = sign_in

    async def delete_account(
        self, user_id: int, current: CurrentSession, password: SecretStr
    ) -> None:
        """Delete the account; the next sweep of uploads deletes its uploaded files.

        Raises the errors of `SignInService.require_owner`, and `UserNotFoundError` if
        the account has been deleted in the meantime.
        """
        proven = await self._sign_in.require_owner(user_id, current, password)
        async with self._database.session() as session:
            await require_unchanged(session, proven)
            await UserService(session).delete_user(user_id)
