"""Counts new and known artists for each step of a period."""

import polars as pl

from unwrapped.music.history.credits import for_each_artist
from unwrapped.music.history.local_time import local_times
from unwrapped.music.statistics.cutting import Cut, plays_of
from unwrapped.music.statistics.first_plays import Firsts
from unwrapped.music.statistics.question import Asked
from unwrapped.music.statistics.schemas import Meeting, Step
from unwrapped.music.statistics.series import begin_of, shown_days, starts_of


def measure_meetings(cut: Cut, firsts: Firsts, by: Step, asked: Asked) -> list[Meeting]:
    """The number of artists, and of new ones, for each step of a period.

    `firsts` are those of the whole history. The steps are those of a series. Raises
    `TooManyPoints`.
    """
    shown = shown_days(cut, asked.today)
    if shown.first is None or shown.last is None:
        return []
    plays = plays_of(cut.listens)
    artist = cut.columns.item_artists.gather(plays["item"])
    heard = _begins(plays["started_at"], by, asked).with_columns(artist)
    each = for_each_artist(heard, cut.columns.credits).group_by("begin")
    artists = dict(each.agg(pl.col("artist").n_unique()).iter_rows())
    # An artist is new in the step with their first play of the whole history.
    first_plays = pl.from_epoch(firsts.within(cut, "artist"), "us")
    met = _begins(first_plays.dt.replace_time_zone("UTC"), by, asked)
    new = dict(met.group_by("begin").len().iter_rows())
    return [
        Meeting(start, artists.get(start, 0), new.get(start, 0))
        for start in starts_of(shown.first, shown.last, by)
    ]


def _begins(starts: pl.Series, by: Step, asked: Asked) -> pl.DataFrame:
    """A frame of `begin`, the first day of each start's step, computed once for each day."""
    days = local_times(starts, asked.zone).dt.date()
    runs = pl.lit(days.rle().struct.field("value"))
    begins = pl.select(begin_of(runs, by).alias("begin"))
    return begins.select(pl.col("begin").gather(days.rle_id()))
