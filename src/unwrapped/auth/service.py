"""Creates, reads, changes and deletes one person's account."""

from sqlalchemy import delete, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.auth.models import Role, User
from unwrapped.auth.names import username_key
from unwrapped.auth.schemas import UserCreate, UserUpdate
from unwrapped.core.database import count_changed
from unwrapped.core.exceptions import Conflict, UserNotFoundError
from unwrapped.core.postgres.advisory_locks import take_lock
from unwrapped.core.postgres.session_settings import lift_limit


class UsernameTaken(Conflict):
    """Somebody else has this user name."""

    code = "username_taken"


class UserService:
    """Creates, reads, changes and deletes accounts."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def create_user(self, new: UserCreate, password_hash: str) -> User:
        """Create an account. Raises `UsernameTaken`."""
        user = User(
            username=new.username,
            username_key=username_key(new.username),
            password_hash=password_hash,
            display_name=new.display_name or new.username,
            email=new.email,
            time_zone=new.time_zone,
        )
        return await self._add(user)

    async def create_user_without_password(
        self, username: str, display_name: str
    ) -> User:
        """Create an account for somebody who uses a provider. Raises `UsernameTaken`."""
        return await self._add(
            User(
                username=username,
                username_key=username_key(username),
                display_name=display_name,
            )
        )

    async def _role_of_new(self) -> Role:
        """Return the role of a new account: the first one administers the server."""
        anybody = select(exists().select_from(User))
        if await self._session.scalar(anybody):
            return Role.LISTENER
        # Of two accounts that are created at the same time, only one is the first.
        await take_lock(self._session, "registration")
        if await self._session.scalar(anybody):
            return Role.LISTENER
        return Role.ADMINISTRATOR

    async def _add(self, user: User) -> User:
        user.role = await self._role_of_new()
        try:
            async with self._session.begin_nested():
                self._session.add(user)
        except IntegrityError as error:
            raise UsernameTaken("This user name is taken.") from error
        await self._session.refresh(user)
        return user

    async def get_user(self, user_id: int) -> User:
        """Return the account. Raises `UserNotFoundError`."""
        user = await self._session.get(User, user_id)
        if user is None:
            raise UserNotFoundError("There is no such user.")
        return user

    async def update_user(self, user_id: int, changes: UserUpdate) -> User:
        """Change the given members of the account, and return it."""
        user = await self.get_user(user_id)
        for name, value in changes.model_dump(exclude_unset=True).items():
            setattr(user, name, value)
        await self._session.flush()
        await self._session.refresh(user)
        return user

    async def delete_user(self, user_id: int) -> None:
        """Delete the account and, by cascade, every row that belongs to it.

        Raises `UserNotFoundError`.
        """
        # The time limit applies to waiting for the lock, but not to deleting: a history
        # of any size must be deletable.
        await self._session.execute(
            select(col(User.id)).where(col(User.id) == user_id).with_for_update()
        )
        await lift_limit(self._session)
        statement = delete(User).where(col(User.id) == user_id)
        if not await count_changed(self._session, statement):
            raise UserNotFoundError("There is no such user.")
