"""Errors of signing in with a provider."""

from unwrapped.core.exceptions import Conflict, ExternalAPIError, Invalid


class SignInRefused(Invalid):
    """The provider's answer proves no identity."""

    code = "sign_in_refused"


class ProviderRefuses(ExternalAPIError):
    """The provider rejects this service's configuration."""

    code = "provider_refuses"


class GrantEnded(Conflict):
    """The provider no longer accepts a code or a refresh token (`invalid_grant`)."""

    code = "grant_ended"
