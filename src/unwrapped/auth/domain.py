"""What auth plugs into the application."""

from datetime import timedelta

from unwrapped.auth.router import router
from unwrapped.auth.sessions.service import delete_expired_sessions
from unwrapped.auth.settings import AuthSettings
from unwrapped.core.domain import Domain, Sweep

DOMAIN = Domain(
    name="auth",
    router=router,
    settings=AuthSettings,
    sweeps=(
        Sweep("auth.expired_sessions", timedelta(hours=1), delete_expired_sessions),
    ),
)
