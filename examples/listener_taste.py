"""Which artist and track a made-up listener hears next, month by month."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random

from examples.fictional_music import Artist, Pace, Track, artist, artist_number, track
from examples.listener_habits import Habits

MONTHS_OF_NOVELTY = 2
NOVELTY = 3.0
NOSTALGIC_AFTER_MONTHS = 24
OUT_OF_FASHION = 0.02
OBSESSIONS = 24
CONCENTRATION = 1.6
"""Exponent of the preference for tracks that were met early."""

ROWS_OF_A_YEAR = 8_000
EQUALS = 2
"""Added to each rank in Zipf's law, so that the favourites are closer to each other."""

LIKED = 0.1
ROWS_AN_ARTIST = 4
"""Rows per artist, at least: they limit the number of artists that are met."""

TWICE_UNWANTED = 0.85
"""Chance that another track is drawn if the same one would follow itself."""

PLACES = 4_000
"""The number of artists of a pace to choose from; it grows with the artists met."""

STRAY = 0.15
"""Weight of artists with long tracks, for a listener who does not prefer these."""


@dataclass(slots=True)
class Shelf:
    """The tracks of one artist that a listener knows: the first `heard` ones."""

    artist: Artist
    met: int
    """The month in which the artist is met, counted from the first month."""

    weight: float
    capacity: int
    fresh: float
    heard: int = 0

    def next_track(self, rng: Random) -> Track:
        known = self.heard
        if known < self.capacity and (not known or rng.random() < self.fresh):
            self.heard += 1
            return track(self.artist, known)
        return track(self.artist, int(known * rng.random() ** CONCENTRATION))

    def next_album(self, rng: Random, new: float) -> list[Track]:
        """All tracks of an album, in order; with chance `new` one never heard.

        A single track when the artist has no albums or so much is not known of them.
        """
        size = self.artist.album_size
        if size > max(self.capacity, 1):
            return [self.next_track(rng)]
        albums = self.heard // size
        if not albums or (rng.random() < new and self.heard + size <= self.capacity):
            number = albums
        else:
            number = rng.randrange(albums)
        self.heard = max(self.heard, (number + 1) * size)
        return [
            track(self.artist, n) for n in range(number * size, (number + 1) * size)
        ]


@dataclass(frozen=True, slots=True)
class Role:
    """An artist with a fixed share of the plays in some periods."""

    shelf: Shelf
    share: float
    months: tuple[range, ...]


@dataclass(slots=True)
class _Month:
    """The artists that can be drawn in a month, with sums for fast drawing."""

    known: list[Shelf] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    old: list[Shelf] = field(default_factory=list)
    old_weights: list[float] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    role_shares: list[float] = field(default_factory=list)


class Taste:
    """The music of one listener; call `begin_month` before `next_track`."""

    def __init__(self, habits: Habits, rng: Random, months: int, rows: int) -> None:
        self._habits = habits
        self._rng = rng
        names = _distinct_artists(habits, rng)
        self.ritual = track(next(names), rng.randrange(8))
        self.sleep_tracks = _tracks_to_sleep_to(rng)
        self.workout_tracks = _tracks_to_run_to(rng)
        self._roles = _roles(habits, months, names)
        self._shelves = _shelves(habits, rng, months, rows, names)
        known = [rng.choice(self._shelves).artist for _ in range(OBSESSIONS // 2)]
        unknown = [next(names) for _ in range(OBSESSIONS // 2)]
        self.obsessions = [track(by, rng.randrange(8)) for by in known + unknown]
        rng.shuffle(self.obsessions)
        self._fading = [
            NOVELTY
            if age < MONTHS_OF_NOVELTY
            else 0.1 + 0.5 ** (age / habits.fading_months)
            for age in range(months)
        ]
        self._arrivals: list[Shelf] = []
        self._arrival_chance = 0.0
        self._month = _Month()
        self._last: Shelf | None = None
        self._heard: Track | None = None

    def begin_month(self, number: int, rows: int) -> None:
        """Prepare for drawing about `rows` tracks in month `number`."""
        self._arrivals += [shelf for shelf in self._shelves if shelf.met == number]
        chance = 1.35 * len(self._arrivals) / max(rows, 1)
        self._arrival_chance = min(0.85, chance)
        known = [shelf for shelf in self._shelves if shelf.heard]
        self._month = month = _Month(known=known)
        month.weights = list(accumulate(self._weight(shelf, number) for shelf in known))
        month.old = [s for s in known if s.met <= number - NOSTALGIC_AFTER_MONTHS]
        month.old_weights = list(accumulate(shelf.weight for shelf in month.old))
        month.roles = [
            role for role in self._roles if any(number in part for part in role.months)
        ]
        month.role_shares = list(accumulate(role.share for role in month.roles))

    def begin_session(self) -> None:
        self._last = None

    def next_track(self) -> Track:
        rng = self._rng
        if self._last is None or rng.random() >= self._habits.artist_run:
            self._last = self._next_shelf()
        found = self._last.next_track(rng)
        if found is self._heard and rng.random() < TWICE_UNWANTED:
            self._last = self._next_shelf()
            found = self._last.next_track(rng)
        self._heard = found
        return found

    def next_album(self) -> list[Track]:
        """An album in order, or a single track."""
        return self._next_shelf().next_album(self._rng, self._habits.fresh_tracks)

    def _next_shelf(self) -> Shelf:
        rng, month = self._rng, self._month
        if month.roles and (at := rng.random()) < month.role_shares[-1]:
            place = next(n for n, upto in enumerate(month.role_shares) if at < upto)
            return month.roles[place].shelf
        if month.old and rng.random() < self._habits.nostalgia:
            return rng.choices(month.old, cum_weights=month.old_weights)[0]
        if self._arrivals and (not month.known or rng.random() < self._arrival_chance):
            return self._meet(self._arrivals.pop())
        if not month.known:
            return self._meet(self._shelves[0])
        return rng.choices(month.known, cum_weights=month.weights)[0]

    def _meet(self, shelf: Shelf) -> Shelf:
        """Add an artist to those that are drawn by weight."""
        month = self._month
        month.known.append(shelf)
        so_far = month.weights[-1] if month.weights else 0.0
        month.weights.append(so_far + self._weight(shelf, shelf.met))
        return shelf

    def _weight(self, shelf: Shelf, month: int) -> float:
        if self._habits.turnover and shelf.met // 12 != month // 12:
            return shelf.weight * OUT_OF_FASHION
        return shelf.weight * self._fading[month - shelf.met]


def _distinct_artists(habits: Habits, rng: Random) -> Iterator[Artist]:
    """Endless artists with distinct names, of the paces that the listener likes."""
    seen: set[str] = set()
    while True:
        pace: Pace = "ordinary"
        if (liked := rng.random()) < habits.long_tracks:
            pace = "long"
        elif liked < habits.long_tracks + habits.short_tracks:
            pace = "short"
        places = max(PLACES, 2 * len(seen) - PLACES)
        found = artist(artist_number(pace, rng.randrange(places)))
        singles_unwanted = habits.albums > 0.5 and found.album_size == 1
        if found.name.casefold() not in seen and not singles_unwanted:
            seen.add(found.name.casefold())
            yield found


def _tracks_to_sleep_to(rng: Random) -> list[Track]:
    by = artist(artist_number("ambient", rng.randrange(PLACES)))
    return [track(by, number) for number in range(rng.randint(4, 8))]


def _tracks_to_run_to(rng: Random) -> list[Track]:
    artists = [
        artist(artist_number("ordinary", rng.randrange(PLACES))) for _ in range(6)
    ]
    return [track(by, number) for by in artists for number in range(5)]


def _shelves(
    habits: Habits, rng: Random, months: int, rows: int, artists: Iterator[Artist]
) -> list[Shelf]:
    """The artists in the order in which they are met; weights are independent of it."""
    grown = habits.artists * (rows / ROWS_OF_A_YEAR) ** 0.6
    wanted = max(min(habits.artists, 5), min(round(grown), rows // ROWS_AN_ARTIST), 1)
    met = sorted(_month_of_meeting(habits, rng, months) for _ in range(wanted))
    met[0] = 0
    ranks = list(range(1, wanted + 1))
    rng.shuffle(ranks)
    if habits.later_artists < 0.15:  # favourites that stay are met in the beginning
        ranks = sorted(ranks, key=lambda rank: rank + rng.uniform(0, wanted / 3))
    return [
        _shelf(
            habits,
            rng,
            next(artists),
            month,
            float((rank + EQUALS) ** -habits.concentration),
        )
        for month, rank in zip(met, ranks, strict=True)
    ]


def _shelf(habits: Habits, rng: Random, by: Artist, met: int, weight: float) -> Shelf:
    is_stray = by.pace == "long" and habits.long_tracks < LIKED
    return Shelf(
        by,
        met,
        weight * STRAY if is_stray else weight,
        max(1, int(habits.tracks_per_artist * rng.uniform(0.1, 1.9))),
        habits.fresh_tracks,
    )


def _month_of_meeting(habits: Habits, rng: Random, months: int) -> int:
    first_year = min(12, months)
    if months <= 12:
        return int(months * rng.random() ** 1.5)
    if rng.random() < habits.later_artists:
        return rng.randrange(first_year, months)
    return int(first_year * rng.random() ** 2)


def _roles(habits: Habits, months: int, artists: Iterator[Artist]) -> list[Role]:
    half, late = months // 2, max(1, months // 20)
    always, first_half = range(months), range(half)
    ends = (range(max(1, months // 5)), range(months - max(1, months // 8), months))
    parts = (
        (habits.one_hit, 1, 0.0, (always,)),
        (habits.deep_dive, 170, 0.4, (always,)),
        (habits.abandoned, 40, habits.fresh_tracks, (first_half,)),
        (habits.late_favourite, 40, 0.2, (range(months - late, months),)),
        (habits.comeback, 30, 0.15, ends),
    )
    return [
        Role(Shelf(next(artists), 0, 0.0, capacity, fresh), share, when)
        for share, capacity, fresh, when in parts
        if share
    ]
