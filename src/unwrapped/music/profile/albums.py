"""Albums that were played in one go."""

from dataclasses import dataclass

import polars as pl

from unwrapped.music.profile.basis.frames import Frames
from unwrapped.music.profile.basis.sessions_and_runs import find_runs

FEWEST_TRACKS = 5
SHARE_OF_ALBUM = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class AlbumRuns:
    """Album runs: at least five plays in a row, in one session, of different tracks of
    one album (artist and album name). A repeated track begins a new run."""

    known_plays: int
    """Plays with a known album."""

    run_share: float
    """Share of the plays with a known album that belong to an album run."""

    played_through: int
    """Album runs that cover at least 80 % of the tracks that the listener ever played
    from that album. (The sources do not say how many tracks an album has.)"""

    artist: str
    album: str
    times: int
    """The album that was played through most often and the number of times; ties are
    sorted by artist and album; `""` and 0 if there is none."""


def measure_albums(frames: Frames) -> AlbumRuns | None:
    """Album runs of the period; None when the source names no albums."""
    known = int(frames.plays["album"].count())
    if not known:
        return None
    runs = _runs(frames.in_sessions).filter(pl.col("tracks") >= FEWEST_TRACKS)
    sizes = (
        frames.history.join(runs, on=["artist", "album"], how="semi")
        .group_by("artist", "album")
        .agg(pl.col("track").n_unique().alias("size"))
    )
    through = (
        runs.join(sizes, on=["artist", "album"])
        .filter(pl.col("tracks") >= SHARE_OF_ALBUM * pl.col("size"))
        .group_by("artist", "album")
        .len("times")
        .sort("times", "artist", "album", descending=[True, False, False])
    )
    artist, album, times = through.row(0) if len(through) else ("", "", 0)
    return AlbumRuns(
        known_plays=known,
        run_share=int(runs["tracks"].sum()) / known,
        played_through=int(through["times"].sum()),
        artist=artist,
        album=album,
        times=times,
    )


def _runs(plays: pl.DataFrame) -> pl.DataFrame:
    """Runs of plays of one album in one session: `artist`, `album`, `tracks`.

    A run is as long as possible from its beginning; a repeated track begins the next
    one. Stretches of one album too short for an album run are left out.
    """
    stretches = find_runs(plays, "session", "artist", "album")
    rows = (
        stretches.filter(pl.col("plays") >= FEWEST_TRACKS)
        .select(
            pl.col("begin").alias("stretch"), pl.int_ranges("begin", "end").alias("row")
        )
        .explode("row")
    )
    long = rows.hstack(plays.select("artist", "album", "track")[rows["row"]])
    long = long.drop_nulls("album")
    again = pl.Series(_again(long), dtype=pl.Int64).implode()
    begins = (pl.col("row") == pl.col("stretch")) | pl.col("row").is_in(again)
    return long.group_by(begins.cum_sum().alias("run")).agg(
        pl.col("artist", "album").first(), pl.len().alias("tracks")
    )


def _again(stretches: pl.DataFrame) -> list[int]:
    """The rows whose track occurred before in the same run: each of them begins the
    next run."""
    same_track = ["stretch", "track"]
    repeated = stretches.filter(pl.len().over(same_track) > 1).select(
        "row", pl.col("row").shift().over(same_track).alias("before")
    )
    begins, last = list[int](), 0
    for row, before in repeated.drop_nulls("before").iter_rows():
        if before >= last:
            begins.append(row)
            last = row
    return begins
