"""When a task whose attempt failed is tried again: a pure function of what is known."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often a kind of task is tried, and how long it waits in between."""

    attempts: int = 3
    """After so many the task fails: a task that kills its worker must not go on for ever."""

    first: timedelta = timedelta(seconds=5)
    factor: float = 2.0
    longest: timedelta = timedelta(minutes=10)

    def delay(
        self, counted: int, chance: float, retry_after: timedelta | None = None
    ) -> timedelta | None:
        """How long to wait after `counted` attempts; None when that was the last one.

        Exponential backoff, of which `chance` (0 to 1, drawn by the caller) takes away up to
        a half, so that tasks that failed together do not come back together. What was
        failed by a service outside that said when to come back (`retry_after`) waits
        longer than that rather than shorter, however long `longest` is.
        """
        if counted >= self.attempts:
            return None
        # The exponent is bounded: numbers end long after `longest` is reached.
        grown = self.first.total_seconds() * self.factor ** min(counted - 1, 64)
        backoff = timedelta(seconds=min(grown, self.longest.total_seconds()))
        if retry_after is not None and retry_after > backoff / 2:
            return retry_after + self.first * chance
        return backoff * (1 - chance / 2)
