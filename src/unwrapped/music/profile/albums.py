"""Albums that were played in one go."""

from dataclasses import dataclass

import polars as pl

from unwrapped.music.profile.frames import Frames
from unwrapped.music.profile.sessions import with_sessions

FEWEST_TRACKS = 5
SHARE_OF_ALBUM = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class AlbumRuns:
    """Album runs: at least five plays in a row, in one session, of different tracks of
    one album (artist and album name). A track that comes again begins a new run."""

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
    """The album played through most often; ties go by artist and album; `""` and 0 when
    there is none."""


def measure_albums(frames: Frames) -> AlbumRuns | None:
    """Album runs of the period; None when the source names no albums."""
    plays = with_sessions(frames.plays)
    known = int(plays["album"].count())
    if not known:
        return None
    runs = _runs(plays).filter(pl.col("tracks") >= FEWEST_TRACKS)
    sizes = (
        frames.history.drop_nulls("album")
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

    A run is as long as it can be from where it begins; a track that comes again begins
    the next one. Stretches of one album too short for an album run are left out.
    """
    changes = [
        pl.col(name).ne_missing(pl.col(name).shift())
        for name in ("session", "artist", "album")
    ]
    stretches = plays.with_columns(
        pl.any_horizontal(changes).cum_sum().alias("stretch")
    ).drop_nulls("album")
    lengths = stretches.group_by("stretch").len()
    long = stretches.join(
        lengths.filter(pl.col("len") >= FEWEST_TRACKS),
        on="stretch",
        how="semi",
        maintain_order="left",
    )
    return (
        long.with_columns(pl.Series("run", _run_numbers(long), dtype=pl.UInt32))
        .group_by("run")
        .agg(pl.col("artist", "album").first(), pl.len().alias("tracks"))
    )


def _run_numbers(stretches: pl.DataFrame) -> list[int]:
    runs: list[int] = []
    run, heard, last_stretch = 0, set[int](), -1
    for stretch, track in zip(stretches["stretch"], stretches["track"], strict=True):
        if stretch != last_stretch or track in heard:
            run += 1
            heard.clear()
        heard.add(track)
        last_stretch = stretch
        runs.append(run)
    return runs
