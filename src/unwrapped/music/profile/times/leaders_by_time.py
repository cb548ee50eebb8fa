"""The leading artists of hours of the day and days of the week."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from unwrapped.music.profile.basis.frames import Frames
from unwrapped.music.profile.most_played.top_ten import Charts, ChartTrack
from unwrapped.music.profile.times.rhythm import (
    EVENING,
    MORNING,
    NIGHT,
    OFFICE,
    SATURDAY,
    Clock,
)

STRETCH = 3
FEWEST_PLAYS, FEWEST_DAYS = 20, 10
HOURS, WEEKDAYS = range(24), range(1, 8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """The artist with the most plays; `""` and 0 if there is none."""

    artist: str
    plays: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Daypart:
    """The artists and the track that are played most at a time of the day or the
    week."""

    plays: int
    """All plays at that time, including those of sleep machines."""

    artist: str
    artist_plays: int
    """The artist with the most plays at that time."""

    next_artist: str
    next_plays: int
    """The next one; `""` and 0 if there is none."""

    first_plays: int
    """Plays at that time of the artist with the most plays in the whole period."""

    track_artist: str
    title: str
    track_plays: int
    """The track with the most plays at that time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackTime:
    """The track, of those among the ten most played with at least 20 plays on at least
    ten days, with the highest share of its plays at one time; of equals the more
    played, then the earlier time."""

    artist: str
    title: str
    plays: int
    time: int
    """The hour, 0..23, or the day of the week, 1 = Monday."""

    inside: int
    """Its plays at that time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dayparts:
    """The most played artists and tracks by time, without sleep machines; ties are
    sorted alphabetically. Null if there is no play."""

    night: Daypart | None = None
    """From 0:00 to 4:59."""

    morning: Daypart | None = None
    """From 5:00 to 8:59."""

    office: Daypart | None = None
    """From 9:00 to 16:59 on Monday to Friday."""

    evening: Daypart | None = None
    """From 18:00 to 23:59."""

    weekend: Daypart | None = None
    """On Saturday and Sunday."""

    peak: Daypart | None = None
    """In the hour of the day with the most plays."""

    quiet: Daypart | None = None
    """In the three consecutive hours of the day with the fewest plays."""

    hours: list[Lead] = field(default_factory=list)
    """The leading artist of each hour of the day, 24 from midnight on."""

    weekdays: list[Lead] = field(default_factory=list)
    """The leading artist of each day of the week, 7 from Monday on."""

    artist_hours: list[list[int]] = field(default_factory=list)
    artist_weekdays: list[list[int]] = field(default_factory=list)
    """Plays of each artist of the charts, in their order, in each hour and on each day
    of the week."""

    track_hour: TrackTime | None = None
    track_weekday: TrackTime | None = None


def quietest(hours: list[int]) -> int:
    """The start of the three consecutive hours with the fewest plays; the earliest of
    equals.
    """
    sums = [sum((hours * 2)[first : first + STRETCH]) for first in HOURS]
    return sums.index(min(sums))


def measure_dayparts(frames: Frames, clock: Clock, charts: Charts) -> Dayparts:
    """The leading artists by part of the day and week; `clock` and `charts` are of the
    same period.
    """
    if frames.awake.plays.is_empty():
        return Dayparts()
    tracks = frames.awake.plays.group_by("track", "hour", "weekday").agg(
        pl.col("artist", "title").first(), pl.len().cast(pl.Int64).alias("plays")
    )
    artists = tracks.group_by("artist", "hour", "weekday").agg(pl.col("plays").sum())
    hour, at_weekend = pl.col("hour"), pl.col("weekday") >= SATURDAY
    first = quietest(clock.hours)
    parts = {
        "night": hour.is_between(*NIGHT, closed="left"),
        "morning": hour.is_between(*MORNING, closed="left"),
        "office": hour.is_between(*OFFICE, closed="left") & ~at_weekend,
        "evening": hour.is_between(*EVENING, closed="left"),
        "weekend": at_weekend,
        "peak": hour == clock.peak_hour,
        "quiet": hour.is_in([(first + i) % 24 for i in range(STRETCH)]),
    }
    whole = frames.plays.select(**{name: at.sum() for name, at in parts.items()})
    by_artist = _at_times(artists, parts, "artist")
    by_track = _at_times(tracks, parts, "artist", "title")
    ten = [one.artist for one in charts.artists]
    of_first = by_artist.filter(artist=ten[0])
    of_ten = artists.filter(pl.col("artist").is_in(ten))
    at_hour = _counts(of_ten, "artist", "hour")
    on_day = _counts(of_ten, "artist", "weekday")
    titles = [one.title for one in charts.tracks]
    of_titles = tracks.filter(pl.col("title").is_in(titles))
    return Dayparts(
        **{
            name: _part(name, whole[name][0], by_artist, by_track, of_first)
            for name in parts
        },
        hours=_leads(artists, "hour", HOURS),
        weekdays=_leads(artists, "weekday", WEEKDAYS),
        artist_hours=[[at_hour.get((one, at), 0) for at in HOURS] for one in ten],
        artist_weekdays=[[on_day.get((one, at), 0) for at in WEEKDAYS] for one in ten],
        track_hour=_track_time(of_titles, charts.tracks, "hour", HOURS),
        track_weekday=_track_time(of_titles, charts.tracks, "weekday", WEEKDAYS),
    )


def _at_times(
    counts: pl.DataFrame, parts: Mapping[str, pl.Expr], *names: str
) -> pl.DataFrame:
    """`names`, and the plays at each of the times in a column; sorted by `names`."""
    amounts = {name: (pl.col("plays") * at).sum() for name, at in parts.items()}
    return counts.group_by(names).agg(**amounts).sort(names)


def _part(
    name: str,
    plays: int,
    artists: pl.DataFrame,
    tracks: pl.DataFrame,
    first: pl.DataFrame,
) -> Daypart | None:
    """The leaders of a time; None if nothing is played then."""
    ranked = artists.sort(name, descending=True, maintain_order=True).head(2)
    (artist, most), (other, next_most) = [
        *zip(ranked["artist"], ranked[name], strict=True),
        ("", 0),
    ][:2]
    if not most:
        return None
    track = tracks.row(tracks[name].arg_max() or 0, named=True)
    return Daypart(
        plays=plays,
        artist=artist,
        artist_plays=most,
        next_artist=other if next_most else "",
        next_plays=next_most,
        first_plays=int(first[name].sum()),
        track_artist=track["artist"],
        title=track["title"],
        track_plays=track[name],
    )


def _leads(artists: pl.DataFrame, time: str, times: range) -> list[Lead]:
    plays = pl.col("plays")
    amounts = artists.group_by("artist", time).agg(plays.sum())
    most = amounts.group_by(time).agg(
        pl.col("artist").filter(plays == plays.max()).min(), plays.max()
    )
    led = {at: Lead(artist=name, plays=count) for at, name, count in most.iter_rows()}
    return [led.get(one, Lead(artist="", plays=0)) for one in times]


def _counts(plays: pl.DataFrame, *by: str) -> dict[tuple[object, ...], int]:
    """Plays of each combination of the columns."""
    sums = plays.group_by(by).agg(pl.col("plays").sum())
    return {tuple(key): amount for *key, amount in sums.iter_rows()}


def _track_time(
    tracks: pl.DataFrame, ten: list[ChartTrack], time: str, times: range
) -> TrackTime | None:
    plays = _counts(tracks, "artist", "title", time)
    found = []
    for track in ten:
        if track.plays >= FEWEST_PLAYS and track.days >= FEWEST_DAYS:
            own = [plays.get((track.artist, track.title, at), 0) for at in times]
            found.append(
                TrackTime(
                    artist=track.artist,
                    title=track.title,
                    plays=track.plays,
                    time=times[own.index(max(own))],
                    inside=max(own),
                )
            )
    return max(found, key=lambda one: one.inside / one.plays, default=None)
