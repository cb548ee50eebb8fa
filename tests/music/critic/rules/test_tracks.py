"""Rules about single tracks, and how many there are."""

from datetime import date

from tests.music.critic.rules.stories import (
    WATERLOO,
    Case,
    Story,
    each,
    fires,
    group,
    in_turn,
    just_misses,
    library,
    songs,
    spread,
)
from tests.music.profile.histories import Listen
from unwrapped.music.critic.rule import Rule
from unwrapped.music.critic.rules.tracks import TRACKS


def fifty_days(tracks: list[str]) -> list[Listen]:
    """These plays of three minutes, in this order, over fifty days."""
    return spread(tracks, date(2024, 1, 1), date(2024, 2, 19))


def hundred_tracks(once: int) -> list[Listen]:
    """A hundred tracks of ten artists, of which so many have one play, others two."""
    tracks = library(100)
    return fifty_days(tracks + tracks[once:])


def forty_artists(once: int) -> list[Listen]:
    """Forty artists with one track each, of which so many have one play, others four."""
    return fifty_days(group("Passer-by", once) + group("Friend", 40 - once) * 4)


def rotation(tracks: int) -> list[Listen]:
    """A hundred and twenty plays of so many tracks in turn."""
    return fifty_days(in_turn(library(tracks), 120))


CASES: dict[str, Case] = {
    "one_night_tracks": Case(
        fires=Story(
            listens=hundred_tracks(once=60),
            value=0.60,
            facts={"tracks": 100, "tracks_once": 60, "track_share": 0.60, "once": 1},
        ),
        misses=Story(
            listens=hundred_tracks(once=52),
            value=0.52,
            facts={"tracks": 100, "tracks_once": 52, "track_share": 0.52},
        ),
    ),
    "passing_artists": Case(
        fires=Story(
            listens=forty_artists(once=14),
            value=0.35,
            facts={"artists": 40, "artists_once": 14, "artist_share": 0.35, "once": 1},
        ),
        misses=Story(
            listens=forty_artists(once=10),
            value=0.25,
            facts={"artists": 40, "artists_once": 10, "artist_share": 0.25},
        ),
    ),
    "no_strangers": Case(
        fires=Story(
            listens=hundred_tracks(once=20),
            value=0.20,
            facts={"tracks": 100, "tracks_once": 20, "track_share": 0.20, "once": 1},
        ),
        misses=Story(
            listens=hundred_tracks(once=27),
            value=0.27,
            facts={"tracks": 100, "tracks_once": 27, "track_share": 0.27},
        ),
    ),
    "deep_dive": Case(
        fires=Story(
            listens=fifty_days(songs("Abba", 125) + group("Friend", 5) * 5),
            value=125,
            facts={"artist": "Abba", "tracks": 125},
        ),
        misses=Story(
            listens=fifty_days(songs("Abba", 110) + group("Friend", 5) * 5),
            value=110,
            facts={"artist": "Abba", "tracks": 110},
        ),
    ),
    "anthem": Case(
        fires=Story(
            listens=fifty_days([WATERLOO] * 18 + group("Friend", 26) * 7),
            value=0.09,
            facts={
                "title": "Waterloo",
                "artist": "Abba",
                "plays": 18,
                "share": 0.09,
                "hours": 0.9,
            },
        ),
        misses=Story(
            listens=fifty_days([WATERLOO] * 14 + group("Friend", 31) * 6),
            value=0.07,
            facts={"title": "Waterloo", "plays": 14, "share": 0.07, "hours": 0.7},
        ),
    ),
    "wide_rotation": Case(
        fires=Story(
            listens=rotation(tracks=60),
            value=0.50,
            facts={"tracks": 60, "plays": 120, "each": 2.0},
        ),
        misses=Story(
            listens=rotation(tracks=54),
            value=0.45,
            facts={"tracks": 54, "plays": 120, "each": 120 / 54},
        ),
    ),
    "tight_rotation": Case(
        fires=Story(
            listens=rotation(tracks=12),
            value=0.10,
            facts={"tracks": 12, "plays": 120, "each": 10.0},
        ),
        misses=Story(
            listens=rotation(tracks=18),
            value=0.15,
            facts={"tracks": 18, "plays": 120, "each": 120 / 18},
        ),
    ),
    "few_songs_of_many": Case(
        fires=Story(
            listens=fifty_days(songs("Abba", 3) * 125 + group("Friend", 5) * 5),
            value=125.0,
            facts={"artist": "Abba", "plays": 375, "tracks": 3},
        ),
        misses=Story(
            listens=fifty_days(songs("Abba", 3) * 100 + group("Friend", 5) * 5),
            value=100.0,
            facts={"artist": "Abba", "plays": 300, "tracks": 3},
        ),
    ),
}


@each(TRACKS)
def test_fires(rule: Rule) -> None:
    fires(rule, CASES[rule.name])


@each(TRACKS)
def test_does_not_fire_at_the_near_miss(rule: Rule) -> None:
    just_misses(rule, CASES[rule.name])
