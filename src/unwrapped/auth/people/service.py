"""Operations on the accounts of a server, for its administrators."""

from datetime import UTC, datetime

from pydantic import SecretStr
from sqlalchemy import delete, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.auth.caller import AdministratorNeeded, Caller
from unwrapped.auth.models import RegistrationSwitch, Role, User, UserSession
from unwrapped.auth.passwords import hash_password
from unwrapped.auth.people.schemas import PersonRead
from unwrapped.auth.registration import DecidedBy, Openness, read_openness
from unwrapped.auth.schemas import UserCreate
from unwrapped.auth.service import UserService
from unwrapped.auth.sessions.sign_in import SignInService, replace_password
from unwrapped.core.exceptions import Conflict
from unwrapped.core.postgres.advisory_locks import take_lock
from unwrapped.core.process_resources import Resources
from unwrapped.shared.pagination import Listing, Page

_LISTING = Listing("people", (datetime, int))


class LastAdministrator(Conflict):
    """The server would be left without an administrator."""

    code = "last_administrator"

    def __init__(self) -> None:
        super().__init__(
            "This is the only administrator who can sign in. Make somebody else an"
            " administrator first."
        )


class OwnPassword(Conflict):
    """The account is the caller's, whose password is changed with the current one."""

    code = "own_password"

    def __init__(self) -> None:
        super().__init__("Change your own password in the settings.")


class RegistrationSet(Conflict):
    """A setting decides who may create an account."""

    code = "registration_set"

    def __init__(self) -> None:
        super().__init__(
            "The setting REGISTRATION, or how the server was started, decides who may"
            " create an account. Unset it and restart the server to decide here."
        )


class PeopleService:
    """Manages accounts. Methods with a user id raise `UserNotFoundError`."""

    def __init__(
        self, session: AsyncSession, sign_in: SignInService, resources: Resources
    ) -> None:
        self._session = session
        self._sign_in = sign_in
        self._resources = resources

    async def list_people(self, limit: int, cursor: str | None) -> Page[PersonRead]:
        """Return all accounts, the latest first. Raises `BadCursor`."""
        place = (col(User.created_at), col(User.id))
        found = await self._session.scalars(
            _LISTING.newest_first(select(User), place, limit, cursor)
        )
        page = _LISTING.page(
            found.all(), limit, lambda row: (row.created_at, row.id or 0)
        )
        return page.of(PersonRead.model_validate)

    async def get(self, user_id: int) -> PersonRead:
        """Return one account."""
        return PersonRead.model_validate(
            await UserService(self._session).get_user(user_id)
        )

    async def create(self, new: UserCreate) -> PersonRead:
        """Create an account, even if registration is closed.

        Raises `UsernameTaken` or `WeakPassword`.
        """
        password_hash = await hash_password(new.password, new.username)
        user = await UserService(self._session).create_user(new, password_hash)
        return PersonRead.model_validate(user)

    async def disable(self, administrator: Caller, user_id: int) -> PersonRead:
        """Sign somebody out everywhere, and refuse all credentials until `enable`.

        Raises `LastAdministrator`.
        """
        user = await self._hold(administrator, user_id)
        await self._require_another(user)
        user.disabled_at = user.disabled_at or datetime.now(UTC)
        await self._session.execute(
            delete(UserSession).where(col(UserSession.user_id) == user_id)
        )
        return await self._read(user)

    async def enable(self, administrator: Caller, user_id: int) -> PersonRead:
        """Accept somebody's password and personal tokens again."""
        user = await self._hold(administrator, user_id)
        user.disabled_at = None
        return await self._read(user)

    async def give_role(
        self, administrator: Caller, user_id: int, role: Role, your_password: SecretStr
    ) -> PersonRead:
        """Make somebody an administrator or a listener.

        Raises `LastAdministrator`, or the errors of `SignInService.require_owner`.
        """
        await self._prove(administrator, your_password)
        user = await self._hold(administrator, user_id)
        if role is not Role.ADMINISTRATOR:
            await self._require_another(user)
        user.role = role
        return await self._read(user)

    async def give_password(
        self,
        administrator: Caller,
        user_id: int,
        new: SecretStr,
        your_password: SecretStr,
    ) -> None:
        """Set somebody's password; all their sessions and personal tokens end.

        Raises `OwnPassword`, `WeakPassword`, or those of `SignInService.require_owner`.
        """
        if user_id == administrator.id:
            raise OwnPassword
        await self._prove(administrator, your_password)
        username = (await self.get(user_id)).username
        password_hash = await hash_password(new, username)
        await self._hold(administrator, user_id)
        await replace_password(self._session, user_id, password_hash)

    async def read_registration(self) -> Openness:
        """Return who may create an account."""
        return await read_openness(self._session, self._resources)

    async def set_registration(self, *, is_open: bool) -> Openness:
        """Open or close registration. Raises `RegistrationSet`."""
        if (await self.read_registration()).decided_by is DecidedBy.SETTING:
            raise RegistrationSet
        switch = insert(RegistrationSwitch).values(id=1, is_open=is_open)
        await self._session.execute(
            switch.on_conflict_do_update(
                index_elements=["id"], set_={"is_open": is_open}
            )
        )
        return Openness(is_open, DecidedBy.SWITCH)

    async def _prove(self, administrator: Caller, password: SecretStr) -> None:
        current = administrator.require_session()
        await self._sign_in.require_owner(administrator.id, current, password)

    async def _hold(self, administrator: Caller, user_id: int) -> User:
        """Lock roles and disabling against changes, and return the account.

        Raises `AdministratorNeeded` if another administrator has just disabled the
        caller, or taken away their role.
        """
        await take_lock(self._session, "administrators")
        may = select(exists().where(col(User.id) == administrator.id, _ADMINISTERS))
        if not await self._session.scalar(may):
            raise AdministratorNeeded
        user = await UserService(self._session).get_user(user_id)
        await self._session.refresh(user)
        return user

    async def _require_another(self, user: User) -> None:
        """Raises `LastAdministrator` unless somebody else administers the server."""
        another = exists().where(col(User.id) != user.id, _ADMINISTERS)
        if not await self._session.scalar(select(another)):
            raise LastAdministrator

    async def _read(self, user: User) -> PersonRead:
        await self._session.flush()
        return PersonRead.model_validate(user)


_ADMINISTERS = (col(User.role) == Role.ADMINISTRATOR) & col(User.disabled_at).is_(None)
"""The condition that an account is an administrator's, and not disabled."""
