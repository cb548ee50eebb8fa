"""The accounts at providers with which people sign in here.

Issuer and subject alone identify an account. E-mail addresses are ignored: an address
that somebody claims, here or there, must not open another person's account.
"""

import secrets
import string

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.auth.models import LinkedAccount, User
from unwrapped.auth.oauth.clients.client import ClientRegistration, Identity
from unwrapped.auth.oauth.names import username_of
from unwrapped.auth.service import UsernameTaken, UserService
from unwrapped.core.exceptions import Conflict, NotFound

TRIES = 10
SUFFIX_CHARACTERS = 4


class AccountTaken(Conflict):
    """Another person on this server has linked the provider's account."""

    code = "account_taken"

    def __init__(self) -> None:
        super().__init__("That account belongs to somebody else on this server.")


class AlreadyLinked(Conflict):
    """The person has linked another account of the same provider."""

    code = "already_linked"

    def __init__(self) -> None:
        super().__init__(
            "You have linked another account of this provider: unlink that one first."
        )


class LinkNotFound(NotFound):
    """The person has linked no account of this provider."""

    code = "link_not_found"

    def __init__(self) -> None:
        super().__init__("You have linked no account of this provider.")


class OnlySignIn(Conflict):
    """Without this account the person could no longer sign in."""

    code = "only_sign_in"

    def __init__(self) -> None:
        super().__init__(
            "This is the only way you can sign in: link another account, or"
            " choose a password first."
        )


class LinkedAccounts:
    """Linked accounts, in a given transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def find(self, identity: Identity) -> LinkedAccount | None:
        """Return the account of an identity; None if nobody has linked it."""
        found = await self._session.scalars(
            select(LinkedAccount).where(
                col(LinkedAccount.issuer) == identity.issuer,
                col(LinkedAccount.subject) == identity.subject,
            )
        )
        return found.one_or_none()

    async def link(
        self, user_id: int, provider: str, identity: Identity
    ) -> LinkedAccount:
        """Link an account to a person; linking it again does nothing.

        Raises `AccountTaken` or `AlreadyLinked`.
        """
        account = LinkedAccount(
            user_id=user_id,
            provider=provider,
            issuer=identity.issuer,
            subject=identity.subject,
            display_name=identity.name,
        )
        try:
            async with self._session.begin_nested():
                self._session.add(account)
        except IntegrityError as error:
            known = await self.find(identity)
            if known is None:
                raise AlreadyLinked from error
            if known.user_id != user_id:
                raise AccountTaken from error
            known.display_name = identity.name
            return known
        return account

    async def create_user(
        self, known: ClientRegistration, identity: Identity
    ) -> LinkedAccount:
        """Create a person who signs in with this account.

        Raises `AccountTaken` if somebody already does.
        """
        user = await self._new_user(identity, known.provider)
        return await self.link(user.id or 0, known.provider, identity)

    async def _new_user(self, identity: Identity, provider: str) -> User:
        wished = username_of(identity.username or "") or provider
        shown = identity.name or wished
        users = UserService(self._session)
        for _ in range(TRIES):
            try:
                return await users.create_user_without_password(wished, shown)
            except UsernameTaken:
                wished = f"{wished.partition('-')[0]}-{_suffix()}"
        return await users.create_user_without_password(
            f"{provider}-{secrets.token_hex(8)}", shown
        )

    async def list_accounts(self, user_id: int) -> list[LinkedAccount]:
        """Return the accounts of a person, ordered by provider."""
        found = await self._session.scalars(
            select(LinkedAccount)
            .where(col(LinkedAccount.user_id) == user_id)
            .order_by(col(LinkedAccount.provider))
        )
        return list(found)

    async def unlink(self, user_id: int, provider: str) -> None:
        """Delete an account and its tokens.

        Raises `LinkNotFound`, or `OnlySignIn` if the person could no longer sign in.
        """
        # The lock makes concurrent requests of a person unlink one after the other.
        has_password = await self._session.scalar(
            select(col(User.password_hash).is_not(None))
            .where(col(User.id) == user_id)
            # This kind of lock does not wait for tasks that store listens.
            .with_for_update(key_share=True)
        )
        accounts = {one.provider for one in await self.list_accounts(user_id)}
        if provider not in accounts:
            raise LinkNotFound
        if not has_password and len(accounts) == 1:
            raise OnlySignIn
        await self._session.execute(
            delete(LinkedAccount).where(
                col(LinkedAccount.user_id) == user_id,
                col(LinkedAccount.provider) == provider,
            )
        )


def _suffix() -> str:
    return "".join(secrets.choice(string.digits) for _ in range(SUFFIX_CHARACTERS))
