"""What auth plugs into the application."""

from datetime import timedelta

from unwrapped.auth.router import router
from unwrapped.auth.service import delete_expired_sessions
from unwrapped.core.domain import Domain, Sweep

DOMAIN = Domain(
    name="auth",
    router=router,
    sweeps=(
        Sweep("auth.expired_sessions", timedelta(hours=1), delete_expired_sessions),
    ),
)
