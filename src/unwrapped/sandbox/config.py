"""The configuration of a sandbox."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from unwrapped.core.http.api_prefix import API
from unwrapped.sandbox.redirects import check_redirect_uri

CLIENT_SECRET = "sandbox-secret"  # noqa: S105 - of no account, and printed at every start
"""The secret of every client."""

CALLBACK = f"{API}/auth/callback"
REDIRECT_URIS = (
    f"http://127.0.0.1:8000{CALLBACK}",
    f"https://127.0.0.1:8443{CALLBACK}",
)


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class SandboxConfig:
    """How a sandbox behaves. Raises `RedirectUriRefused` for an invalid redirect URI."""

    redirect_uris: tuple[str, ...] = REDIRECT_URIS
    """Registered for every client."""

    access_seconds: int = 3600
    """How long an access token is valid."""

    slow_seconds: float = 60.0
    """How long a slow answer takes."""

    huge_bytes: int = 256 * 2**20
    """The size of an oversized answer."""

    clock: Callable[[], datetime] = now
    """The clock for the expiry of tokens and the times of plays."""

    def __post_init__(self) -> None:
        for uri in self.redirect_uris:
            check_redirect_uri(uri)
