"""Dossiers: what is known of the artists, tracks and days that a profile names."""

from collections.abc import Collection, Iterator
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
    period."""
    plays = frames.awake.plays.select(
        "track", "artist", "title", "day", "hour", "weekday"
    )
    known = _tracks_of(frames, {*artists, *(artist for artist, _ in tracks)})
    names = [list(name) for name in sorted(tracks)]
    wanted = known.filter(pl.concat_list("artist", "title").is_in(names))["track"]
    credited = for_each_artist(plays, frames.credits)
    counts = dict(frames.calendar.select("day", "plays").iter_rows())
    return Dossiers(
        artists=_dossiers(frames, credited, "artist", sorted(artists), known),
        tracks=_dossiers(frames, plays, "track", wanted.to_list(), known),
        days=[_day(part, counts) for _, part in _parts(plays, "day", sorted(days))],
    )


def _tracks_of(frames: Frames, artists: Collection[str]) -> pl.DataFrame:
    """`artist`, `title`, `track` and `plays` of each track of these artists, the most
    played first."""
    tracks = for_each_artist(frames.awake.now.tracks, frames.credits)
    return (
        tracks.filter(pl.col("artist").is_in(_as(tracks["artist"], artists)))
        .select(pl.col("artist", "title").cast(pl.String), "track", "plays")
        .sort("plays", "title", "artist", descending=[True, False, False])
    )


def _as(column: pl.Series, values: Collection[object]) -> pl.Series:
    """The values cast to the type of a column, without those that it cannot hold."""
    texts = pl.Series(
        list(values), dtype=pl.String if column.dtype == pl.Enum else None
    )
    return texts.cast(column.dtype, strict=False).drop_nulls().implode()


def _parts(
    plays: pl.DataFrame, column: str, values: Collection[object]
) -> Iterator[tuple[object, pl.DataFrame]]:
    """Each value that has plays, with these plays, in the order of the values."""
    some = plays.filter(pl.col(column).is_in(_as(plays[column], values)))
    parts = some.partition_by(column, as_dict=True)
    for value in dict.fromkeys(values):
        if (part := parts.get((value,))) is not None:
            yield value, part


def _dossiers(
    frames: Frames,
    plays: pl.DataFrame,
    column: Literal["artist", "track"],
    values: Collection[object],
    tracks: pl.DataFrame,
) -> list[Dossier]:
    ever = frames.awake.ever
    firsts = dict(
        (ever.artists if column == "artist" else ever.tracks)
        .filter(pl.col(column).is_in(_as(plays[column], values)))
        .select(pl.col(column), "first_day")
        .iter_rows()
    )
    begin = frames.awake.history["day"].min()
    led = _led(plays, column)
    some = plays.filter(pl.col(column).is_in(_as(plays[column], values)))
    measures = _measures(some.with_columns(pl.col(column).alias("of")))
    artists = _titles(tracks)
    dossiers = []
    for value in dict.fromkeys(values):
        if (measured := measures.get(value)) is None:
            continue
        title = measured["title"] if column == "track" else ""
        of_artist = artists.get(measured["artist"], _NO_TITLES)
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


_NO_TITLES: dict[str, Any] = {"title": [], "most": [], "plays": 0, "tracks": 0}


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


def _measures(plays: pl.DataFrame) -> dict[object, dict[str, Any]]:
    """The measures of each value of `of`, under the names of the members of
    `Dossier`."""
    names = plays.group_by("of").agg(
        pl.col("artist", "title").first().cast(pl.String),
        plays=pl.len(),
        weekend_plays=(pl.col("weekday") >= SATURDAY).sum(),
    )
    measures = names.join(_days(plays), on="of").join(_peaks(plays), on="of")
    return measures.rows_by_key("of", named=True, unique=True)


def _led(plays: pl.DataFrame, column: str) -> dict[object, int]:
    """For each value, the number of months in which it has more plays than any
    other."""
    month = pl.col("day").dt.truncate("1mo").alias("month")
    months = plays.group_by(column, month).len("plays")
    most = months.filter(pl.col("plays") == pl.col("plays").max().over("month"))
    leaders = most.filter(pl.len().over("month") == 1)
    return dict(leaders[column].value_counts().iter_rows())


def _days(plays: pl.DataFrame) -> pl.DataFrame:
    day, amount = pl.col("day"), pl.col("amount")
    away = day.diff().fill_null(timedelta(0))
    by_day = plays.group_by("of", "day").len("amount").sort("day")
    return (
        by_day.group_by("of")
        .agg(
            days=pl.len(),
            last_day=day.last(),
            busiest_day=day.filter(amount == amount.max()).first(),
            busiest_plays=amount.max(),
            away=away.max(),
            returned_day=day.filter(away == away.max()).first(),
        )
        .with_columns(
            away_days=pl.col("away").dt.total_days(),
            left_day=pl.col("returned_day") - pl.col("away"),
        )
        .drop("away")
    )


def _peaks(plays: pl.DataFrame) -> pl.DataFrame:
    hour, amount = pl.col("hour"), pl.col("amount")
    by_hour = plays.group_by("of", "hour").len("amount")
    return by_hour.group_by("of").agg(
        peak_hour=hour.filter(amount == amount.max()).min(),
        peak_hour_plays=amount.max(),
    )


def _day(plays: pl.DataFrame, counts: dict[date, int]) -> DayDossier:
    artists = _ranked(plays, "artist")
    tracks = _ranked(plays, "artist", "title")
    artist, artist_plays = artists.row(0)
    title_artist, title, title_plays = tracks.row(0)
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
        before=counts.get(day - DAY, 0),
        after=counts.get(day + DAY, 0),
    )


def _ranked(plays: pl.DataFrame, *names: str) -> pl.DataFrame:
    return (
        plays.group_by(names)
        .len("plays")
        .sort("plays", *names, descending=[True, *(False for _ in names)])
    )
