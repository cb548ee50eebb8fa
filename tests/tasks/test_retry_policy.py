"""When a task is tried again: a pure function, for all arguments."""

from datetime import timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from unwrapped.tasks.retry_policy import RetryPolicy

ZERO = timedelta()
DAY = timedelta(days=1)
ROUNDING = timedelta(milliseconds=1)

POLICIES = st.builds(
    RetryPolicy,
    attempts=st.integers(1, 10**9),
    first=st.timedeltas(timedelta(milliseconds=1), timedelta(hours=1)),
    factor=st.floats(1.0, 100.0),
    longest=st.timedeltas(timedelta(hours=1), DAY),
)
CHANCES = st.floats(0.0, 1.0)
WAITS = st.none() | st.timedeltas(-DAY, 365 * DAY)
COUNTS = st.integers(1, 10**12)


def before_the_last(policy: RetryPolicy, counted: int) -> int:
    """A count of attempts after which there is another attempt."""
    assume(policy.attempts > 1)
    return min(counted, policy.attempts - 1)


@given(POLICIES, COUNTS, CHANCES, WAITS)
def test_there_is_another_attempt_until_the_last_one(
    policy: RetryPolicy, counted: int, chance: float, retry_after: timedelta | None
) -> None:
    delay = policy.delay(counted, chance, retry_after)
    assert (delay is None) == (counted >= policy.attempts)


@given(POLICIES, COUNTS, CHANCES, WAITS)
def test_a_delay_is_never_negative_and_never_shorter_than_what_was_shown(
    policy: RetryPolicy, counted: int, chance: float, retry_after: timedelta | None
) -> None:
    delay = policy.delay(before_the_last(policy, counted), chance, retry_after)
    assert delay is not None
    assert delay > ZERO
    if retry_after is not None:
        assert delay >= retry_after - ROUNDING
        # Nor much longer, unless the backoff is.
        assert delay <= max(retry_after + policy.first, policy.longest) + ROUNDING


@given(POLICIES, COUNTS, CHANCES)
def test_a_delay_grows_with_the_attempts_to_the_longest_one(
    policy: RetryPolicy, counted: int, chance: float
) -> None:
    counted = before_the_last(policy, counted)
    delay = policy.delay(counted, chance)
    first = policy.delay(1, chance)
    assert delay is not None
    assert first is not None
    assert first - ROUNDING <= delay <= policy.longest
    if counted > 1:
        before = policy.delay(counted - 1, chance)
        assert before is not None
        assert before <= delay + ROUNDING
        grown = min(before * policy.factor, policy.longest * (1 - chance / 2))
        if counted <= 60:
            assert abs(delay - grown) <= max(ROUNDING, grown / 1_000_000)


@given(POLICIES, COUNTS, CHANCES)
def test_chance_takes_away_up_to_a_half(
    policy: RetryPolicy, counted: int, chance: float
) -> None:
    counted = before_the_last(policy, counted)
    most, delay, least = (policy.delay(counted, part) for part in (0.0, chance, 1.0))
    assert most is not None
    assert delay is not None
    assert least is not None
    assert least <= delay <= most
    assert abs(least - most / 2) <= ROUNDING


@given(st.integers(1, 10**300))
def test_no_count_is_too_large(counted: int) -> None:
    delay = RetryPolicy(attempts=counted + 1, factor=10.0).delay(counted, 0.0)
    assert delay is not None
    assert ZERO < delay <= timedelta(minutes=10)


@pytest.mark.parametrize(
    ("counted", "seconds"),
    [(1, 5), (2, 10), (3, 20), (4, 40), (7, 320), (8, 600), (9, 600), (500, 600)],
)
def test_the_delays_of_the_usual_policy(counted: int, seconds: int) -> None:
    policy = RetryPolicy(attempts=1_000)
    assert policy.delay(counted, 0.0) == timedelta(seconds=seconds)
    assert policy.delay(counted, 1.0) == timedelta(seconds=seconds / 2)


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_thirteen_hours_are_thirteen_hours(chance: float) -> None:
    answer = timedelta(hours=13)
    delay = RetryPolicy().delay(1, chance, answer)
    assert delay == answer + timedelta(seconds=5) * chance


def test_usually_there_are_three_attempts() -> None:
    policy = RetryPolicy()
    assert [policy.delay(n, 0.0) is None for n in (1, 2, 3, 4)] == [
        False,
        False,
        True,
        True,
    ]
