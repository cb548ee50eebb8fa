"""Random histories of many shapes; equal seeds give equal histories."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tests.music.profile.histories import Listen, at

MS = timedelta(milliseconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NAMES = [
    "abba",
    "Abba",
    "AC/DC",
    "Ärzte",
    "Björk",
    "Zappa",
    "李雪",
    "Émilie",
    "2raumwohnung",
]
DURATIONS = [0, 12_345, 29_999, 30_000, 30_001, 187_654, 240_000, 599_999, 600_000]
GAPS = [timedelta(0), 10 * MINUTE, 30 * MINUTE - MS, 30 * MINUTE, 3 * HOUR, 11 * HOUR]
REASONS = ["trackdone", "fwdbtn", "backbtn", "endplay", None]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Artists, some liked more than others, with albums of five to twelve tracks."""

    rng: random.Random
    artists: list[str]

    @classmethod
    def of(cls, rng: random.Random, artists: int) -> "Catalogue":
        names = NAMES + [f"Artist {i:03}" for i in range(artists)]
        rng.shuffle(names)
        return cls(rng, names[:artists])

    def listen(self, start: datetime) -> Listen:
        """A listen to a random track, of a random duration, that ends somehow."""
        rng = self.rng
        artist = self.artists[int(len(self.artists) * rng.random() ** 2)]
        number = int(30 * rng.random() ** 2)
        listen = Listen(
            started_at=start,
            ms_played=rng.choice([*DURATIONS, rng.randrange(30_000, 700_000), None]),
            artist=artist,
            title=f"Track {number % 3 if artist < 'B' else number}",
            album=f"Album {number // 8}",
        )
        return self.ended(listen)

    def ended(self, listen: Listen) -> Listen:
        """`listen` with details that the source may or may not know."""
        rng = self.rng
        return replace(
            listen,
            album=rng.choice([listen.album] * 6 + [None]),
            reason_end=rng.choice(REASONS),
            skipped=rng.choice([True, False, None]),
            shuffle=rng.choice([True, False, None]),
        )


def _end(listen: Listen) -> datetime:
    return listen.started_at + timedelta(milliseconds=listen.ms_played or 0)


def _in_a_row(
    catalogue: Catalogue, start: datetime, count: int, gaps: list[timedelta]
) -> Iterator[Listen]:
    """Listens that follow one another, sometimes after one of `gaps`."""
    for _ in range(count):
        listen = catalogue.listen(start)
        yield listen
        start = _end(listen) + catalogue.rng.choice([timedelta(0)] * 8 + gaps)


def one_play(rng: random.Random) -> list[Listen]:
    start = at("2024-03-30T22:00") + rng.randrange(180) * MINUTE
    return [replace(Catalogue.of(rng, 3).listen(start), ms_played=30_000)]


def one_day(rng: random.Random) -> list[Listen]:
    start = at("2025-10-25T23:00") if rng.random() < 0.5 else at("2025-07-01T05:00")
    return list(_in_a_row(Catalogue.of(rng, 8), start, 60, GAPS[:4]))


def one_artist(rng: random.Random) -> list[Listen]:
    catalogue = Catalogue.of(rng, 1)
    return list(_in_a_row(catalogue, at("2024-02-29T12:00"), 120, [*GAPS, 9 * DAY]))


def some_days(rng: random.Random) -> list[Listen]:
    start = at("2025-03-24T06:00")
    return list(_in_a_row(Catalogue.of(rng, 25), start, 220, GAPS))


def some_years(rng: random.Random) -> list[Listen]:
    gaps = [*GAPS, DAY, 5 * DAY, 30 * DAY]
    return list(_in_a_row(Catalogue.of(rng, 90), at("2021-05-05T09:30"), 620, gaps))


def two_devices(rng: random.Random) -> list[Listen]:
    catalogue = Catalogue.of(rng, 12)
    gaps = [*GAPS, 2 * DAY]
    first = _in_a_row(catalogue, at("2025-01-30T20:00"), 150, gaps)
    second = list(_in_a_row(catalogue, at("2025-01-30T20:01"), 150, gaps))
    night = replace(second[0], started_at=at("2025-01-31T21:00"), ms_played=30_000_000)
    return [*first, *second, night]


def ties(rng: random.Random) -> list[Listen]:
    """Listens on whole ten minutes, with every artist about as often as every other."""
    catalogue = Catalogue.of(rng, 14)
    return [
        replace(
            catalogue.listen(at("2023-12-30T00:00") + rng.randrange(600) * 10 * MINUTE),
            artist=rng.choice(catalogue.artists),
            ms_played=rng.choice([0, 180_000, 600_000]),
        )
        for _ in range(200)
    ]


def edges(rng: random.Random) -> list[Listen]:
    """Listens exactly at the limits of spans that measures look at, or a millisecond
    off."""
    catalogue = Catalogue.of(rng, 5)
    begin = at("2023-11-05T00:00") + rng.randrange(24) * HOUR
    spans = [30 * MINUTE, 168 * HOUR, *(n * DAY for n in (59, 60, 90, 179, 180, 365))]
    times = [begin] * 10
    for _ in range(150):
        span = rng.choice([timedelta(0), 3 * MINUTE, *spans])
        near = rng.choice([timedelta(0)] * 4 + [MS, -MS])
        times.append(max(begin, rng.choice([begin, *times]) + span + near))
    begun = [time for time in times if time < begin + 900 * DAY]
    return [
        replace(catalogue.listen(time), ms_played=rng.choice([30_000, 180_000, None]))
        for time in begun
    ]


def whole_albums(rng: random.Random) -> list[Listen]:
    """Albums from the first track on: complete, in part, twice, or interrupted."""
    catalogue = Catalogue.of(rng, 3)
    listens: list[Listen] = []
    start = at("2025-04-01T18:00")
    for _ in range(40):
        artist, album = rng.choice(catalogue.artists), rng.randrange(3)
        numbers = list(range(rng.randint(3, 7 + album))) * rng.choice([1, 1, 1, 2, 3])
        for number in numbers:
            listen = Listen(
                started_at=start,
                artist=artist,
                title=f"Track {album}.{number}",
                album=f"Album {album}",
            )
            if rng.random() < 0.05:
                listen = catalogue.ended(catalogue.listen(start))
            listens.append(listen)
            start = _end(listen)
        start += rng.choice([timedelta(0), 29 * MINUTE, 30 * MINUTE, 20 * HOUR])
    return listens


def bare(rng: random.Random) -> list[Listen]:
    """Listens of a source that logs only time, track and duration."""
    return [
        replace(listen, album=None, reason_end=None, skipped=None, shuffle=None)
        for listen in some_days(rng)
    ]


def unknown_durations(rng: random.Random) -> list[Listen]:
    return [replace(listen, ms_played=None) for listen in some_days(rng)]


def mostly_short(rng: random.Random) -> list[Listen]:
    return [
        replace(listen, ms_played=rng.choice([1_000, 15_000, 29_999, 29_999, 30_000]))
        for listen in some_days(rng)
    ]


def loops(rng: random.Random) -> list[Listen]:
    """Few tracks, often repeated; some for a week or two only."""
    catalogue = Catalogue.of(rng, 10)
    listens: list[Listen] = []
    for listen in _in_a_row(catalogue, at("2024-06-01T07:00"), 300, [*GAPS, DAY]):
        again = listens and rng.random() < 0.5
        names = rng.choice(listens[-3:]) if again else listen
        listens.append(
            replace(listen, artist=names.artist, title=names.title, album=names.album)
        )
    return listens


def comers_and_goers(rng: random.Random) -> list[Listen]:
    """Listens in which every artist has a few spells, and no plays in between."""
    catalogue = Catalogue.of(rng, 30)
    listens: list[Listen] = []
    for artist in catalogue.artists:
        for _ in range(rng.randint(1, 4)):
            spell = at("2022-08-15T00:00") + rng.randrange(1000) * DAY
            for _ in range(rng.randint(1, 20)):
                start = spell + rng.randrange(30 * 24 * 60) * MINUTE
                listens.append(replace(catalogue.listen(start), artist=artist))
    return listens


def lullabies(rng: random.Random) -> list[Listen]:
    """Nights with one track over and over, some long enough for a sleep machine; days
    of songs with words in their titles; partly of account data."""
    catalogue = Catalogue.of(rng, 12)
    listens: list[Listen] = []
    words = ["Rain", "Sorry, Again", "Unloved", "Time of My Time", "Heart2", "LOVE"]
    for night in range(12):
        day = at("2023-12-20T00:00") + night * rng.choice([1, 1, 9]) * DAY
        hour = rng.choice([0, 6, 7, 22, 23])
        tune = replace(catalogue.listen(day), ms_played=180_000)
        begin = day + hour * HOUR
        listens.extend(
            replace(tune, started_at=begin + 4 * i * MINUTE)
            for i in range(rng.choice([9, 10, 11, 25]))
        )
        for song in _in_a_row(catalogue, day + 12 * HOUR, 12, GAPS):
            titled = replace(song, title=rng.choice([*words, song.title]))
            account = replace(titled, source="spotify_account", reason_end=None)
            listens.append(rng.choice([titled, account]))
    return listens


def one_sound(rng: random.Random) -> list[Listen]:
    """Plays of a sleep machine only."""
    start = at("2025-03-30T00:10") + rng.randrange(60) * MINUTE
    return [replace(Listen(started_at=start + i * 4 * MINUTE)) for i in range(30)]


SHAPES: list[Callable[[random.Random], list[Listen]]] = [
    one_play,
    one_day,
    one_artist,
    some_days,
    some_years,
    two_devices,
    ties,
    edges,
    whole_albums,
    bare,
    unknown_durations,
    mostly_short,
    loops,
    comers_and_goers,
    lullabies,
    one_sound,
]
