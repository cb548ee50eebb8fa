"""Codes that sign a browser in once, within a minute, on this machine.

The demonstration creates one for the person who started it. Codes are kept in memory:
they are useless in another process and after a restart.
"""

import secrets
import time
from dataclasses import dataclass
from ipaddress import ip_address

from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.auth.models import SessionKind
from unwrapped.auth.sessions.caller_lookup import COOKIE_SECRET
from unwrapped.auth.sessions.opening import open_session
from unwrapped.core.exceptions import Unauthenticated
from unwrapped.core.http.guards.proxies import Sender
from unwrapped.core.process_resources import Resources
from unwrapped.core.secrets.tokens import hash_token

LIFETIME_SECONDS = 60.0
CODE_BYTES = 32


class CodeNotGood(Unauthenticated):
    """A code was used already, is too old, or came from another machine."""

    code = "code_not_good"

    def __init__(self) -> None:
        super().__init__(
            "This link was used already, or is older than a minute. Sign in"
            " with user name and password."
        )


@dataclass(frozen=True, slots=True)
class _Issued:
    user_id: int
    until: float


class SignInCodes:
    """The codes of one process."""

    def __init__(self) -> None:
        self._issued: dict[str, _Issued] = {}

    def issue(self, user_id: int) -> str:
        """Return a code for the fragment of an address, which browsers never send."""
        code = secrets.token_urlsafe(CODE_BYTES)
        until = time.monotonic() + LIFETIME_SECONDS
        self._issued[hash_token(code)] = _Issued(user_id, until)
        return code

    async def redeem(
        self, session: AsyncSession, code: str, sender: Sender, address: str | None
    ) -> str:
        """Return the secret of a new web session. Raises `CodeNotGood`."""
        issued = self._issued.pop(hash_token(code), None)
        if (
            issued is None
            or time.monotonic() > issued.until
            or sender is not Sender.CLIENT
            or not _is_here(address)
        ):
            raise CodeNotGood
        secret = COOKIE_SECRET.create()
        await open_session(session, issued.user_id, SessionKind.WEB, hash_token(secret))
        return secret

    async def aclose(self) -> None:
        """Discard all codes."""
        self._issued.clear()


def _is_here(address: str | None) -> bool:
    try:
        return address is not None and ip_address(address).is_loopback
    except ValueError:
        return False


def sign_in_codes(resources: Resources) -> SignInCodes:
    """The codes of this process."""
    return resources.kept(SignInCodes, lambda _: SignInCodes())
