"""The kinds of errors. Their messages say what happened and what a user can do.

Code below the interfaces raises a kind; the command line maps it to an exit code, the
service to a status. Every domain subclasses a kind with a `code` that stays the same
for as long as the API does.
"""

from typing import ClassVar


class AppException(Exception):
    """Base of every error whose message is for users."""

    code: ClassVar[str] = "error"
    """What happened, for programs: stable, in snake case."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Invalid(AppException):
    """What the user gave cannot be used; the message says why and what to do."""

    code = "invalid"


class ExpiryPassed(Invalid):
    """The expiry of something new is in the past."""

    code = "expiry_passed"


class ContentTooLarge(Invalid):
    """What the user sent is larger than what is accepted."""

    code = "content_too_large"


class Unauthenticated(AppException):
    """The caller is not identified, or is not accepted any longer."""

    code = "unauthenticated"


class Forbidden(AppException):
    """The caller is known but may not do this."""

    code = "forbidden"


class NotFound(AppException):
    """What the user named does not exist, or belongs to somebody else."""

    code = "not_found"


class Conflict(AppException):
    """The request conflicts with the current state."""

    code = "conflict"


class TooManyRequests(AppException):
    """The caller sends requests more often than allowed."""

    code = "too_many_requests"

    def __init__(self, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds after which to try again, if known."""


class Unavailable(AppException):
    """Something that this program needs is not available: a disk, a network."""

    code = "unavailable"

    def __init__(self, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds after which to try again, if known."""


class StorageFull(Unavailable):
    """A disk has no space for what should be stored."""

    code = "storage_full"


class DatabaseFull(Unavailable):
    """The database has no space for what should be stored."""

    code = "database_full"
    words: ClassVar[str] = (
        "The server's disk is full: nothing can be stored until its operator makes"
        " room. Reading still works, and so does deleting uploads."
    )


class UserNotFoundError(NotFound):
    """There is no such user."""

    code = "user_not_found"


class ExternalAPIError(Unavailable):
    """An external service did not answer as it should."""

    code = "external_api_error"
