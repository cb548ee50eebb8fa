"""How a made-up listener listens: what can differ, and by how much."""

from dataclasses import dataclass
from random import Random

type Hours = tuple[float, ...]
"""24 weights: how often a session starts in each local hour."""

type Months = tuple[float, ...]
"""12 weights: how much is heard in each month of a year."""

WORKDAY: Hours = (
    1,
    0,
    0,
    0,
    0,
    1,
    4,
    9,
    7,
    4,
    4,
    4,
    5,
    5,
    4,
    5,
    7,
    9,
    9,
    9,
    9,
    8,
    6,
    3,
)
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
    """The knobs. Shares and chances are between 0 and 1."""

    artists: int
    concentration: float
    """Exponent of Zipf's law for the plays of the artists: 0 is flat."""

    later_artists: float
    """Share of the artists that are met after the first year."""

    fading_months: float
    """Time in which the interest in an artist halves."""

    turnover: bool = False
    """Every year has favourites of its own."""

    nostalgia: float = 0.02
    """Chance that a play goes to an artist met two years ago or earlier."""

    fresh_tracks: float = 0.2
    """Chance that a play is of a track never heard before."""

    tracks_per_artist: int = 40
    artist_run: float = 0.25
    """Chance to stay with the artist who was just heard."""

    long_tracks: float = 0.03
    short_tracks: float = 0.03

    one_hit: float = 0.0
    """Share of the plays of one artist of whom one track is known."""

    deep_dive: float = 0.0
    """Share of the plays of one artist of whom everything is heard."""

    abandoned: float = 0.0
    """Share of the first half's plays of an artist who is then dropped."""

    late_favourite: float = 0.0
    """Share of the final months' plays of an artist met in them."""

    comeback: float = 0.0
    """Share of the plays, in the beginning and at the end, of an artist in between away."""

    hours: Hours = WORKDAY
    weekend: float = 1.1
    """Weight of a Saturday or Sunday; a weekday has 1."""

    season: Months = (1.0,) * 12
    growth: float = 1.0
    """How much more is heard at the end than in the beginning."""

    silences: tuple[int, ...] = ()
    """Days of each time without any listening."""

    active_days: float = 0.75
    """Share of the days with any listening."""

    daily_floor: int = 0
    """Rows that even the quietest active day has."""

    session_tracks: int = 10
    albums: float = 0.05
    """Share of the sessions that are whole albums, in order."""

    loops: float = 0.002
    """Share of the sessions that are one track over and over."""

    skips: float = 0.2
    patience: float = 0.94
    """Chance that a track not skipped is heard to its end."""

    shuffle: float = 0.4
    """Share of the sessions in shuffle mode."""

    obsessions: int = 0
    """Weeks a year with one track on repeat, 30 to 120 times."""

    ritual: float = 0.0
    """Chance that a day begins with the one same track."""

    sleep: float = 0.0
    """Share of the nights with the same ambient tracks for hours."""

    workouts: float = 0.0
    """Share of the weekday mornings with a workout at 6 o'clock."""

    @property
    def minutes_a_row(self) -> float:
        """About how long a row lasts."""
        others = 1 - self.long_tracks - self.short_tracks
        mean = 3.6 * others + 18.5 * self.long_tracks + 1.4 * self.short_tracks
        return mean * (1 - self.skips)

    @property
    def sleeps_in(self) -> bool:
        """Whether weekends begin later than weekdays."""
        return self.hours[7] > 0 and self.hours[20] > 0 and max(self.hours) > 1

    @property
    def stops(self) -> float:
        """Chance that the last track of a session is not heard out."""
        return 0.35 if self.patience < 0.98 else 0.01


def ordinary_habits(rng: Random) -> Habits:
    """A listener without a strong habit; no two are quite alike."""
    return Habits(
        artists=rng.randint(180, 500),
        concentration=rng.uniform(0.75, 1.15),
        later_artists=rng.uniform(0.35, 0.55),
        fading_months=rng.uniform(10, 30),
        nostalgia=rng.uniform(0.0, 0.05),
        fresh_tracks=rng.uniform(0.12, 0.25),
        tracks_per_artist=rng.randint(20, 45),
        artist_run=rng.uniform(0.12, 0.35),
        hours=_moved(WORKDAY, rng),
        weekend=rng.uniform(0.8, 1.5),
        season=tuple(rng.uniform(0.8, 1.25) for _ in range(12)),
        growth=rng.uniform(0.7, 1.5),
        silences=tuple(rng.randint(4, 11) for _ in range(rng.randint(0, 3))),
        active_days=rng.uniform(0.62, 0.85),
        session_tracks=rng.randint(7, 14),
        albums=rng.uniform(0.0, 0.08),
        skips=rng.uniform(0.16, 0.32),
        patience=rng.uniform(0.9, 0.97),
        shuffle=rng.uniform(0.2, 0.6),
    )


def _moved(hours: Hours, rng: Random) -> Hours:
    """The same day an hour earlier or later, with some noise."""
    by = rng.randint(-1, 1)
    return tuple(hours[(hour - by) % 24] * rng.uniform(0.6, 1.4) for hour in range(24))
