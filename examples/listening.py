"""The listens of a made-up listener, in chronological order."""

import math
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from itertools import groupby, islice
from random import Random
from zoneinfo import ZoneInfo

from examples.fictional_music import Track
from examples.listen import Listen
from examples.listener_habits import Habits
from examples.listener_taste import Taste
from examples.listener_traits import habits_of
from examples.listening_days import Day, plan_days
from examples.player import Player

type Years = tuple[int, int]

HOME = ZoneInfo("Europe/Berlin")
MINUTES_OF_A_SESSION = 600
LONGEST_DAY_MS = 34 * 3600 * 1000
WEEKEND_SLEEPS_IN_HOURS = 2
SIZES = 0.9
"""Spread of the sizes of sessions, in natural logarithms."""


def make_listens(
    kind: str, *, seed: int = 0, rows: int = 20_000, years: Years = (2021, 2025)
) -> Iterator[Listen]:
    """Exactly `rows` listens of a listener, generated while they are read, sorted by
    end.

    The same arguments give the same listens on every machine. Raises `KeyError` for a
    kind that is not in `KINDS`, and `ValueError` if there are no rows or the years are
    reversed.
    """
    if rows < 1 or years[0] > years[1]:
        raise ValueError(
            "rows must be 1 or more, and the first year not after the last."
        )
    # The first and the last day stay empty, so that no session leaves the years.
    first, last = date(years[0], 1, 2), date(years[1], 12, 30)
    return listens_between(kind, seed, rows, first, last)


def listens_between(
    kind: str, seed: int, rows: int, first: date, last: date
) -> Iterator[Listen]:
    """Exactly `rows` listens as `make_listens` makes them, on the days from `first` to
    `last` and, where a session is long, in the night after it."""
    habits = habits_of(kind, seed)
    rng = Random(f"listens {kind} {seed}")
    days = plan_days(habits, rng, rows, first, last)
    return islice(_history(habits, rng, days, rows), rows)


def _history(
    habits: Habits, rng: Random, days: Sequence[Day], rows: int
) -> Iterator[Listen]:
    """The listens of all days; a few more than `rows`."""
    begin = _month(days[0])
    months = _month(days[-1]) - begin + 1
    listener = _Listener(habits, rng, Taste(habits, rng, months, rows))
    owed = 0
    by_month = groupby(days, lambda day: _month(day) - begin)
    for number, days_of_month in by_month:
        month = list(days_of_month)
        listener.taste.begin_month(number, sum(day.rows for day in month))
        for day in month:
            owed += day.rows
            due = max(owed, min(day.rows, habits.daily_floor))
            if day.rows and due > 0:
                listens = listener.hear(day, due)
                owed -= len(listens)
                yield from sorted(listens, key=lambda listen: listen.ended_at)


def _month(day: Day) -> int:
    return 12 * day.date.year + day.date.month


class _Listener:
    """Lets a player play what the listener hears, day by day."""

    def __init__(self, habits: Habits, rng: Random, taste: Taste) -> None:
        self.taste = taste
        self._habits = habits
        self._rng = rng
        self._player = Player(rng, habits.skips, habits.patience)
        self._obsession: Track | None = None
        self._obsession_left = 0

    def hear(self, day: Day, rows: int) -> list[Listen]:
        """The listens of a day: `rows`, or more if the last album is played to its end."""
        player = self._player
        player.begin_day(day.date.year, self._at(day, 0, 0) + LONGEST_DAY_MS)
        self._obsession_left = day.obsession_plays
        self._obsession = self.taste.obsessions[
            day.obsession % len(self.taste.obsessions)
        ]
        if day.sleep_rows:
            player.begin_session(self._at(day, 0, 40), shuffle=False)
            self._listen_to_all(self.taste.sleep_tracks[:1], day.sleep_rows)
        self._workout(day)
        is_first = not player.log and self._rng.random() < self._habits.ritual
        for at_ms, size in self._sessions(day, rows - len(player.log)):
            if len(player.log) >= rows:
                break
            self._begin_session(at_ms)
            if is_first:
                player.play(self.taste.ritual, "whole")
                is_first = False
            self._session(min(size, rows - len(player.log)), rows)
        while len(player.log) < rows:
            self._session(rows - len(player.log), rows)
        return player.log

    def _at(self, day: Day, hour: int, minute: float) -> int:
        """A local time of the day in milliseconds since 1970."""
        local = datetime.combine(day.date, time(hour, int(minute)), HOME)
        return int(local.timestamp() * 1000) + self._rng.randrange(60_000)

    def _sessions(self, day: Day, rows: int) -> list[tuple[int, int]]:
        """The start and the number of rows of each session, in chronological order."""
        habits, rng = self._habits, self._rng
        longest = max(2, int(MINUTES_OF_A_SESSION / habits.minutes_a_row))
        usual = min(habits.session_tracks, longest)
        sizes = []
        while rows > 0:
            sizes.append(max(1, round(usual * math.exp(rng.gauss(0, SIZES)))))
            rows -= sizes[-1]
        hours = rng.choices(range(24), habits.hours, k=len(sizes))
        if day.date.weekday() >= 5 and habits.sleeps_in:
            hours = [
                min(hour + WEEKEND_SLEEPS_IN_HOURS, 23) if hour > 4 else hour
                for hour in hours
            ]
        starts = sorted(self._at(day, hour, rng.random() * 60) for hour in hours)
        return list(zip(starts, sizes, strict=True))

    def _begin_session(self, at_ms: int) -> None:
        shuffle = self._rng.random() < self._habits.shuffle
        self._player.begin_session(at_ms, shuffle=shuffle)
        self.taste.begin_session()

    def _session(self, size: int, rows: int) -> None:
        """A session of one of the kinds, with `size` rows; an album may have more."""
        at = self._rng.random() - self._habits.albums
        if at < 0:
            album = self.taste.next_album()
            self._listen_to_all(album, size if self._habits.daily_floor else len(album))
        elif at < self._habits.loops:
            tune = [self.taste.next_track()]
            self._listen_to_all(tune, min(size, self._rng.randint(4, 25)))
        else:
            self._mixed(size, rows)

    def _listen_to_all(self, tracks: Sequence[Track], rows: int) -> None:
        """Play `rows` tracks in order, again from the first after the last."""
        for number in range(rows):
            self._player.play(tracks[number % len(tracks)], "whole")

    def _mixed(self, size: int, rows: int) -> None:
        """Play track after track, with the obsession of the week in between."""
        rng, player, taste = self._rng, self._player, self.taste
        until = len(player.log) + size
        while len(player.log) < until:
            left = max(1, rows - len(player.log))
            if self._obsession and rng.random() * left < self._obsession_left:
                self._obsession_left -= 1
                player.play(self._obsession, "whole")
            elif len(player.log) + 1 == until and rng.random() < self._habits.stops:
                player.play(taste.next_track(), "stopped")
            else:
                counts = self._habits.daily_floor and not player.log
                player.play(taste.next_track(), "whole" if counts else "any")

    def _workout(self, day: Day) -> None:
        if day.workout_rows:
            tunes = self.taste.workout_tracks
            self._player.begin_session(self._at(day, 6, 15), shuffle=True)
            for tune in self._rng.sample(tunes, day.workout_rows):
                self._player.play(tune)
