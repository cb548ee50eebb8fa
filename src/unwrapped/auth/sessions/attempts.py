"""How often anybody may try to get in.

Attempts are counted before a password is looked at, also those for accounts that do not
exist. They only slow down: who is signed in stays so, whatever others try.
"""

from datetime import timedelta

from unwrapped.auth.service import username_key
from unwrapped.auth.settings import AuthSettings
from unwrapped.core.rate_limits import Rate, RateLimiter, network_of

WINDOW = timedelta(minutes=15)


class Attempts:
    """Counts what is tried with passwords and tokens."""

    def __init__(self, limiter: RateLimiter, settings: AuthSettings) -> None:
        self._limiter = limiter
        self._account = Rate("sign-in.account", settings.sign_ins_per_account, WINDOW)
        self._address = Rate("sign-in.address", settings.sign_ins_per_address, WINDOW)
        self._session = Rate("refresh", settings.refreshes_per_session, WINDOW)

    async def count_sign_in(self, username: str, address: str | None) -> None:
        """Somebody at an address gives a password. Raises `RateLimited`."""
        await self._limiter.hit(self._address, network_of(address))
        await self._limiter.hit(self._account, username_key(username))

    async def count_password(self, username: str) -> None:
        """Somebody who is signed in gives their password. Raises `RateLimited`."""
        await self._limiter.hit(self._account, username_key(username))

    async def forget(self, username: str) -> None:
        """The password was right: the account's attempts are forgotten."""
        await self._limiter.forget(self._account, username_key(username))

    async def count_refresh(self, session_id: object) -> None:
        """A session's access token is refreshed. Raises `RateLimited`."""
        await self._limiter.hit(self._session, str(session_id))
