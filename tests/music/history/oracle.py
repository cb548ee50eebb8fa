"""The rules of decision 0046 once more, in plain Python on single rows.

Times are milliseconds; nothing here is taken from the rules but what logs declare.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from unwrapped.music.sources.logs import Log, LogName

SECOND, MINUTE, TWO_HOURS = 1_000, 60_000, 7_200_000


@dataclass(frozen=True, order=True)
class Names:
    """A spelling: its keys and its loose keys."""

    artist_key: str
    title_key: str
    artist: str
    title: str
    lead: str | None = None
    """What comes before "and" in the artist."""

    def may_mean(self, other: "Names") -> bool:
        """Whether both may name one track."""
        return self.title == other.title and (
            self.artist in (other.artist, other.lead)
            or other.artist == self.lead
            or "variousartists" in (self.artist, other.artist)
        )


@dataclass(frozen=True)
class Listen:
    """A listen as it was logged: the exact key, and the length of the track."""

    log: LogName
    at: int
    """The logged time."""

    ms: int | None
    identity: str
    length: int | None = None

    def started(self, logs: Mapping[LogName, Log]) -> int:
        """The time in the exact key."""
        return self.at - (self.ms or 0) if logs[self.log].logs == "end" else self.at


class Rules:
    """The rules for a set of listens."""

    def __init__(
        self,
        listens: Iterable[Listen],
        spelled: Mapping[str, set[Names]],
        logs: Mapping[LogName, Log],
    ) -> None:
        self.listens, self.spelled, self.logs = set(listens), spelled, logs

    def mark(self, one: Listen) -> str | None:
        """Why a listen does not count."""
        if any(self._is_richer(one, other) for other in self.listens):
            return "richer_source"
        if any(self._is_reported_before(one, other) for other in self.listens):
            return "double_scrobble"
        if any(self._is_repeated_by(one, other) for other in self.listens):
            return "echo"
        return None

    def _may_mean_one(self, one: Listen, other: Listen) -> bool:
        return any(
            mine.may_mean(its)
            for mine in self.spelled[one.identity]
            for its in self.spelled[other.identity]
        )

    def _time(self, one: Listen) -> tuple[int, int]:
        """The logged time, and the last moment that it may mean."""
        if self.logs[one.log].precision == "minute":
            return one.at // MINUTE * MINUTE, one.at // MINUTE * MINUTE + MINUTE
        return one.at, one.at

    def _lasted(self, one: Listen) -> int:
        log = self.logs[one.log]
        if log.logs == "near_end" and log.longest_unknown_ms == 0:
            return 0
        if one.ms is not None:
            return min(one.ms, TWO_HOURS) if log.logs == "near_end" else one.ms
        if one.length is not None:
            return min(one.length, TWO_HOURS)
        return min(log.longest_unknown_ms, TWO_HOURS)

    def _ran(self, one: Listen) -> tuple[int, int]:
        first, last = self._time(one)
        if self.logs[one.log].logs == "start":
            return first, last + self._lasted(one)
        return first - self._lasted(one), last

    def _began(self, one: Listen) -> tuple[int, int]:
        first, last = self._time(one)
        lasted = self._lasted(one)
        match self.logs[one.log].logs:
            case "start":
                return first, last
            case "near_end":
                return first - lasted - 30 * SECOND, last
            case "end":
                return first - lasted, last if one.ms is None else last - lasted

    def _is_richer(self, one: Listen, other: Listen) -> bool:
        if self.logs[other.log].rank >= self.logs[one.log].rank:
            return False
        (began, at_latest), (first, last) = self._began(one), self._ran(other)
        return (
            at_latest >= first - 30 * SECOND
            and began <= last + 30 * SECOND
            and self._may_mean_one(one, other)
        )

    def _is_reported_before(self, one: Listen, other: Listen) -> bool:
        log = self.logs[one.log]
        if other == one or other.log != one.log or not log.scrobbled:
            return False
        mine, its = one.started(self.logs), other.started(self.logs)
        if log.precision == "minute":
            mine, its = mine // MINUTE * MINUTE, its // MINUTE * MINUTE
        in_order = [
            (time, row.ms is None, row.ms or 0, row.identity, row.started(self.logs))
            for time, row in ((its, other), (mine, one))
        ]
        return (
            mine - its < 15 * SECOND
            and in_order[0] < in_order[1]
            and self._may_mean_one(one, other)
        )

    def _is_repeated_by(self, one: Listen, other: Listen) -> bool:
        """Whether `one` repeats `other`, which began before it."""
        if (one.log, one.identity, one.ms) != (other.log, other.identity, other.ms):
            return False
        if one.ms is None or one.ms < 30 * SECOND:
            return False
        gap = one.started(self.logs) - other.started(self.logs)
        slack = MINUTE if self.logs[one.log].precision == "minute" else 0
        return gap > 0 and 2 * (gap + slack) <= one.ms
