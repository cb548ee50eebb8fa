"""What can be wrong with a sign-in with a provider."""

from unwrapped.core.exceptions import Conflict, ExternalAPIError, Invalid


class SignInRefused(Invalid):
    """What came back from a provider proves nothing."""

    code = "sign_in_refused"


class ProviderRefuses(ExternalAPIError):
    """The provider does not deal with this service as it is set up."""

    code = "provider_refuses"


class GrantEnded(Conflict):
    """The provider takes a code or a refresh token no more (`invalid_grant`)."""

    code = "grant_ended"
