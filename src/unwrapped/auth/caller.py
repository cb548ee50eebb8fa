"""Who sent a request, and what they may do."""

from dataclasses import dataclass
from uuid import UUID

from unwrapped.auth.models import Scope, SessionKind
from unwrapped.core.exceptions import Forbidden
from unwrapped.core.http.guards.same_origin import CrossSite
from unwrapped.core.security import InvalidToken


class InsufficientScope(Forbidden):
    """A personal token was not made for this."""

    code = "insufficient_scope"


class SessionNeeded(Forbidden):
    """What concerns the account itself needs a person who signed in."""

    code = "session_needed"

    def __init__(self) -> None:
        super().__init__("Sign in for this: a personal token does not open it.")


SIGNED_IN = (InvalidToken, InsufficientScope, CrossSite)
"""What the `CurrentUser` of an endpoint can be refused with."""

OWNER = (*SIGNED_IN, SessionNeeded)
"""What its `AccountOwner` can be refused with."""


class AdministratorNeeded(Forbidden):
    """What concerns other people needs an administrator."""

    code = "administrator_needed"

    def __init__(self) -> None:
        super().__init__("Only an administrator of this server may do that.")


ADMINISTRATOR = (*OWNER, AdministratorNeeded)
"""What its `Administrator` can be refused with."""


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
    """None where a personal token speaks for them."""

    scopes: frozenset[Scope] = frozenset(Scope)
    is_administrator: bool = False
    """Whether it is an administrator who signed in: no token speaks for that."""

    def require_scope(self, scope: Scope) -> None:
        """Raises `InsufficientScope`."""
        if scope not in self.scopes:
            raise InsufficientScope(
                f"This token may not do that: it has no scope “{scope}”."
            )

    def require_session(self) -> CurrentSession:
        """The session. Raises `SessionNeeded`."""
        if self.session is None:
            raise SessionNeeded
        return self.session

    def require_administrator(self) -> None:
        """Raises `SessionNeeded` or `AdministratorNeeded`."""
        self.require_session()
        if not self.is_administrator:
            raise AdministratorNeeded
