"""Rules about single tracks and the number of tracks."""

from datetime import date

from tests.music.critic.rules.cases import (
    WATERLOO,
    Case,
    Example,
    assert_finds,
    assert_silent,
    each,
    group,
    in_turn,
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
    """A hundred tracks of ten artists: `once` of them have one play, the others two."""
    tracks = library(100)
    return fifty_days(tracks + tracks[once:])


def forty_artists(once: int) -> list[Listen]:
    """Forty artists with one track each: `once` of them have one play, the others four."""
    return fifty_days(group("Passer-by", once) + group("Friend", 40 - once) * 4)


def rotation(tracks: int) -> list[Listen]:
    """A thousand plays of `tracks` tracks in turn, after the first fifty days."""
    played = in_turn(library(tracks), 1000)
    return spread(played, date(2024, 3, 1), date(2024, 6, 8))


CASES: dict[str, Case] = {
    "one_night_tracks": Case(
        examples=[
            Example(
                listens=lambda: hundred_tracks(once=60),
                value=0.60,
                facts={
                    "tracks": 100,
                    "tracks_once": 60,
                    "track_share": 0.60,
                    "once": 1,
                },
            ),
        ],
    ),
    "passing_artists": Case(
        examples=[
            Example(
                listens=lambda: forty_artists(once=14),
                value=0.35,
                facts={
                    "artists": 40,
                    "artists_once": 14,
                    "artist_share": 0.35,
                    "once": 1,
                },
            ),
        ],
    ),
    "no_strangers": Case(
        examples=[
            Example(
                listens=lambda: hundred_tracks(once=20),
                value=0.20,
                facts={
                    "tracks": 100,
                    "tracks_once": 20,
                    "track_share": 0.20,
                    "once": 1,
                },
            ),
        ],
    ),
    "deep_dive": Case(
        examples=[
            Example(
                listens=lambda: fifty_days(songs("Abba", 125) + group("Friend", 5) * 5),
                value=125,
                facts={"artist": "Abba", "tracks": 125},
            ),
        ],
    ),
    "anthem": Case(
        examples=[
            Example(
                listens=lambda: fifty_days([WATERLOO] * 18 + group("Friend", 26) * 7),
                value=0.09,
                facts={
                    "title": "Waterloo",
                    "artist": "Abba",
                    "plays": 18,
                    "share": 0.09,
                },
            ),
        ],
    ),
    "wide_rotation": Case(
        examples=[
            Example(
                listens=lambda: rotation(tracks=800),
                value=0.8,
                facts={"tracks": 800, "plays": 1000, "total": 800},
            )
        ],
        silent=[lambda: rotation(tracks=800)[1:]],
    ),
    "tight_rotation": Case(
        examples=[
            Example(
                listens=lambda: [*fifty_days(library(100)), *rotation(tracks=50)],
                value=0.05,
                facts={"tracks": 50, "plays": 1000, "total": 100},
            )
        ],
    ),
    "settled_artists": Case(
        examples=[
            Example(
                listens=lambda: forty_artists(once=2),
                value=0.05,
                facts={
                    "artists": 40,
                    "artists_once": 2,
                    "artist_share": 0.05,
                    "victim": "Passer-by 001",
                    "once": 1,
                },
            )
        ],
        silent=[lambda: forty_artists(once=0)],
    ),
    "few_songs_of_many": Case(
        examples=[
            Example(
                listens=lambda: fifty_days(
                    songs("Abba", 3) * 125 + group("Friend", 5) * 5
                ),
                value=125.0,
                facts={"artist": "Abba", "plays": 375, "tracks": 3},
            ),
        ],
    ),
}


@each(TRACKS)
def test_a_rule_finds_what_its_examples_show(rule: Rule) -> None:
    assert_finds(rule, CASES[rule.name])


@each(TRACKS)
def test_a_rule_is_silent_where_there_is_too_little(rule: Rule) -> None:
    assert_silent(rule, CASES[rule.name])
