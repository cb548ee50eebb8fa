"""What an exception means for the person whose task it ended."""

from dataclasses import dataclass
from datetime import timedelta

from unwrapped.core.database import is_lost_connection
from unwrapped.core.exceptions import (
    AppException,
    Conflict,
    DatabaseFull,
    TooManyRequests,
    Unavailable,
)
from unwrapped.core.postgres.disk_space import is_disk_full
from unwrapped.core.postgres.session_settings import is_statement_timeout
from unwrapped.core.printable import readable


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an attempt failed: a stable code, and words for the person."""

    code: str
    message: str
    may_pass: bool = False
    """Whether waiting can help: another attempt is made automatically."""

    retryable: bool = True
    """Whether trying again later can help: the person may ask for it."""

    retry_after: timedelta | None = None


OUT_OF_MEMORY = "out_of_memory"
MIB = 1024 * 1024

LONGEST_WAIT = timedelta(days=30)
"""The longest wait that an external service can cause, with any `Retry-After`."""

LOST_CONNECTION = Failure(
    "unavailable", "The database or a disk went away.", may_pass=True
)
STATEMENT_TIMEOUT = Failure(
    "statement_timeout",
    "A statement of the task took too long in the database, or an operator cancelled it.",
)
DISK_FULL = Failure(DatabaseFull.code, DatabaseFull.words, may_pass=True)
INTERNAL_ERROR = Failure(
    "internal_error",
    "Something went wrong on our side. The server's log has the details.",
)
ATTEMPTS_EXHAUSTED = Failure(
    "attempts_exhausted",
    "The task was started several times, and its worker died each time. The server's"
    " log has the details.",
)
CHILD_DIED = Failure(
    ATTEMPTS_EXHAUSTED.code,
    "The task was started several times, and its process died each time. The server's"
    " log has the details.",
    may_pass=True,
)
REFUSED_MEMORY = Failure(
    OUT_OF_MEMORY,
    "The task needs more memory than it can have. Give it less data at once, or ask for"
    " a higher TASK_MEMORY_MAX_BYTES on the server.",
)
CHILD_KILLED = Failure(
    OUT_OF_MEMORY,
    "The system stopped the task, most likely because it ran out of memory. Give it less"
    " data at once, or the server more memory.",
)


class AttemptFailed(Exception):
    """A handler in another process failed, and logged the error there."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.code)
        self.failure = failure


def out_of_memory(limit: int) -> Failure:
    """The failure of a task that needs more memory than one may have."""
    return Failure(
        OUT_OF_MEMORY,
        f"The task needs more than the {limit / MIB:,.0f} MiB of memory that one may have."
        " Give it less data at once, or ask for a higher TASK_MEMORY_MAX_BYTES on the server.",
    )


def deadline_exceeded(seconds: float) -> Failure:
    """The failure of a task that takes longer than its kind may."""
    return Failure(
        "deadline_exceeded", f"The task did not end within {seconds:,.0f} seconds."
    )


def failure_of(error: Exception) -> Failure:
    """What an exception means for the user.

    The text of an unexpected exception is only for the log: it can contain anything.
    """
    if isinstance(error, AppException):
        message = readable(error.message)
        if isinstance(error, (Unavailable, TooManyRequests)):
            return Failure(
                error.code,
                message,
                may_pass=True,
                retry_after=_waits(error.retry_after),
            )
        # The input stays the same; the state that it conflicts with can change.
        return Failure(error.code, message, retryable=isinstance(error, Conflict))
    if isinstance(error, AttemptFailed):
        return error.failure
    if isinstance(error, MemoryError):
        return REFUSED_MEMORY
    # It also counts as a lost connection, but another attempt would take as long.
    if is_statement_timeout(error):
        return STATEMENT_TIMEOUT
    if is_disk_full(error):
        return DISK_FULL
    if is_lost_connection(error):
        return LOST_CONNECTION
    return INTERNAL_ERROR


def _waits(seconds: int | None) -> timedelta | None:
    if seconds is None:
        return None
    return timedelta(seconds=min(seconds, LONGEST_WAIT.total_seconds()))
