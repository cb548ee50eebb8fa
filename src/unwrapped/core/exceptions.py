"""Errors are kinds: what happened, told in words that a user can act on.

Code below the interfaces raises a kind; the command line and the service each map
kinds to their own language (an exit code, a status). Every domain subclasses a kind
with a `code` that stays the same for as long as the API does.
"""

from typing import ClassVar


class AppException(Exception):
    """Base of every error that is meant to be read by a user."""

    code: ClassVar[str] = "error"
    """What happened, for programs: stable, in snake case."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Invalid(AppException):
    """What the user gave cannot be used; the message says why and what to do."""

    code = "invalid"


class ExpiryPassed(Invalid):
    """The end of something new lies in the past."""

    code = "expiry_passed"


class ContentTooLarge(Invalid):
    """What the user sent is larger than what is taken."""

    code = "content_too_large"


class Unauthenticated(AppException):
    """The caller did not show who they are, or no longer may."""

    code = "unauthenticated"


class Forbidden(AppException):
    """The caller is known, and may not do this."""

    code = "forbidden"


class NotFound(AppException):
    """What the user named is not there, or belongs to somebody else."""

    code = "not_found"


class Conflict(AppException):
    """What is asked for contradicts the present state."""

    code = "conflict"


class TooManyRequests(AppException):
    """The caller asks more often than allowed."""

    code = "too_many_requests"

    def __init__(self, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds after which to try again, where they are known."""


class Unavailable(AppException):
    """Something that this program needs did not serve it: a disk, a network."""

    code = "unavailable"

    def __init__(self, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds after which to try again, where they are known."""


class StorageFull(Unavailable):
    """A disk has no room for what should be stored."""

    code = "storage_full"


class DatabaseFull(Unavailable):
    """The database has no room for what should be stored."""

    code = "database_full"
    words: ClassVar[str] = (
        "The server's disk is full: nothing can be stored until its operator makes"
        " room. Reading goes on, and so does deleting uploads."
    )


class UserNotFoundError(NotFound):
    """There is no such user."""

    code = "user_not_found"


class ExternalAPIError(Unavailable):
    """A service outside did not answer as it should."""

    code = "external_api_error"
