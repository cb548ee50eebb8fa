"""Dossiers: what is known of the artists, tracks and days that a profile names."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

import polars as pl

from unwrapped.music.history.credits import for_each_artist
from unwrapped.music.profile.basis.frames import Frames
from unwrapped.music.profile.times.rhythm import SATURDAY

DAY = timedelta(days=1)
BESIDE = 2
"""The number of titles of an artist that a dossier lists."""

type TrackName = tuple[str, str]
"""Artist and title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """What the plays of the period show about an artist or a track."""

    artist: str
    title: str
    """`""` for an artist."""

    plays: int
    days: int
    """Days with a play."""

    led: int
    """Calendar months in which no other artist (track) has as many plays."""

    first_day: date
    """The day of the first play in the whole history, which may precede the period."""

    history_before: int
    """Days from the first day of the history to `first_day`."""

    last_day: date
    busiest_day: date
    busiest_plays: int
    """The day with the most plays and their number; the earliest of equals."""

    away_days: int
    left_day: date
    returned_day: date
    """The longest time between two consecutive days with a play (the earliest of
    equals), in days, and these two days; 0 and the same day twice if there is only
    one."""

    peak_hour: int
    peak_hour_plays: int
    """The hour of the day with the most plays and their number; the earliest of
    equals."""

    weekend_plays: int
    """Plays on Saturday and Sunday."""

    titles: list[str]
    titles_plays: list[int]
    """The two most played tracks of the artist (in the dossier of a track: other than
    this one) and their plays. Ties are sorted by title; the lists are shorter if there
    are fewer."""

    artist_plays: int
    artist_tracks: int
    """All plays and the number of tracks of the artist in the period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayDossier:
    """A day of the period."""

    day: date
    plays: int
    artists: int
    tracks: int
    artist: str
    artist_plays: int
    title: str
    title_artist: str
    title_plays: int
    """The most played artist and the most played track of the day; ties are sorted
    alphabetically."""

    first_hour: int
    last_hour: int
    """The hours in which the first and the last play of the day begin."""

    before: int
    after: int
    """Plays on the day before and on the day after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossiers:
    """The dossiers of artists, tracks and days, without sleep machines."""

    artists: list[Dossier] = field(default_factory=list)
    tracks: list[Dossier] = field(default_factory=list)
    days: list[DayDossier] = field(default_factory=list)


def measure_dossiers(
    frames: Frames,
    artists: Collection[str],
    tracks: Collection[TrackName],
    days: Collection[date],
) -> Dossiers:
    """The dossiers of the given artists, tracks and days that have a play in the
    period; tracks of an artist that is split into others have none."""
    plays = frames.awake.plays.select(
        "track", "artist", "title", "day", "hour", "weekday"
    )
    known = _tracks_of(frames, {*artists, *(artist for artist, _ in tracks)})
    wanted = [
        track for artist, title, track, _ in known.rows() if (artist, title) in tracks
    ]
    titles = _titles(known)
    credited = for_each_artist(plays, frames.credits)
    of_days = plays.filter(pl.col("day").is_in(days)).partition_by("day")
    return Dossiers(
        artists=_dossiers(frames, credited, "artist", sorted(artists), titles),
        tracks=_dossiers(frames, plays, "track", wanted, titles),
        days=[_day(frames, one) for one in of_days],
    )


def _tracks_of(frames: Frames, artists: Collection[str]) -> pl.DataFrame:
    """`artist`, `title`, `track` and `plays` of each track of these artists, the most
    played first."""
    tracks = for_each_artist(frames.awake.now.tracks, frames.credits)
    return (
        tracks.filter(pl.col("artist").is_in(artists))
        .select(pl.col("artist", "title").cast(pl.String), "track", "plays")
        .sort("plays", "title", "artist", descending=[True, False, False])
    )


def _dossiers(
    frames: Frames,
    plays: pl.DataFrame,
    column: Literal["artist", "track"],
    values: Collection[object],
    artists: dict[str, dict[str, Any]],
) -> list[Dossier]:
    wanted = pl.col(column).is_in(values)
    ever, now = frames.awake.ever, frames.awake.now
    met = (ever.artists if column == "artist" else ever.tracks).filter(wanted)
    firsts = dict(zip(met[column], met["first_day"], strict=True))
    begin = frames.awake.history["day"].min()
    led = _led(now.months if column == "artist" else _months(plays), column)
    measures = _measures(plays.filter(wanted), column)
    dossiers = []
    for value in dict.fromkeys(values):
        if (measured := measures.get(value)) is None:
            continue
        if (of_artist := artists.get(measured["artist"])) is None:
            continue  # the artist of the track is split, and has no plays
        title = measured["title"] if column == "track" else ""
        titles = zip(of_artist["title"], of_artist["most"], strict=True)
        beside = [one for one in titles if one[0] != title][:BESIDE]
        dossiers.append(
            Dossier(
                **measured | {"title": title},
                led=led.get(value, 0),
                first_day=firsts[value],
                history_before=(firsts[value] - begin).days,
                titles=[name for name, _ in beside],
                titles_plays=[count for _, count in beside],
                artist_plays=of_artist["plays"],
                artist_tracks=of_artist["tracks"],
            )
        )
    return dossiers


def _titles(tracks: pl.DataFrame) -> dict[str, dict[str, Any]]:
    """For each artist: the most played tracks and their plays (`most`), all plays, and
    the number of tracks."""
    return (
        tracks.group_by("artist")
        .agg(
            pl.col("title").head(BESIDE + 1),
            pl.col("plays").head(BESIDE + 1).alias("most"),
            pl.col("plays").sum(),
            tracks=pl.len(),
        )
        .rows_by_key("artist", named=True, unique=True)
    )


def _months(plays: pl.DataFrame) -> pl.DataFrame:
    """`track`, `month`, `plays`."""
    month = pl.col("day").dt.truncate("1mo").alias("month")
    return plays.group_by("track", month).len("plays")


def _led(months: pl.DataFrame, column: str) -> dict[object, int]:
    """For each value, the number of months in which it has more plays than any
    other."""
    most = months.filter(pl.col("plays") == pl.col("plays").max().over("month"))
    leaders = most.unique("month", keep="none")
    return dict(leaders[column].value_counts().iter_rows())


def _measures(plays: pl.DataFrame, column: str) -> dict[object, dict[str, Any]]:
    """The measures of each value, under the names of the members of `Dossier`."""
    of = pl.col(column).alias("of")
    day, hour, amount = pl.col("day"), pl.col("hour"), pl.col("amount")
    by_day = plays.group_by(of, "day").agg(
        pl.col("artist", "title").first(),
        amount=pl.len(),
        weekend=(pl.col("weekday") >= SATURDAY).sum(),
    )
    away = day.diff().fill_null(timedelta(0))
    returned = day.filter(away == away.max()).first()
    measures = (
        by_day.sort("day")
        .group_by("of")
        .agg(
            pl.col("artist", "title").first(),
            plays=amount.sum(),
            weekend_plays=pl.col("weekend").sum(),
            days=pl.len(),
            last_day=day.last(),
            busiest_day=day.filter(amount == amount.max()).first(),
            busiest_plays=amount.max(),
            away_days=away.max().dt.total_days(),
            left_day=returned - away.max(),
            returned_day=returned,
        )
    )
    by_hour = plays.group_by(of, "hour").len("amount")
    peaks = by_hour.group_by("of").agg(
        peak_hour=hour.filter(amount == amount.max()).min(),
        peak_hour_plays=amount.max(),
    )
    return measures.join(peaks, on="of").rows_by_key("of", named=True, unique=True)


def _day(frames: Frames, plays: pl.DataFrame) -> DayDossier:
    artists = Counter[str](plays["artist"])
    tracks = Counter[TrackName](zip(plays["artist"], plays["title"], strict=True))
    artist, artist_plays = _most(artists)
    (title_artist, title), title_plays = _most(tracks)
    day: date = plays["day"][0]
    return DayDossier(
        day=day,
        plays=len(plays),
        artists=len(artists),
        tracks=len(tracks),
        artist=artist,
        artist_plays=artist_plays,
        title=title,
        title_artist=title_artist,
        title_plays=title_plays,
        first_hour=plays["hour"][0],
        last_hour=plays["hour"][-1],
        before=frames.plays_on.get(day - DAY, 0),
        after=frames.plays_on.get(day + DAY, 0),
    )


def _most[Name: (str, TrackName)](plays: Counter[Name]) -> tuple[Name, int]:
    return min(plays.items(), key=lambda one: (-one[1], one[0]))
