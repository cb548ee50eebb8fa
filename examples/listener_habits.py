"""The habits in which made-up listeners differ, and by how much."""

import math
from dataclasses import dataclass
from random import Random

type Hours = tuple[float, ...]
"""24 weights: how often a session starts in each local hour."""

type Months = tuple[float, ...]
"""12 weights: how much music is played in each month of a year."""

WORKDAY: Hours = (
    *(3.2, 1.5, 0.7, 0.4, 0.4, 1, 2, 4, 6, 8, 8.5, 9),
    *(9, 9, 9.5, 10, 10, 10, 9, 8.5, 8, 7.5, 7, 5),
)  # fmt: skip
NIGHT: Hours = (9, 10, 9, 7, 4, 1, *(0,) * 14, 0.5, 0.5, 1.5, 4)
MORNING: Hours = (
    *(0,) * 5,
    10,
    12,
    9,
    1,
    0.5,
    *(0,) * 6,
    0.5,
    0.5,
    0.5,
    0.5,
    *(0,) * 4,
)
OFFICE: Hours = (*(0,) * 9, 10, 9, 6, 3, 7, 8, 7, 5, 0.5, *(0,) * 6)
EVENING: Hours = (0.5, *(0,) * 16, 1, 6, 10, 11, 9, 5, 1)
COMMUTE: Hours = (*(0,) * 6, 4, 12, 5, *(0,) * 7, 2, 10, 9, 1, *(0,) * 4)
AROUND_THE_CLOCK: Hours = (1,) * 24

SUMMER: Months = (0.3, 0.3, 0.4, 0.5, 1, 5, 7, 6, 1, 0.4, 0.3, 0.3)
DECEMBER: Months = (0.6,) * 10 + (1.2, 7)


@dataclass(frozen=True, slots=True)
class Habits:
    """The habits of one listener. Shares and chances are between 0 and 1."""

    artists: int
    concentration: float
    """Exponent of Zipf's law for the plays of the artists: 0 is flat."""

    later_artists: float
    """Share of the artists that are met after the first year."""

    fading_months: float
    """Months in which the interest in an artist halves."""

    turnover: bool = False
    """Every year has favourites of its own."""

    nostalgia: float = 0.02
    """Chance that a play goes to an artist met two years ago or earlier."""

    fresh_tracks: float = 0.2
    """Chance that a play is of a track never heard before."""

    tracks_per_artist: int = 40
    artist_run: float = 0.25
    """Chance to stay with the artist of the previous track."""

    long_tracks: float = 0.03
    short_tracks: float = 0.03

    one_hit: float = 0.0
    """Share of all plays that goes to an artist of whom one track is known."""

    deep_dive: float = 0.0
    """Share of all plays that goes to an artist all of whose tracks are played."""

    abandoned: float = 0.0
    """Share of the plays of the first half that goes to an artist who is then dropped."""

    late_favourite: float = 0.0
    """Share of the plays of the last months that goes to an artist met in them."""

    comeback: float = 0.0
    """Share of the plays, at the beginning and at the end, of an artist who is absent
    in between.
    """

    hours: Hours = WORKDAY
    weekend: float = 1.1
    """Weight of a Saturday or Sunday; a weekday has 1."""

    season: Months = (1.0,) * 12
    growth: float = 1.0
    """The factor by which the amount of listening grows from year to year."""

    silences: tuple[int, ...] = ()
    """The length in days of each period without listening."""

    active_days: float = 0.75
    """Share of the days with listening."""

    daily_floor: int = 0
    """Rows that even the quietest active day has."""

    session_tracks: int = 10
    albums: float = 0.05
    """Share of the sessions that are whole albums, in order."""

    loops: float = 0.002
    """Share of the sessions that repeat one track."""

    skips: float = 0.2
    patience: float = 0.94
    """Chance that a track not skipped is heard to its end."""

    shuffle: float = 0.4
    """Share of the sessions in shuffle mode."""

    obsessions: int = 0
    """Weeks a year with one track on repeat."""

    obsession_plays: int = 60
    """About how often that track is played in its week."""

    ritual: float = 0.0
    """Chance that a day begins with the track that always begins a day."""

    sleep: float = 0.0
    """Share of the nights with the same ambient track for hours."""

    workouts: float = 0.0
    """Share of the weekday mornings with a workout at 6 o'clock."""

    @property
    def minutes_a_row(self) -> float:
        """The average length of a row in minutes, approximately."""
        others = 1 - self.long_tracks - self.short_tracks
        mean = 3.6 * others + 18.5 * self.long_tracks + 1.4 * self.short_tracks
        return mean * (1 - self.skips)

    @property
    def sleeps_in(self) -> bool:
        """Whether listening begins later at weekends than on weekdays."""
        return self.hours[7] > 0 and self.hours[20] > 0 and max(self.hours) > 1

    @property
    def stops(self) -> float:
        """Chance that the last track of a session is not played to its end."""
        return 0.35 if self.patience < 0.98 else 0.01


def ordinary_habits(rng: Random) -> Habits:
    """A listener without a strong habit; every `rng` gives another one.

    Many of them together resemble 88 public histories: the medians, and the distance
    from them within which two of three are.
    """
    return Habits(
        artists=round(_about(1_150, 0.3, rng)),
        concentration=rng.gauss(1.17, 0.08),
        later_artists=rng.uniform(0.25, 0.5),
        fading_months=_about(16, 0.6, rng),
        nostalgia=rng.uniform(0.0, 0.05),
        fresh_tracks=_share(0.17, 0.7, rng),
        tracks_per_artist=round(_about(45, 0.7, rng)),
        artist_run=_share(0.22, 0.6, rng),
        one_hit=_about(0.0015, 0.8, rng),
        long_tracks=_about(0.006, 1.0, rng),
        short_tracks=_about(0.03, 0.8, rng),
        hours=_moved(WORKDAY, rng),
        weekend=_about(0.85, 0.28, rng),
        season=tuple(_about(1.0, 0.3, rng) for _ in range(12)),
        growth=_about(0.85, 0.8, rng),
        silences=tuple(
            round(_about(5, 0.8, rng)) for _ in range(rng.choice((0, 0, 1)))
        ),
        active_days=_share(0.87, 1.2, rng),
        session_tracks=max(2, round(_about(10, 0.35, rng))),
        albums=_share(0.05, 0.9, rng),
        loops=_about(0.003, 1.0, rng),
        skips=_share(0.36, 0.8, rng),
        patience=_share(0.74, 0.7, rng),
        shuffle=_share(0.6, 1.3, rng),
        obsessions=rng.choice((0, 0, 1, 2, 3)),
        obsession_plays=round(_about(20, 0.8, rng)),
        ritual=_share(0.01, 0.9, rng),
    )


def _about(typical: float, spread: float, rng: Random) -> float:
    """An amount: two of three are within a factor of `exp(spread)` of the typical."""
    return typical * math.exp(rng.gauss(0, spread))


def _share(typical: float, spread: float, rng: Random) -> float:
    """A share: the log-odds of two of three are within `spread` of the typical."""
    odds = typical / (1 - typical) * math.exp(rng.gauss(0, spread))
    return odds / (1 + odds)


def _moved(hours: Hours, rng: Random) -> Hours:
    """The same hours, some hours earlier or later, with some noise."""
    by = round(rng.gauss(0, 1.6))
    return tuple(hours[(hour - by) % 24] * _about(1, 0.3, rng) for hour in range(24))
