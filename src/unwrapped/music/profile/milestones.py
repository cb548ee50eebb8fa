"""Single plays: the first, the last, and the latest one with a round number."""

from dataclasses import dataclass
from datetime import date

from unwrapped.music.profile.basis.frames import Frames

ROUND = (100, 1_000, 10_000, 100_000, 1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One play of the period."""

    number: int
    """Its number among the plays of the period, counted from 1."""

    artist: str
    title: str
    day: date
    plays: int
    """All plays of this track in the period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """The first, the last and a round-numbered play of the period."""

    first: Moment | None = None
    last: Moment | None = None
    milestone: Moment | None = None
    """The last play whose number is a power of ten from 100 to 1,000,000; null below
    100 plays."""


def measure_moments(frames: Frames) -> Moments:
    """Moments of the period."""
    plays = len(frames.plays)
    reached = [number for number in ROUND if number <= plays]
    return Moments(
        first=_moment(frames, 1),
        last=_moment(frames, plays),
        milestone=_moment(frames, reached[-1]) if reached else None,
    )


def _moment(frames: Frames, number: int) -> Moment:
    play = frames.plays.row(number - 1, named=True)
    return Moment(
        number=number,
        artist=play["artist"],
        title=play["title"],
        day=play["day"],
        plays=int((frames.plays["track"] == play["track"]).sum()),
    )
