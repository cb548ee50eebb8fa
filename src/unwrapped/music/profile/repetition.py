"""Repetition: obsessions, loops, and tracks that open a day or a session."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from unwrapped.music.profile.basis.frames import Frames
from unwrapped.music.profile.basis.sessions_and_runs import find_runs
from unwrapped.music.profile.basis.tallies import ranked

WINDOW = timedelta(hours=168)
OBSESSIONS_SHOWN = 5
FEWEST_IN_WINDOW = 3
MANY_IN_WINDOW = 25
LAST = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Obsession:
    """The 168 hours in which a track had the most plays."""

    artist: str
    title: str
    plays: int
    first_day: date
    last_day: date
    """Days of the first and last of these plays."""

    share: float
    """Their share of all plays from the first to the last of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """The track that is most often found in a certain position, and how often; ties are
    sorted by artist and title."""

    artist: str
    title: str
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Solo:
    """The most plays of one artist in a row within a session; the earliest of equals."""

    artist: str
    plays: int
    tracks: int
    """The number of different tracks in this run."""

    day: date
    """The day that it began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackComeback:
    """The longest time between two consecutive plays of one track, the later one in the
    period; ties are sorted by artist and title."""

    artist: str
    title: str
    away_days: int
    """Calendar days between the two."""

    left_day: date
    returned_day: date
    plays_since: int
    """Plays of the track from the return to the end of the period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repetition:
    """Repeated plays, without sleep machines; `""` and 0 if nothing else was played."""

    obsessions: list[Obsession]
    """The five tracks with the most plays within any 168 hours (at least three plays;
    the end of the window is excluded), each with its earliest such window; ties are
    sorted by artist and title."""

    crushes: int = 0
    """The number of tracks with at least 25 plays within some 168 hours."""

    mildest: Obsession | None = None
    """Of these tracks, the one with the fewest plays in its window; of equals, the last
    by artist and title."""

    again_share: float
    """Share of plays right after a play of the same track in the same session."""

    longest_loop: int
    """Most plays of one track in a row within a session."""

    loop_artist: str
    loop_title: str
    loop_day: date | None
    """The day that the loop began; the earliest of equally long ones."""

    opener_artist: str
    opener_title: str
    opener_days: int
    """The track that was the first play of the day most often, and on how many days;
    ties are sorted by artist and title."""

    session_opener: Habit | None = None
    """The track that begins the most sessions."""

    session_closer: Habit | None = None
    """The track that ends the most sessions."""

    solo: Solo | None = None
    track_comeback: TrackComeback | None = None
    last_1000_tracks: int | None = None
    """Different tracks among the last 1,000 plays, sleep machines included; null if
    there are fewer plays."""


def measure_repetition(frames: Frames) -> Repetition:
    """Repetition in the period."""
    plays = frames.awake.in_sessions
    loops = frames.awake.loops
    longest = (
        loops.row(loops["plays"].arg_max() or 0, named=True) if len(loops) else None
    )
    loop = plays.row(longest["begin"], named=True) if longest else _NOTHING
    session, day = pl.col("session"), pl.col("day")
    opener = _habit(plays.filter(day.ne_missing(day.shift())))
    line = _on_one_line(frames.awake.history)
    own = frames.awake.history is frames.awake.plays
    windows = _windows(frames, line if own else _on_one_line(frames.awake.plays))
    crushes = int((windows["plays"] >= MANY_IN_WINDOW).sum())
    mildest = windows.head(crushes).tail(1)
    return Repetition(
        obsessions=_obsessions(frames, windows.head(OBSESSIONS_SHOWN)),
        crushes=crushes,
        mildest=next(iter(_obsessions(frames, mildest)), None),
        again_share=1 - len(loops) / len(plays) if len(plays) else 0.0,
        longest_loop=longest["plays"] if longest else 0,
        loop_artist=loop["artist"],
        loop_title=loop["title"],
        loop_day=loop["day"],
        opener_artist=opener.artist if opener else "",
        opener_title=opener.title if opener else "",
        opener_days=opener.times if opener else 0,
        session_opener=_habit(plays.filter(session.ne_missing(session.shift()))),
        session_closer=_habit(plays.filter(session.ne_missing(session.shift(-1)))),
        solo=_solo(plays),
        track_comeback=_comeback(frames, line),
        last_1000_tracks=frames.plays["track"].tail(LAST).n_unique()
        if len(frames.plays) >= LAST
        else None,
    )


_NOTHING: dict[str, Any] = {"artist": "", "title": "", "day": None}


def _habit(plays: pl.DataFrame) -> Habit | None:
    """The track that occurs most often; ties are sorted by artist and title."""
    tracks = plays.group_by("track").agg(
        pl.col("artist", "title").first(), pl.len().alias("plays")
    )
    for _, artist, title, times in ranked(tracks, "artist", "title").head(1).rows():
        return Habit(artist=artist, title=title, times=times)
    return None


def _solo(plays: pl.DataFrame) -> Solo | None:
    if plays.is_empty():
        return None
    runs = find_runs(plays, "artist", "session")
    begin, end, count = runs.row(runs["plays"].arg_max() or 0)
    run = plays[begin:end]
    return Solo(
        artist=run["artist"][0],
        plays=count,
        tracks=run["track"].n_unique(),
        day=run["day"][0],
    )


def _comeback(frames: Frames, line: pl.DataFrame) -> TrackComeback | None:
    history = frames.awake.history
    same = pl.col("track") == pl.col("track").shift()
    back = line.select(
        "track",
        "started_at",
        pl.int_range(pl.len()).alias("row"),
        (pl.col("at").diff() * same).alias("gap"),
    ).filter(pl.col("started_at") >= frames.plays["started_at"][0])
    longest = back.filter(pl.col("gap") == pl.col("gap").max(), pl.col("gap") > 0)
    names = longest.join(frames.awake.ever.tracks, on="track")
    for row in names.sort("artist", "title", "row").head(1).iter_rows(named=True):
        first = (line["track"] == row["track"]).arg_max() or 0
        left_at = line["started_at"][row["row"] - 1]
        left = history["day"][bisect_left(history["started_at"], left_at)]
        returned = frames.day_of(row["started_at"])
        return TrackComeback(
            artist=row["artist"],
            title=row["title"],
            away_days=(returned - left).days,
            left_day=left,
            returned_day=returned,
            plays_since=first + row["plays"] - row["row"],
        )
    return None


def _windows(frames: Frames, line: pl.DataFrame) -> pl.DataFrame:
    tracks = frames.awake.now.tracks.select("track", "artist", "title")
    return ranked(_fullest_windows(line).join(tracks, on="track"), "artist", "title")


def _fullest_windows(line: pl.DataFrame) -> pl.DataFrame:
    """For each track with enough plays in a window, the fullest window (the earliest of
    equals): `track`, `plays`, and the starts of the `first` and the `last` play."""
    windows = line.with_row_index("begin").filter(
        pl.col("at").shift(1 - FEWEST_IN_WINDOW) - pl.col("at") < _ms(WINDOW)
    )
    end = line["at"].search_sorted(windows["at"] + _ms(WINDOW), side="left")
    return (
        windows.with_columns(
            (end - windows["begin"]).alias("plays"),
            line["started_at"].gather(end - 1).alias("last"),
        )
        .sort("plays", descending=True, maintain_order=True)
        .unique("track", keep="first", maintain_order=True)
        .select("track", "plays", pl.col("started_at").alias("first"), "last")
    )


def _on_one_line(plays: pl.DataFrame) -> pl.DataFrame:
    """`track`, `started_at` and `at`: the start in ms on a single number line, on which
    tracks are so far apart that no window spans two. Sorted by `at`."""
    time = pl.col("started_at").dt.epoch("ms")
    span = (plays.select(time.max() - time.min()).item() or 0) + 2 * _ms(WINDOW)
    # Grouping into lists is faster than sorting by track or a window over each.
    by_track = plays.group_by("track").agg("started_at").explode("started_at")
    begin = pl.col("track").rle_id().cast(pl.Int64) * span
    return by_track.with_columns((begin + time - time.min()).alias("at"))


def _obsessions(frames: Frames, windows: pl.DataFrame) -> list[Obsession]:
    starts, days = frames.plays["started_at"], frames.plays["day"]
    obsessions = []
    for window in windows.iter_rows(named=True):
        begin = bisect_left(starts, window["first"])
        end = bisect_right(starts, window["last"])
        obsessions.append(
            Obsession(
                artist=window["artist"],
                title=window["title"],
                plays=window["plays"],
                first_day=days[begin],
                last_day=days[end - 1],
                share=window["plays"] / (end - begin),
            )
        )
    return obsessions


def _ms(duration: timedelta) -> int:
    return duration // timedelta(milliseconds=1)
