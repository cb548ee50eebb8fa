"""New and old acquaintances: how long each artist had been known when played."""

from dataclasses import dataclass
from datetime import date, timedelta

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


def measure_novelty(frames: Frames, known: pl.DataFrame) -> Novelty | None:
    """Novelty of the period; None when no play is 730 days into the history.

    `known` is the result of `acquaintances`.
    """
    judged = known.filter(pl.col("into") >= PAST)
    if judged.is_empty():
        return None
    is_new = pl.col("known_for") < NEW_FOR
    found = _new_artists(frames)
    best, plays, met = found.row(0) if len(found) else ("", 0, None)
    return Novelty(
        share=float(judged.select(is_new.mean()).item()),
        judged_plays=len(judged),
        new_artists=len(found),
        discovery=best,
        discovery_plays=plays,
        discovery_day=None if met is None else frames.day_of(met),
    )


def measure_loyalty(known: pl.DataFrame) -> Loyalty | None:
    """Loyalty of the period; None when no play is 730 days into the history.

    `known` is the result of `acquaintances`.
    """
    judged = known.filter(pl.col("into") >= PAST)
    if judged.is_empty():
        return None
    old = judged.select((pl.col("known_for") > OLD_AFTER).mean()).item()
    return Loyalty(share=float(old), judged_plays=len(judged))


def acquaintances(frames: Frames) -> pl.DataFrame:
    """For each play of the period, in order: `known_for`, the time since the first play
    of its artist (of several artists, the one played first), and `into`, the time since
    the first play of the history."""
    met = frames.ever.artists.select("artist", "met")
    if not frames.credits.is_empty():
        together = frames.credits.join(met, on="artist").group_by("credit")
        credited = together.agg(pl.col("met").min()).rename({"credit": "artist"})
        alone = met.join(credited, on="artist", how="anti")
        met = pl.concat([alone, credited.select(met.columns)])
    plays = frames.plays.select("artist", "started_at")
    return plays.join(met, on="artist", how="left", maintain_order="left").select(
        (pl.col("started_at") - pl.col("met")).alias("known_for"),
        (pl.col("started_at") - frames.history_start).alias("into"),
    )


def _new_artists(frames: Frames) -> pl.DataFrame:
    """`artist`, `plays` and `met` (the first play of the history) of those whose first
    play is a judged one; the most played first."""
    ever = frames.ever.artists.select("artist", "met")
    return (
        frames.now.artists.join(ever, on=["artist", "met"], how="semi")
        .filter(pl.col("met") - frames.history_start >= PAST)
        .select("artist", "plays", "met")
        .sort("plays", "artist", descending=[True, False])
    )
