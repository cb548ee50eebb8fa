"""The message that a person gets for each exception that ends a task."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from unwrapped.core.exceptions import (
    AppException,
    Conflict,
    ContentTooLarge,
    ExternalAPIError,
    Forbidden,
    Invalid,
    NotFound,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
)
from unwrapped.tasks.execution.running_task import NoOutcome
from unwrapped.tasks.failures import (
    ATTEMPTS_EXHAUSTED,
    INTERNAL_ERROR,
    LONGEST_WAIT,
    LOST_CONNECTION,
    STATEMENT_TIMEOUT,
    Failure,
    deadline_exceeded,
    failure_of,
)

SECRET = "the listener's secret"  # noqa: S105 - what must not be shown

UNEXPECTED: list[Exception] = [
    ValueError(SECRET),
    KeyError(SECRET),
    NoOutcome(SECRET),
    ExceptionGroup(SECRET, [ValueError(SECRET)]),
    IntegrityError(SECRET, {"secret": SECRET}, asyncpg.UniqueViolationError(SECRET)),
    asyncpg.DataError(SECRET),
    asyncio.QueueFull(SECRET),
    UnicodeDecodeError("utf-8", SECRET.encode(), 0, 1, SECRET),
]
AWAY: list[Exception] = [
    OSError(SECRET),
    ConnectionResetError(SECRET),
    FileNotFoundError(2, SECRET, SECRET),
    TimeoutError(SECRET),
    PoolTimeoutError(SECRET),
    asyncpg.ConnectionDoesNotExistError(SECRET),
    asyncpg.TooManyConnectionsError(SECRET),
    asyncpg.CannotConnectNowError(SECRET),
    asyncpg.InterfaceError(SECRET),
    DBAPIError(SECRET, SECRET, ValueError(SECRET), connection_invalidated=True),
]


def name_of(error: object) -> str:
    """Return the name of the test of an error."""
    return type(error).__name__


@pytest.mark.parametrize("error", UNEXPECTED, ids=name_of)
def test_an_unexpected_error_is_internal_and_only_for_the_log(error: Exception) -> None:
    failure = failure_of(error)
    assert failure is INTERNAL_ERROR
    assert (failure.code, failure.may_pass, failure.retryable) == (
        "internal_error",
        False,
        True,
    )
    assert SECRET not in repr(failure)


@pytest.mark.parametrize("error", AWAY, ids=name_of)
def test_a_database_or_disk_that_went_away_may_come_back(error: Exception) -> None:
    failure = failure_of(error)
    assert failure is LOST_CONNECTION
    assert (failure.code, failure.may_pass, failure.retryable) == (
        "unavailable",
        True,
        True,
    )
    assert SECRET not in repr(failure)


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.QueryCanceledError(SECRET),
        DBAPIError(SECRET, SECRET, asyncpg.QueryCanceledError(SECRET)),
        asyncpg.LockNotAvailableError(SECRET),
    ],
    ids=name_of,
)
def test_a_statement_timeout_is_not_tried_again_automatically(
    error: Exception,
) -> None:
    failure = failure_of(error)
    assert failure is STATEMENT_TIMEOUT
    assert (failure.code, failure.may_pass, failure.retryable) == (
        "statement_timeout",
        False,
        True,
    )
    assert SECRET not in repr(failure)


@pytest.mark.parametrize("kind", [Unavailable, TooManyRequests, ExternalAPIError])
@pytest.mark.parametrize("seconds", [None, 0, 7, 46_800])
def test_an_unavailable_service_is_tried_again_at_the_time_it_named(
    kind: type[Unavailable | TooManyRequests], seconds: int | None
) -> None:
    failure = failure_of(kind("It is away.", seconds))
    answer = None if seconds is None else timedelta(seconds=seconds)
    assert failure == Failure(
        kind.code, "It is away.", may_pass=True, retryable=True, retry_after=answer
    )


@pytest.mark.parametrize("seconds", [10**8, 10**15, 10**400])
def test_a_wait_of_years_is_not_believed(seconds: int) -> None:
    failure = failure_of(Unavailable("It is away.", seconds))
    assert failure.retry_after == LONGEST_WAIT


def test_a_state_that_can_change_may_be_tried_again_by_its_owner() -> None:
    failure = failure_of(Conflict("Not in this state."))
    assert failure == Failure("conflict", "Not in this state.", retryable=True)
    assert not failure.may_pass


@pytest.mark.parametrize(
    "kind", [Invalid, ContentTooLarge, NotFound, Forbidden, Unauthenticated]
)
def test_a_task_with_invalid_input_may_not_be_tried_again(
    kind: type[AppException],
) -> None:
    failure = failure_of(kind("It is damaged."))
    assert failure == Failure(kind.code, "It is damaged.", retryable=False)
    assert not failure.may_pass


def every_kind(of: type[AppException] = AppException) -> Iterator[type[AppException]]:
    """The kinds of error that there are."""
    for kind in of.__subclasses__():
        yield kind
        yield from every_kind(kind)


def test_only_an_error_that_may_pass_is_tried_again_automatically() -> None:
    for kind in set(every_kind()):
        if kind.__init__ in (AppException.__init__, Unavailable.__init__):
            failure = failure_of(kind("What happened."))
            assert failure.may_pass == issubclass(kind, (Unavailable, TooManyRequests))
            assert (failure.code, failure.message) == (kind.code, "What happened.")
            assert failure.retryable or not failure.may_pass


def test_a_deadline_is_shown_in_seconds() -> None:
    failure = deadline_exceeded(5_400)
    assert failure.code == "deadline_exceeded"
    assert failure.message == "The task did not end within 5,400 seconds."
    assert (failure.may_pass, failure.retryable) == (False, True)


def test_a_task_whose_workers_died_may_be_tried_again_by_its_owner() -> None:
    assert (ATTEMPTS_EXHAUSTED.may_pass, ATTEMPTS_EXHAUSTED.retryable) == (False, True)


def test_the_message_of_a_task_is_fit_to_be_printed() -> None:
    name = "a\x1b[2J\u202e\u200f" + "b" * 30_000
    for error in (Invalid(f"{name} is damaged."), Unavailable(f"{name} is damaged.")):
        said = failure_of(error).message
        assert said.startswith("a [2J bbb")
        assert said.endswith("bb is damaged.")
        assert len(said) <= 1000
