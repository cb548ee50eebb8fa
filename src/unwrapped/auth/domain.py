"""The parts of auth that the application uses: endpoints, settings, jobs, data."""

from datetime import timedelta
from typing import TYPE_CHECKING

from unwrapped.auth.models import OAuthState, RefreshToken, UserSession
from unwrapped.auth.oauth.provider_tokens.encrypted_columns import SEALED
from unwrapped.auth.oauth.settings import OAuthSettings, require_callbacks
from unwrapped.auth.oauth.states import delete_expired_states
from unwrapped.auth.personal_data import PERSONAL_DATA
from unwrapped.auth.sessions.refreshing import delete_used_tokens
from unwrapped.auth.sessions.service import delete_dead_sessions
from unwrapped.auth.settings import AuthSettings
from unwrapped.auth.tokens.service import delete_expired_tokens
from unwrapped.core.domain import Domain, PeriodicJob
from unwrapped.core.process_resources import Resources

if TYPE_CHECKING:
    from fastapi import APIRouter


def load_router() -> "APIRouter":
    """Return the router of the endpoints."""
    from unwrapped.auth.router import router

    return router


async def delete_idle_limits(resources: Resources) -> int:
    """Delete the rate limits that limit nobody any more; return their number."""
    return await resources.limiter.delete_idle()


DOMAIN = Domain(
    name="auth",
    load_router=load_router,
    settings=(AuthSettings, OAuthSettings),
    check=require_callbacks,
    periodic_jobs=(
        PeriodicJob("auth.dead_sessions", timedelta(hours=1), delete_dead_sessions),
        PeriodicJob("auth.used_tokens", timedelta(hours=1), delete_used_tokens),
        PeriodicJob("auth.expired_tokens", timedelta(hours=1), delete_expired_tokens),
        PeriodicJob("auth.expired_states", timedelta(hours=1), delete_expired_states),
        PeriodicJob("auth.old_keys", timedelta(hours=1), SEALED.reencrypt),
        PeriodicJob("auth.idle_limits", timedelta(hours=1), delete_idle_limits),
    ),
    personal_data=PERSONAL_DATA,
    sealed=(SEALED,),
    fleeting=(UserSession, RefreshToken, OAuthState),
)
