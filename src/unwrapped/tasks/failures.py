"""What an exception means to the person whose task it ended."""

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
from unwrapped.core.room import is_disk_full
from unwrapped.core.session_settings import is_statement_timeout
from unwrapped.core.text import readable


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an attempt failed, in a stable code and in words."""

    code: str
    message: str
    may_pass: bool = False
    """Whether waiting can help: another attempt is made without being asked for."""

    retryable: bool = True
    """Whether it can be of use to try again later: the person may ask for it."""

    retry_after: timedelta | None = None


LONGEST_WAIT = timedelta(days=30)
"""As long as somebody outside can have a task wait: a number can be any."""

LOST_CONNECTION = Failure(
    "unavailable", "The database or a disk went away.", may_pass=True
)
STATEMENT_TIMEOUT = Failure(
    "statement_timeout",
    "A statement of the task took too long in the database, or an operator cancelled it.",
)
DISK_FULL = Failure(DatabaseFull.code, DatabaseFull.words, may_pass=True)
INTERNAL_ERROR = Failure(
    "internal_error", "Something went wrong on our side. The server's log says more."
)
ATTEMPTS_EXHAUSTED = Failure(
    "attempts_exhausted",
    "The task was taken up again and again, and its worker died each time. The server's"
    " log says more.",
)


def deadline_exceeded(seconds: float) -> Failure:
    """The failure of a task that takes longer than its kind may."""
    return Failure(
        "deadline_exceeded", f"The task did not end within {seconds:,.0f} seconds."
    )


def failure_of(error: Exception) -> Failure:
    """What an exception means to the user.

    The text of an unexpected one is for the log alone: it can hold anything.
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
        # What was given stays as it is; the state that it met can change.
        return Failure(error.code, message, retryable=isinstance(error, Conflict))
    # It counts as a lost connection too, but another attempt would take as long.
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
