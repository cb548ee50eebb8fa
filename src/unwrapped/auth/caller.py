"""Who sent a request, and what they may do."""

from dataclasses import dataclass
from uuid import UUID

from unwrapped.auth.models import Scope, SessionKind
from unwrapped.core.exceptions import Forbidden
from unwrapped.core.http.guards.same_origin import CrossSite
from unwrapped.core.security import InvalidToken


class InsufficientScope(Forbidden):
    """The personal token lacks the scope for this."""

    code = "insufficient_scope"


class SessionNeeded(Forbidden):
    """Requests about the account itself need a person who signed in."""

    code = "session_needed"

    def __init__(self) -> None:
        super().__init__("Sign in for this: a personal token is not enough.")


SIGNED_IN = (InvalidToken, InsufficientScope, CrossSite)
"""The errors of `CurrentUser`, for `responses=`."""

OWNER = (*SIGNED_IN, SessionNeeded)
"""The errors of `AccountOwner`."""


class AdministratorNeeded(Forbidden):
    """Requests about other people need an administrator."""

    code = "administrator_needed"

    def __init__(self) -> None:
        super().__init__("Only an administrator of this server may do that.")


ADMINISTRATOR = (*OWNER, AdministratorNeeded)
"""The errors of `Administrator`."""


@dataclass(frozen=True, slots=True)
class CurrentSession:
    """The session of a request."""

    id: UUID
    kind: SessionKind


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request."""

    id: int
    time_zone: str
    session: CurrentSession | None
    """None when a personal token authenticates them."""

    scopes: frozenset[Scope] = frozenset(Scope)
    is_administrator: bool = False
    """Whether it is an administrator who signed in: a token is never enough."""

    def require_scope(self, scope: Scope) -> None:
        """Raises `InsufficientScope`."""
        if scope not in self.scopes:
            raise InsufficientScope(
                f"This token may not do that: it has no scope “{scope}”."
            )

    def require_session(self) -> CurrentSession:
        """Return the session. Raises `SessionNeeded`."""
        if self.session is None:
            raise SessionNeeded
        return self.session

    def require_administrator(self) -> None:
        """Raises `SessionNeeded` or `AdministratorNeeded`."""
        self.require_session()
        if not self.is_administrator:
            raise AdministratorNeeded
