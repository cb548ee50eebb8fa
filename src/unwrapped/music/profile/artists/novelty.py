"""New and old acquaintances: how long each artist had been known when played."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from unwrapped.music.profile.basis.frames import Frames

NEW_FOR = timedelta(days=90)
OLD_AFTER = timedelta(days=365)
PAST = timedelta(days=730)
"""A play is judged only if at least this much history precedes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Novelty:
    """Plays of artists who were new to the listener."""

    share: float
    """Share of the judged plays whose artist was first played in the 90 days before the
    play."""

    judged_plays: int
    """Plays of the period at least 730 days after the first play of the history: before
    that, many artists that the listener knows are new to the log.
    """

    new_artists: int
    """Artists whose first play in the history is a judged play."""

    discovery: str
    """The new artist with the most plays in the period; `""` when there is none."""

    discovery_plays: int
    discovery_day: date | None
    """Day of the discovery's first play."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loyalty:
    """Plays of artists that the listener has known for a long time."""

    share: float
    """Share of the judged plays whose artist was first played over 365 days before the
    play."""

    judged_plays: int
    """Plays of the period at least 730 days after the first play of the history."""


def measure_novelty(frames: Frames, known_for: pl.Series) -> Novelty | None:
    """Novelty of the period; None when no play is 730 days into the history.

    `known_for` is the result of `acquaintances`.
    """
    if known_for.is_empty():
        return None
    found = _new_artists(frames)
    best, plays, met = found.row(0) if len(found) else ("", 0, None)
    return Novelty(
        share=int((known_for < NEW_FOR).sum()) / len(known_for),
        judged_plays=len(known_for),
        new_artists=len(found),
        discovery=best,
        discovery_plays=plays,
        discovery_day=None if met is None else frames.day_of(met),
    )


def measure_loyalty(known_for: pl.Series) -> Loyalty | None:
    """Loyalty of the period; None when no play is 730 days into the history.

    `known_for` is the result of `acquaintances`.
    """
    if known_for.is_empty():
        return None
    old = int((known_for > OLD_AFTER).sum())
    return Loyalty(share=old / len(known_for), judged_plays=len(known_for))


def acquaintances(frames: Frames) -> pl.Series:
    """For each judged play of the period, the time since the first play of its artist (of
    several artists, the one played first)."""
    starts = frames.plays["started_at"]
    judged = frames.plays[bisect_left(starts, _judged_from(frames)) :]
    if judged.is_empty():
        return judged["started_at"]
    met = frames.ever.artists.select("artist", "met")
    if not frames.credits.is_empty():
        together = frames.credits.join(met, on="artist").group_by("credit")
        credited = together.agg(pl.col("met").min()).rename({"credit": "artist"})
        alone = met.join(credited, on="artist", how="anti")
        met = pl.concat([alone, credited.select(met.columns)])
    plays = judged.select("artist", "started_at").join(met, on="artist")
    return plays["started_at"] - plays["met"]


def _judged_from(frames: Frames) -> datetime:
    first: datetime = frames.history["started_at"][0]
    return first + PAST


def _new_artists(frames: Frames) -> pl.DataFrame:
    """`artist`, `plays` and `met` (the first play of the history) of those whose first
    play is a judged one; the most played first."""
    new = frames.ever.artists.filter(pl.col("met") >= _judged_from(frames))
    return frames.now.artists.join(
        new, on=["artist", "met"], how="semi", maintain_order="left"
    ).select("artist", "plays", "met")
