"""Signing in with a password, and changing it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.auth.caller import CurrentSession
from unwrapped.auth.models import PersonalToken, SessionKind, User, UserSession
from unwrapped.auth.names import username_key
from unwrapped.auth.passwords import hash_password, verify_password
from unwrapped.auth.sessions.attempts import Attempt, Attempts
from unwrapped.auth.sessions.caller_lookup import COOKIE_SECRET
from unwrapped.auth.sessions.device_cookie import Devices
from unwrapped.auth.sessions.opening import open_session
from unwrapped.auth.sessions.refreshing import (
    REFRESH_TOKEN,
    Tokens,
    add_refresh_token,
)
from unwrapped.auth.sessions.sessionless_passes import create_pass
from unwrapped.auth.settings import SESSIONS_PER_USER
from unwrapped.core.database import Database
from unwrapped.core.exceptions import Forbidden, Unauthenticated
from unwrapped.core.postgres.disk_space import is_disk_full
from unwrapped.core.secrets.tokens import hash_token
from unwrapped.core.security import InvalidToken, TokenSigner

FRESH = timedelta(minutes=10)
"""The greatest age of a sign-in that proves who a person without a password is."""


class WrongCredentials(Unauthenticated):
    """User name and password do not match."""

    code = "wrong_credentials"

    def __init__(self) -> None:
        super().__init__("User name or password is wrong.")


class AccountDisabled(Forbidden):
    """The person has proved who they are, but the account is disabled."""

    code = "account_disabled"

    def __init__(self) -> None:
        super().__init__("This account is disabled. Ask the operator of this server.")


class SignInAgain(Forbidden):
    """Without a password, only somebody who has just signed in may do this."""

    code = "sign_in_again"

    def __init__(self) -> None:
        super().__init__("Sign in again, and do this within ten minutes.")


@dataclass(frozen=True, slots=True)
class Browser:
    """The cookies that a browser sends when somebody signs in."""

    session: str | None = field(default=None, repr=False)
    devices: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ProvenAccount:
    """An account as it was when its password was checked."""

    id: int
    username: str
    password_hash: str | None = field(repr=False)
    disabled_at: datetime | None


class SignInService:
    """Signs in with passwords. No transaction is open during the slow hashing."""

    def __init__(
        self,
        database: Database,
        signer: TokenSigner,
        attempts: Attempts,
        sessions_per_user: int = SESSIONS_PER_USER,
    ) -> None:
        self._database = database
        self._sessions_per_user = sessions_per_user
        self._signer = signer
        self._attempts = attempts
        self._devices = Devices(signer.ring)

    async def sign_in_api(
        self, username: str, password: SecretStr, address: str | None
    ) -> Tokens:
        """Open a session, and return its tokens.

        Raises `WrongCredentials`, `AccountDisabled` or `RateLimited`.
        """
        attempt = await self._attempts.count_sign_in(username, address)
        account = await self._prove(username, password, attempt)
        most = self._sessions_per_user
        try:
            async with self._database.session() as session:
                await require_unchanged(session, account)
                signed_in = await open_session(
                    session, account.id, SessionKind.API, most=most
                )
                refresh = add_refresh_token(session, signed_in)
        except DBAPIError as error:
            # This refresh token is not stored: a client that uses it has to sign in
            # again.
            return Tokens(self._pass_of(account, error), REFRESH_TOKEN.create())
        access = self._signer.create_access_token(account.id, signed_in.id)
        return Tokens(access, refresh)

    async def sign_in_web(
        self,
        username: str,
        password: SecretStr,
        address: str | None,
        browser: Browser,
    ) -> tuple[str, str]:
        """Open a session; return its secret and the devices, each for a cookie.

        The browser's previous session ends.

        Raises `WrongCredentials`, `AccountDisabled` or `RateLimited`.
        """
        device = self._devices.find(browser.devices, username)
        attempt = await self._attempts.count_sign_in(username, address, device)
        account = await self._prove(username, password, attempt)
        secret = COOKIE_SECRET.create()
        most, web = self._sessions_per_user, SessionKind.WEB
        try:
            async with self._database.session() as session:
                await require_unchanged(session, account)
                if browser.session is not None:
                    old = col(UserSession.secret_hash) == hash_token(browser.session)
                    await session.execute(delete(UserSession).where(old))
                await open_session(session, account.id, web, hash_token(secret), most)
        except DBAPIError as error:
            secret = self._pass_of(account, error)
        return secret, self._devices.add(browser.devices, username)

    async def require_owner(
        self, user_id: int, current: CurrentSession, password: SecretStr
    ) -> ProvenAccount:
        """Return the account if the caller proves to be its owner.

        The owner knows the password, or has none and has just signed in. A transaction
        that relies on this calls `require_unchanged` first.

        Raises `WrongCredentials`, `AccountDisabled` or `RateLimited`; `SignInAgain`;
        `InvalidToken` when the account or the session is gone.
        """
        async with self._database.session() as session:
            found = await session.execute(
                select(
                    col(User.username),
                    col(User.password_hash),
                    col(UserSession.created_at),
                )
                .join(UserSession, col(UserSession.user_id) == col(User.id))
                .where(col(User.id) == user_id, col(UserSession.id) == current.id)
            )
            row = found.one_or_none()
        if row is None:
            raise InvalidToken
        if row.password_hash is not None:
            attempt = await self._attempts.count_password(user_id)
            return await self._prove(row.username, password, attempt)
        if row.created_at < datetime.now(UTC) - FRESH:
            raise SignInAgain
        return ProvenAccount(
            user_id, row.username, password_hash=None, disabled_at=None
        )

    async def change_password(
        self, user_id: int, current: CurrentSession, old: SecretStr, new: SecretStr
    ) -> str | None:
        """Set the password and end all sessions and personal tokens of the user.

        Returns the secret of a new session in place of a web session; None for an API
        client. Raises the errors of `require_owner`, or `WeakPassword`.
        """
        account = await self.require_owner(user_id, current, old)
        password_hash = await hash_password(new, account.username)
        async with self._database.session() as session:
            await require_unchanged(session, account)
            await replace_password(session, user_id, password_hash)
            if current.kind is not SessionKind.WEB:
                return None
            secret = COOKIE_SECRET.create()
            await open_session(session, user_id, SessionKind.WEB, hash_token(secret))
        return secret

    def _pass_of(self, account: ProvenAccount, error: DBAPIError) -> str:
        """Return a pass if the error means that the disk is full; otherwise raise the
        error.
        """
        if account.password_hash is None or not is_disk_full(error):
            raise error
        return create_pass(self._signer, account.id, account.password_hash)

    async def _prove(
        self, username: str, password: SecretStr, attempt: Attempt
    ) -> ProvenAccount:
        """Return the account that user name and password belong to."""
        account = await self._look_up(username)
        hashed = account.password_hash if account else None
        if not await verify_password(password, hashed) or account is None:
            raise WrongCredentials
        await self._attempts.forget(attempt)
        if account.disabled_at is not None:
            raise AccountDisabled
        return account

    async def _look_up(self, username: str) -> ProvenAccount | None:
        key = username_key(username)
        if not key.isprintable():
            return None
        async with self._database.session() as session:
            found = await session.execute(
                select(
                    col(User.id),
                    col(User.username),
                    col(User.password_hash),
                    col(User.disabled_at),
                ).where(col(User.username_key) == key)
            )
            row = found.one_or_none()
        if row is None:
            return None
        return ProvenAccount(
            row.id or 0, row.username, row.password_hash, row.disabled_at
        )


async def require_unchanged(session: AsyncSession, account: ProvenAccount) -> None:
    """Raise `WrongCredentials` if the account changed since its password was checked.

    The account is locked: password and disabling cannot change before the transaction
    ends.
    """
    same = await session.scalar(
        select(col(User.id))
        .where(
            col(User.id) == account.id,
            col(User.password_hash) == account.password_hash,
            col(User.disabled_at).is_(None),
        )
        # The lock of an UPDATE: a weaker one, upgraded later, could deadlock.
        .with_for_update(key_share=True)
    )
    if same is None:
        raise WrongCredentials


async def replace_password(
    session: AsyncSession, user_id: int, password_hash: str
) -> None:
    """Store the hash of a new password; end all sessions and personal tokens."""
    await session.execute(
        update(User).where(col(User.id) == user_id).values(password_hash=password_hash)
    )
    for table in (UserSession, PersonalToken):
        await session.execute(delete(table).where(col(table.user_id) == user_id))
