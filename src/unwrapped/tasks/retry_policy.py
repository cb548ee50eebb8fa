"""Whether and when a failed attempt is repeated: a pure function."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often a kind of task is tried, and how long it waits in between."""

    attempts: int = 3
    """The most attempts: a task that kills its worker must not run forever."""

    first: timedelta = timedelta(seconds=5)
    factor: float = 2.0
    longest: timedelta = timedelta(minutes=10)

    def delay(
        self, counted: int, chance: float, retry_after: timedelta | None = None
    ) -> timedelta | None:
        """How long to wait after `counted` attempts; None after the last one.

        Exponential backoff, shortened by up to a half by `chance` (0 to 1, drawn by the
        caller), so that tasks that failed together do not come back together. If an
        external service gave a `retry_after`, the wait is at least that long, even beyond
        `longest`.
        """
        if counted >= self.attempts:
            return None
        # The exponent is limited: `longest` is reached long before numbers overflow.
        grown = self.first.total_seconds() * self.factor ** min(counted - 1, 64)
        backoff = timedelta(seconds=min(grown, self.longest.total_seconds()))
        if retry_after is not None and retry_after > backoff / 2:
            return retry_after + self.first * chance
        return backoff * (1 - chance / 2)
