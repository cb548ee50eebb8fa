"""The caller: who sent a request, and what they may do."""

from dataclasses import dataclass
from uuid import UUID

from unwrapped.auth.models import Scope, SessionKind
from unwrapped.core.exceptions import Forbidden
from unwrapped.core.http.guards.same_origin import CrossSite
from unwrapped.core.security import InvalidToken


class InsufficientScope(Forbidden):
    """The personal token lacks the scope that the request needs."""

    code = "insufficient_scope"


class SessionNeeded(Forbidden):
    """The request concerns the account itself: a personal token is not enough."""

    code = "session_needed"

    def __init__(self) -> None:
        super().__init__(
            "This request needs a sign-in: a personal token is not enough."
        )


SIGNED_IN = (InvalidToken, InsufficientScope, CrossSite)
"""The errors of `CurrentUser`, for `responses=`."""

OWNER = (*SIGNED_IN, SessionNeeded)
"""The errors of `AccountOwner`."""


class AdministratorNeeded(Forbidden):
    """The request concerns other people, and the caller is not an administrator."""

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
    """The person who sent a request."""

    id: int
    time_zone: str
    session: CurrentSession | None
    """None if they sent a personal token, or a pass (`sessions.sessionless_passes`)."""

    scopes: frozenset[Scope] = frozenset(Scope)
    is_administrator: bool = False
    """Whether this is a session of an administrator; False for a personal token."""

    def require_scope(self, scope: Scope) -> None:
        """Raise `InsufficientScope` unless the caller has the scope."""
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
        """Raise `SessionNeeded` or `AdministratorNeeded` for anybody else."""
        self.require_session()
        if not self.is_administrator:
            raise AdministratorNeeded
