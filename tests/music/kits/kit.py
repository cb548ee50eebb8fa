"""A kit: all that tests need to know about a log to apply every rule to it."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from hypothesis import strategies as st

from tests.exports import Row
from unwrapped.music.sources.logs import LogName
from unwrapped.music.sources.reasons import AsideReason
from unwrapped.music.sources.upload_reading import Upload


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A listen as it happened, of which a format writes what it can."""

    ended_at: datetime
    """The time that is logged, also by logs of starts."""

    ms: float | None = 240_000
    uri: str | None = None
    artist: str | None = "Artist"
    title: str | None = "Song"
    album: str | None = None
    reason_end: str | None = None
    skipped: object = None
    shuffle: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What a row means, read by the test alone."""

    logged_at: datetime | None
    """None where the row has no readable time."""

    ms: float | None
    uri: object
    artist: object
    title: object
    length: float | None = None
    """How long the track is, in milliseconds, where the log has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """How rows of one log are drawn, written and understood."""

    log: LogName
    row: Callable[[Played], Row]
    truth: Callable[[Row], Truth]
    member: str
    """A member that rows of this log have, and no others."""

    ends: Sequence[datetime]
    """Times that lie so close together that listens of all kits meet."""

    dirt: Mapping[AsideReason, Sequence[Row]]
    """Rows that are no listens, by the reason for it."""

    write: Callable[[Sequence[Row]], bytes] | None = lambda rows: json.dumps(
        rows
    ).encode()
    """Rows as a file (as ASCII, so that it can contain anything); None where no file
    holds the log, and rows come from a service."""

    read: Callable[[Sequence[Row]], Upload] | None = None
    """The results for rows that come from a service."""

    def rows(self, played: st.SearchStrategy[Played]) -> st.SearchStrategy[Row]:
        """Rows of listens that end at `ends`, one in four of them no listen."""
        ended = st.builds(_ending, played, st.sampled_from(self.ends)).map(self.row)
        dirty = st.sampled_from([row for rows in self.dirt.values() for row in rows])
        return ended | ended | ended | dirty


def _ending(played: Played, ended_at: datetime) -> Played:
    return replace(played, ended_at=ended_at)


def moment(said: object) -> datetime | None:
    """A time of this century, without a zone in UTC; None for anything else."""
    if not isinstance(said, str) or not said.startswith("20"):
        return None
    return datetime.fromisoformat(f"{said.removesuffix('Z')}+00:00")


def number(value: object) -> float | None:
    """A number; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)
