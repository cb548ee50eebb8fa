"""How listens end and how long they last, and whether shuffle was on."""

from collections import Counter
from dataclasses import dataclass

import polars as pl

from unwrapped.music.history.credits import for_each_artist
from unwrapped.music.history.terms import PLAY_MS
from unwrapped.music.profile.basis.frames import Frames
from unwrapped.music.sources.logs import LOGS, LogName

FEWEST_OF_ONE = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtistEndings:
    """How the listens of one artist ended."""

    artist: str
    listens: int
    """Listens with a logged reason for their end."""

    broken_off: int
    """Listens among these that the listener broke off within 30 seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endings:
    """How the listens of the period ended, where the source logged it."""

    known_listens: int
    """Listens with a logged reason for their end."""

    skip_share: float
    """Share of these that the listener broke off within 30 seconds, by any button:
    clients log different ones. (The field `skipped` of the log is not used, because its
    meaning changed over the years.)"""

    finished_share: float
    """Share of these that reached the end of the track."""

    most_broken_off: ArtistEndings | None = None
    least_broken_off: ArtistEndings | None = None
    """The artists with the highest and the lowest share of listens broken off, of those
    with at least 30 such listens; ties are sorted by the number of listens, the highest
    first, then alphabetically. Null if fewer than two artists qualify."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """How long the listens with a known duration last."""

    known_listens: int
    under_30s_share: float
    """Share of the listens under 30 seconds, which do not count as plays."""

    median_play_minutes: float
    """Median duration of a play."""

    longest_play_minutes: float
    longest_play_artist: str
    longest_play_title: str
    """The longest play; ties are sorted by artist and title."""

    long_share: float
    """Share of the total time that was spent on plays of ten minutes or more."""

    long_are_tracks: bool = True
    """Whether the logs exclude that plays of ten minutes or more are podcasts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shuffle:
    """The use of shuffle, over the plays for which the source logged it."""

    known_plays: int
    share: float
    """Share of these plays that had shuffle on."""


LONG_PLAY_MS = 600_000
MS_PER_MINUTE = 60_000


def measure_endings(frames: Frames) -> Endings | None:
    """Endings of the period's listens; None when no reason was logged."""
    short = (pl.col("ms_played") < PLAY_MS).sum().alias("short")
    logged = frames.listens.drop_nulls(["source", "reason_end"])
    known: Counter[str] = Counter()
    broken_off = 0
    for log, reason, listens, early in (
        logged.group_by("source", "reason_end").agg(pl.len(), short).iter_rows()
    ):
        ending = LOGS[LogName(log)].endings.get(reason, "unknown")
        known[ending] += listens
        broken_off += early if ending == "broken_off" else 0
    if not known:
        return None
    most, least = _extremes(frames, logged)
    return Endings(
        known_listens=known.total(),
        skip_share=broken_off / known.total(),
        finished_share=known["finished"] / known.total(),
        most_broken_off=most,
        least_broken_off=least,
    )


def _extremes(
    frames: Frames, logged: pl.DataFrame
) -> tuple[ArtistEndings | None, ArtistEndings | None]:
    """The artists whose listens are broken off most and least often."""
    early = (pl.col("ms_played") < PLAY_MS) & _is_broken_off()
    listens = logged.select("artist", early.alias("broken_off"))
    counted = (
        for_each_artist(listens, frames.credits)
        .group_by("artist")
        .agg(pl.len().alias("listens"), pl.col("broken_off").sum())
        .filter(pl.col("listens") >= FEWEST_OF_ONE)
    )
    if len(counted) < 2:
        return None, None
    share = pl.col("broken_off") / pl.col("listens")
    most, least = (
        counted.sort(share, "listens", "artist", descending=[down, True, False]).row(
            0, named=True
        )
        for down in (True, False)
    )
    return ArtistEndings(**most), ArtistEndings(**least)


def _is_broken_off() -> pl.Expr:
    of_logs = [
        (pl.col("source") == log.value)
        & pl.col("reason_end")
        .cast(pl.String)
        .is_in([why for why, end in LOGS[log].endings.items() if end == "broken_off"])
        for log in LogName
        if LOGS[log].endings
    ]
    return pl.any_horizontal(of_logs)


def measure_lengths(frames: Frames) -> Lengths | None:
    """Lengths of the period's listens; None when no play has a known duration."""
    listened = frames.listens["ms_played"].drop_nulls()
    played = frames.plays["ms_played"].drop_nulls()
    if played.is_empty():
        return None
    longest = (
        frames.plays.filter(pl.col("ms_played") == pl.col("ms_played").max())
        .sort("artist", "title")
        .row(0, named=True)
    )
    long = frames.plays.filter(pl.col("ms_played") >= LONG_PLAY_MS)
    logs = [LogName(log) for log in long["source"].unique().to_list()]
    return Lengths(
        long_are_tracks=all(LOGS[log].proves_tracks for log in logs),
        known_listens=len(listened),
        under_30s_share=int((listened < PLAY_MS).sum()) / len(listened),
        median_play_minutes=frames.plays.select(pl.median("ms_played")).item()
        / MS_PER_MINUTE,
        longest_play_minutes=longest["ms_played"] / MS_PER_MINUTE,
        longest_play_artist=longest["artist"],
        longest_play_title=longest["title"],
        long_share=int(long["ms_played"].sum()) / int(played.sum()),
    )


def measure_shuffle(frames: Frames) -> Shuffle | None:
    """Shuffle over the period's plays; None when the source did not log it."""
    known = frames.plays["shuffle"].drop_nulls()
    if known.is_empty():
        return None
    return Shuffle(known_plays=len(known), share=int(known.sum()) / len(known))
