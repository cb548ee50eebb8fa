"""Histories written as plain rows, and the profile that is built from them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from unwrapped.music.history.period import Period
from unwrapped.music.history.shown_names import LISTEN_COLUMNS
from unwrapped.music.profile.taste_profile import TasteProfile, build_profile
from unwrapped.music.sources.logs import LogName


@dataclass(frozen=True, slots=True, kw_only=True)
class Listen:
    """One listen; a track is its artist and title."""

    started_at: datetime
    ms_played: int | None = 180_000
    artist: str = "Abba"
    title: str = "Waterloo"
    album: str | None = None
    source: str = LogName.SPOTIFY_EXTENDED.value
    reason_end: str | None = None
    skipped: bool | None = None
    shuffle: bool | None = None


def about(figure: float) -> Any:  # so that it can be used as a float
    """A value that equals `figure` up to the rounding of floats."""
    return pytest.approx(figure, rel=1e-9)


def at(text: str) -> datetime:
    """The time that an ISO text names, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def listen(
    text: str,
    track: str = "Abba/Waterloo",
    minutes: float | None = 3,
    album: str | None = None,
    reason_end: str | None = None,
    shuffle: bool | None = None,
) -> Listen:
    """A listen that starts at `text` (UTC), to a track written `artist/title`."""
    artist, title = track.split("/")
    return Listen(
        started_at=at(text),
        ms_played=None if minutes is None else round(minutes * 60_000),
        artist=artist,
        title=title,
        album=album,
        reason_end=reason_end,
        shuffle=shuffle,
    )


def in_order(listens: Iterable[Listen]) -> list[Listen]:
    """`listens` in the order of a history: by start, then names, unknown values first.

    Rows that are the same in all of these keep their order.
    """
    return sorted(
        listens,
        key=lambda row: (
            row.started_at,
            row.artist,
            row.title,
            row.ms_played is not None,
            row.ms_played or 0,
            row.source,
        ),
    )


def to_frame(
    listens: list[Listen], ids: dict[tuple[str, str], int] | None = None
) -> pl.DataFrame:
    """`listens`, unchanged, as a frame of the columns `LISTEN_COLUMNS`.

    Tracks are numbered by the alphabet unless `ids` numbers them by artist and title.
    """
    tracks = sorted({(row.artist, row.title) for row in listens})
    numbers = ids or {track: i for i, track in enumerate(tracks, start=1)}
    columns = {
        "started_at": pl.Series(
            [row.started_at for row in listens], dtype=pl.Datetime("us", "UTC")
        ),
        "ms_played": pl.Series([row.ms_played for row in listens], dtype=pl.Int64),
        "track": pl.Series(
            [numbers[row.artist, row.title] for row in listens], dtype=pl.UInt32
        ),
        "artist": _enum([row.artist for row in listens]),
        "title": _enum([row.title for row in listens]),
        "album": _enum([row.album for row in listens]),
        "source": _enum([row.source for row in listens]),
        "reason_end": pl.Series(
            [row.reason_end for row in listens], dtype=pl.Categorical
        ),
        "skipped": pl.Series([row.skipped for row in listens], dtype=pl.Boolean),
        "shuffle": pl.Series([row.shuffle for row in listens], dtype=pl.Boolean),
    }
    return pl.DataFrame(columns).select(LISTEN_COLUMNS)


def _enum(names: list[str] | list[str | None]) -> pl.Series:
    known = sorted({name for name in names if name is not None})
    return pl.Series(names, dtype=pl.Enum(known))


def profile_of(
    listens: Iterable[Listen], period: str = "all", zone: str = "UTC", top: int = 10
) -> TasteProfile:
    """The profile of `listens`, given in any order."""
    frame = to_frame(in_order(listens))
    return build_profile(frame, Period.parse(period), ZoneInfo(zone), top)
