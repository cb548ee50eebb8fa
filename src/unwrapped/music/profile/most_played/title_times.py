"""Titles that name a time, and whether they are played at that time."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from unwrapped.music.profile.basis.frames import Frames
from unwrapped.music.profile.most_played.title_words import words_of
from unwrapped.music.profile.most_played.top_ten import TITLES

FEWEST_PLAYS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """Hours of the day, days of the week or months, from `first` to `last`, both
    included.

    If `first` is after `last`, the range continues past midnight or New Year.
    """

    unit: str
    first: int
    last: int

    def holds(self) -> pl.Expr:
        """An expression: whether a play is at this time."""
        value = pl.col("day").dt.month() if self.unit == "month" else pl.col(self.unit)
        after, before = value >= self.first, value <= self.last
        return after & before if self.first <= self.last else after | before


TIMES: Mapping[str, Time] = {
    "monday": Time(unit="weekday", first=1, last=1),
    "tuesday": Time(unit="weekday", first=2, last=2),
    "wednesday": Time(unit="weekday", first=3, last=3),
    "thursday": Time(unit="weekday", first=4, last=4),
    "friday": Time(unit="weekday", first=5, last=5),
    "saturday": Time(unit="weekday", first=6, last=6),
    "sunday": Time(unit="weekday", first=7, last=7),
    "weekend": Time(unit="weekday", first=6, last=7),
    "morning": Time(unit="hour", first=5, last=11),
    "afternoon": Time(unit="hour", first=12, last=17),
    "evening": Time(unit="hour", first=18, last=23),
    "night": Time(unit="hour", first=22, last=4),
    "tonight": Time(unit="hour", first=22, last=4),
    "midnight": Time(unit="hour", first=23, last=0),
    "january": Time(unit="month", first=1, last=1),
    "february": Time(unit="month", first=2, last=2),
    "april": Time(unit="month", first=4, last=4),
    "june": Time(unit="month", first=6, last=6),
    "july": Time(unit="month", first=7, last=7),
    "august": Time(unit="month", first=8, last=8),
    "september": Time(unit="month", first=9, last=9),
    "october": Time(unit="month", first=10, last=10),
    "november": Time(unit="month", first=11, last=11),
    "december": Time(unit="month", first=12, last=12),
    "christmas": Time(unit="month", first=12, last=12),
    "summer": Time(unit="month", first=6, last=8),
    "winter": Time(unit="month", first=12, last=2),
}
"""The time that each word means. (May and March are missing: they are also other words.)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TitledTime:
    """The most played track, of those among the 100 most played with at least 15 plays,
    whose title has a word of `TIMES`; ties are sorted alphabetically."""

    word: str
    artist: str
    title: str
    plays: int
    inside: int
    """Its plays at that time."""

    usual: int
    """All plays at that time, without sleep machines."""

    of_plays: int
    """All plays, without sleep machines."""


def measure_titled_time(frames: Frames) -> TitledTime | None:
    """The most played track of the period whose title names a time; None if there is
    none."""
    awake = frames.awake
    most = awake.now.tracks.head(TITLES).filter(pl.col("plays") >= FEWEST_PLAYS)
    for track in most.iter_rows(named=True):
        if words := TIMES.keys() & words_of(track["title"]):
            word = min(words)
            at_time = awake.plays.filter(TIMES[word].holds())["track"]
            return TitledTime(
                word=word,
                artist=track["artist"],
                title=track["title"],
                plays=track["plays"],
                inside=int((at_time == track["track"]).sum()),
                usual=len(at_time),
                of_plays=len(awake.plays),
            )
    return None
