"""The device cookie: marks browsers that have signed in before, so that their attempts
are counted separately.

Somebody who tries passwords from elsewhere then does not keep the owner from signing in
(OWASP: "device cookies"). The cookie is a list of random ids, one for each account,
with the day and an HMAC over both and the user name. The server stores nothing, and
the cookie grants no access.
"""

import base64
import hmac
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from unwrapped.auth.names import username_key
from unwrapped.core.secrets.key_ring import KeyRing

LIFETIME = timedelta(days=400)
"""The longest time that browsers keep a cookie."""

MOST_ACCOUNTS = 8
ID_BYTES = 16

_LABEL = "unwrapped: devices, v1"
_BETWEEN = "~"


@dataclass(frozen=True, slots=True)
class Devices:
    """Reads and writes the cookie; the first key of the ring signs, all verify."""

    ring: KeyRing

    def find(self, cookie: str | None, username: str) -> str | None:
        """Return the id of a browser that has signed in to the account, else None."""
        return next(
            (kept.partition(".")[0] for kept in self._of(cookie, username)), None
        )

    def add(self, cookie: str | None, username: str) -> str:
        """Return the new cookie of a browser that has just signed in to the account."""
        replaced = set(self._of(cookie, username))
        others = [kept for kept in _parts(cookie) if kept not in replaced]
        text = f"{secrets.token_urlsafe(ID_BYTES)}.{_today():%Y%m%d}"
        signed = f"{text}.{self._sign(self.ring.signing_id, text, username)}"
        return _BETWEEN.join([signed, *others][:MOST_ACCOUNTS])

    def _of(self, cookie: str | None, username: str) -> Iterator[str]:
        for kept in _parts(cookie):
            text, _, signature = kept.rpartition(".")
            is_ours = any(
                hmac.compare_digest(self._sign(kid, text, username), signature)
                for kid in self.ring.keys
            )
            if is_ours and _today() - _day_of(text) <= LIFETIME:
                yield kept

    def _sign(self, kid: str, text: str, username: str) -> str:
        signed = "\0".join((_LABEL, text, username_key(username)))
        mac = hmac.digest(
            self.ring.keys[kid], signed.encode(errors="surrogatepass"), "sha256"
        )
        return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def _parts(cookie: str | None) -> list[str]:
    parts = (cookie or "").split(_BETWEEN, MOST_ACCOUNTS)[:MOST_ACCOUNTS]
    return [part for part in parts if part and part.isascii()]


def _day_of(text: str) -> date:
    return (
        datetime.strptime(text.partition(".")[2], "%Y%m%d").replace(tzinfo=UTC).date()
    )


def _today() -> date:
    return datetime.now(UTC).date()
