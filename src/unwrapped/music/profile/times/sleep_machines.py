"""Sleep machines: tracks that are repeated through the night."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from unwrapped.music.profile.basis.frames import Frames


@dataclass(frozen=True, slots=True, kw_only=True)
class SleepMachine:
    """The sleep machines: tracks with a run of ten plays or more in one session that
    begins from 23:00 to 6:59. They are in the top lists, but in no measure of liking
    (repetition, bonds, charts, encounters, company)."""

    tracks: int
    """The number of sleep machines with a play in the period."""

    share: float
    """Their share of the period's plays."""

    artist: str
    title: str
    plays: int
    """The sleep machine with the most plays in the period; ties are sorted by artist
    and title."""

    longest_run: int
    longest_day: date
    """The plays of its longest such run in the history and the day on which this run
    begins; the earliest of equals."""

    nights: int
    """The number of days of the history on which such a run begins."""


def measure_sleep(frames: Frames) -> SleepMachine | None:
    """The sleep machines of the period; None if there are none."""
    runs = frames.sleep_runs
    if runs.is_empty():
        return None
    machines = frames.now.tracks.join(runs, on="track", how="semi").sort(
        "plays", "artist", "title", descending=[True, False, False]
    )
    if machines.is_empty():
        return None
    most = machines.row(0, named=True)
    own = runs.filter(pl.col("track") == most["track"])
    longest = own.row(own["plays"].arg_max() or 0, named=True)
    return SleepMachine(
        tracks=len(machines),
        share=int(machines["plays"].sum()) / len(frames.plays),
        artist=most["artist"],
        title=most["title"],
        plays=most["plays"],
        longest_run=longest["plays"],
        longest_day=longest["day"],
        nights=own["day"].n_unique(),
    )
