"""Limits on attempts to sign in.

Attempts are counted before a password is checked, also for accounts that do not exist.
An attacker cannot lock out the owner: attempts from a browser that has signed in
before, and those of a person who is signed in, are counted separately.
"""

from dataclasses import dataclass
from datetime import timedelta

from unwrapped.auth.names import username_key
from unwrapped.auth.settings import AuthSettings
from unwrapped.core.postgres.rate_limits import Rate, RateLimiter, network_of

WINDOW = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt with a password, and the keys it was counted under."""

    rate: Rate
    subject: str


class Attempts:
    """Counts attempts with passwords and tokens."""

    def __init__(self, limiter: RateLimiter, settings: AuthSettings) -> None:
        self._limiter = limiter
        self._account = Rate("sign-in.account", settings.sign_ins_per_account, WINDOW)
        self._address = Rate("sign-in.address", settings.sign_ins_per_address, WINDOW)
        self._device = Rate("sign-in.device", settings.sign_ins_per_browser, WINDOW)
        self._owner = Rate("password.owner", settings.passwords_per_owner, WINDOW)
        self._session = Rate("refresh", settings.refreshes_per_session, WINDOW)

    async def count_sign_in(
        self, username: str, address: str | None, device: str | None = None
    ) -> Attempt:
        """Count a sign-in from an address. Raises `RateLimited`.

        `device` is the id of a browser that has signed in to the account before.
        """
        if device is not None:
            return await self._count(self._device, device)
        await self._limiter.hit(self._address, network_of(address))
        return await self._count(self._account, username_key(username))

    async def count_password(self, user_id: int) -> Attempt:
        """Count a password that a signed-in person entered. Raises `RateLimited`."""
        return await self._count(self._owner, str(user_id))

    async def _count(self, rate: Rate, subject: str) -> Attempt:
        await self._limiter.hit(rate, subject)
        return Attempt(rate, subject)

    async def forget(self, attempt: Attempt) -> None:
        """Delete the counts of an attempt whose password was right."""
        await self._limiter.forget(attempt.rate, attempt.subject)

    async def count_refresh(self, session_id: object) -> None:
        """Count a refresh of a session. Raises `RateLimited`."""
        await self._limiter.hit(self._session, str(session_id))
