"""Artists that are played on the same days, and artists bound to certain times."""

from dataclasses import dataclass
from datetime import date
from itertools import combinations

import polars as pl

from unwrapped.music.history.credits import for_each_artist
from unwrapped.music.profile.basis.frames import Frames
from unwrapped.music.profile.times.rhythm import MORNING, NIGHT, SATURDAY

COURT = 50
CHARTS = 10
FEWEST_PLAYS = 50
FEWEST_IN_MONTH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two of the ten most played artists and their days; ties are sorted
    alphabetically."""

    one: str
    other: str
    one_days: int
    other_days: int
    """Days of the period with a play of the one, and with a play of the other."""

    shared_days: int
    """Days with a play of both."""

    expected_days: float
    """Shared days expected by chance, if the days of each were drawn at random from all
    days with a play.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Haunt:
    """The artist with the highest share of plays at a time of the day or week, of those
    among the 50 most played that have at least 50 plays; ties are sorted
    alphabetically."""

    artist: str
    plays: int
    """All their plays in the period."""

    inside: int
    """Their plays at that time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfOne:
    """The most plays of one artist, of the 50 most played ones, on one day; of equals
    the earliest, then alphabetically."""

    artist: str
    day: date
    plays: int
    of_plays: int
    """All plays on that day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthOfOne:
    """The month, of those with at least 100 plays, in which one artist has the highest
    share of the plays; of equals the earliest, then alphabetically."""

    artist: str
    month: date
    plays: int
    of_plays: int
    """All plays of that month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Which artists are played together and when, without sleep machines; None if
    nothing qualifies."""

    strangers: Pair | None = None
    """Of the pairs without a shared day, the one with the most expected days."""

    inseparable: Pair | None = None
    """The pair with the highest Jaccard index: shared days over days with a play of
    either."""

    night: Haunt | None = None
    """From 0:00 to 4:59."""

    morning: Haunt | None = None
    """From 5:00 to 8:59."""

    weekend: Haunt | None = None
    """On Saturday and Sunday."""

    day_of_one: DayOfOne | None = None
    month_of_one: MonthOfOne | None = None


def measure_company(frames: Frames) -> Company:
    """Company of the period."""
    awake = frames.awake
    ranked = awake.now.artists.sort("plays", "artist", descending=[True, False])
    court = ranked.head(COURT).select("artist", "plays")
    plays = for_each_artist(
        awake.plays.select("artist", "day", "hour", "weekday"), frames.credits
    ).join(court, on="artist", how="semi")
    by_day = plays.group_by("artist", "day").agg(
        pl.len().cast(pl.Int64).alias("plays"),
        pl.col("hour").is_between(*NIGHT, closed="left").sum().alias("night"),
        pl.col("hour").is_between(*MORNING, closed="left").sum().alias("morning"),
        pl.col("weekday").first(),
    )
    pairs = _pairs(
        frames, by_day, court["artist"].head(CHARTS).cast(pl.String).to_list()
    )
    times = _times(by_day)
    return Company(
        strangers=min(
            (pair for pair in pairs if not pair.shared_days),
            key=lambda pair: (-pair.expected_days, pair.one, pair.other),
            default=None,
        ),
        inseparable=min(
            pairs,
            key=lambda pair: (-_jaccard(pair), pair.one, pair.other),
            default=None,
        ),
        night=_haunt(times, "night"),
        morning=_haunt(times, "morning"),
        weekend=_haunt(times, "weekend"),
        day_of_one=_day_of_one(frames, by_day),
        month_of_one=_month_of_one(frames),
    )


def _pairs(frames: Frames, by_day: pl.DataFrame, artists: list[str]) -> list[Pair]:
    """All pairs of `artists`, except those that a credit names together: they share its
    plays."""
    of_top = by_day.filter(pl.col("artist").cast(pl.String).is_in(artists))
    days = {
        str(artist[0]): set(rows["day"].to_list())
        for artist, rows in of_top.group_by("artist")
    }
    together = _credited_together(frames.credits)
    active = int((frames.calendar["plays"] > 0).sum())
    return [
        Pair(
            one=one,
            other=other,
            one_days=len(days[one]),
            other_days=len(days[other]),
            shared_days=len(days[one] & days[other]),
            expected_days=len(days[one]) * len(days[other]) / active,
        )
        for one, other in combinations(sorted(artists), 2)
        if (one, other) not in together
    ]


def _credited_together(credits: pl.DataFrame) -> set[tuple[str, str]]:
    return {
        pair
        for _, rows in credits.group_by("credit")
        for pair in combinations(sorted(rows["artist"].cast(pl.String)), 2)
    }


def _jaccard(pair: Pair) -> float:
    return pair.shared_days / (pair.one_days + pair.other_days - pair.shared_days)


def _times(by_day: pl.DataFrame) -> pl.DataFrame:
    at_weekend = pl.col("weekday") >= SATURDAY
    return (
        by_day.group_by("artist")
        .agg(
            pl.col("plays", "night", "morning").sum(),
            pl.col("plays").filter(at_weekend).sum().alias("weekend"),
        )
        .filter(pl.col("plays") >= FEWEST_PLAYS)
    )


def _haunt(times: pl.DataFrame, time: str) -> Haunt | None:
    ranked = times.sort(
        pl.col(time) / pl.col("plays"), "artist", descending=[True, False]
    )
    for row in ranked.head(1).iter_rows(named=True):
        return Haunt(artist=row["artist"], plays=row["plays"], inside=row[time])
    return None


def _day_of_one(frames: Frames, by_day: pl.DataFrame) -> DayOfOne | None:
    fullest = by_day.filter(pl.col("plays") == pl.col("plays").max())
    for row in fullest.sort("day", "artist").head(1).iter_rows(named=True):
        whole = frames.calendar.filter(pl.col("day") == row["day"])
        return DayOfOne(
            artist=row["artist"],
            day=row["day"],
            plays=row["plays"],
            of_plays=whole["plays"][0],
        )
    return None


def _month_of_one(frames: Frames) -> MonthOfOne | None:
    whole = frames.calendar.group_by(
        pl.col("day").dt.truncate("1mo").alias("month")
    ).agg(pl.col("plays").sum().alias("of_plays"))
    ranked = (
        frames.awake.now.months.join(
            whole.filter(pl.col("of_plays") >= FEWEST_IN_MONTH), on="month"
        )
        .with_columns((pl.col("plays") / pl.col("of_plays")).alias("share"))
        .filter(pl.col("share") == pl.col("share").max())
        .sort("month", "artist")
    )
    for row in ranked.head(1).iter_rows(named=True):
        return MonthOfOne(
            artist=row["artist"],
            month=row["month"],
            plays=row["plays"],
            of_plays=row["of_plays"],
        )
    return None
