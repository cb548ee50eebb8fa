"""Rules about the ten most played artists and tracks."""

from datetime import date

from tests.music.critic.rules.cases import (
    FRIENDS,
    WATERLOO,
    Case,
    Example,
    assert_finds,
    assert_silent,
    each,
    in_turn,
    sitting,
    songs,
    spread,
)
from tests.music.profile.histories import Listen
from unwrapped.music.critic.rule import Rule
from unwrapped.music.critic.rules.most_played.rivals import RIVALS
from unwrapped.music.critic.rules.most_played.top_ten import TOP_TEN

HUNDRED = (date(2024, 1, 1), date(2024, 4, 9))


def charts(*, abba: int = 60, waterloo: int = 0, blur: int = 30) -> list[Listen]:
    """Abba with four songs in turn and more of one, Blur with one, nine others."""
    tracks = in_turn(songs("Abba", 4), abba) + [WATERLOO] * waterloo
    tracks += ["Blur/Song 2"] * blur
    for n in range(9):
        tracks += [f"Other {n}/Song"] * (20 - n)
    return spread(tracks, *HUNDRED)


def few() -> list[Listen]:
    return spread(in_turn(FRIENDS[:9], 200), *HUNDRED)


CASES: dict[str, Case] = {
    "photo_finish": Case(
        examples=[
            Example(
                listens=lambda: charts(abba=61, blur=60),
                value=1 / 61,
                facts={
                    "first": "Abba",
                    "next": "Blur",
                    "plays": 61,
                    "other_plays": 60,
                    "gap": 1,
                },
            )
        ],
        silent=[lambda: charts(abba=60, blur=60), lambda: charts(abba=60, blur=50)],
    ),
    "photo_finish_tracks": Case(
        examples=[
            Example(
                listens=lambda: charts(waterloo=41, blur=40),
                value=1 / 41,
                facts={
                    "first": "Waterloo",
                    "next": "Song 2",
                    "plays": 41,
                    "other_plays": 40,
                    "gap": 1,
                },
            )
        ],
        silent=[lambda: charts(waterloo=40, blur=40)],
    ),
    "dead_heat": Case(
        examples=[
            Example(
                listens=lambda: charts(abba=60, blur=60),
                value=60,
                facts={"first": "Abba", "next": "Blur", "plays": 60},
            )
        ],
        silent=[lambda: charts(abba=60, blur=59)],
    ),
    "dead_heat_tracks": Case(
        examples=[
            Example(
                listens=lambda: charts(waterloo=40, blur=40),
                value=40,
                facts={"first": "Waterloo", "next": "Song 2", "plays": 40},
            )
        ],
        silent=[charts],
    ),
    "song_beats_artist": Case(
        examples=[
            Example(
                listens=lambda: charts(abba=60, waterloo=40, blur=30),
                value=2,
                facts={
                    "title": "Waterloo",
                    "artist": "Abba",
                    "plays": 40,
                    "loser": "Blur",
                    "lost": 30,
                    "tracks": 1,
                },
            )
        ],
        silent=[lambda: spread(in_turn(FRIENDS, 200), *HUNDRED)],
    ),
    "landslide_track": Case(
        examples=[
            Example(
                listens=lambda: charts(waterloo=90, blur=30),
                value=3.0,
                facts={
                    "title": "Waterloo",
                    "artist": "Abba",
                    "plays": 90,
                    "next": "Song 2",
                    "other_plays": 30,
                    "ratio": 3.0,
                },
            )
        ],
        silent=[lambda: charts(blur=29)],
    ),
    "binge_track": Case(
        examples=[
            Example(
                listens=lambda: [
                    *charts(),
                    *sitting(date(2024, 5, 1), [WATERLOO] * 40),
                ],
                value=1 / 40,
                facts={"title": "Waterloo", "artist": "Abba", "plays": 40, "days": 1},
            )
        ],
        silent=[lambda: charts(blur=29)],
    ),
    "drip_track": Case(
        examples=[
            Example(
                listens=lambda: [*charts(), *spread([WATERLOO] * 40, *HUNDRED)],
                value=1.0,
                facts={"title": "Waterloo", "artist": "Abba", "plays": 40, "days": 40},
            )
        ],
        silent=[lambda: charts(blur=29)],
    ),
    "daily_artist": Case(
        examples=[
            Example(
                listens=lambda: [*charts(abba=0), *spread([WATERLOO] * 100, *HUNDRED)],
                value=1.0,
                facts={"artist": "Abba", "days": 100, "of": 100, "title": "Waterloo"},
            )
        ],
        silent=[
            lambda: spread(in_turn(FRIENDS, 200), date(2024, 1, 1), date(2024, 2, 1))
        ],
    ),
    "two_leaders": Case(
        examples=[
            Example(
                listens=lambda: [
                    *charts(abba=60, blur=0),
                    *spread(["Can/Future Days"] * 30, *HUNDRED, minutes=9),
                ],
                value=1.5,
                facts={
                    "artist": "Abba",
                    "plays": 60,
                    "hours": 3.0,
                    "other": "Can",
                    "other_plays": 30,
                    "other_hours": 4.5,
                },
            )
        ],
        silent=[charts, few],
    ),
}


@each((*TOP_TEN, *RIVALS))
def test_a_rule_finds_what_its_examples_show(rule: Rule) -> None:
    assert_finds(rule, CASES[rule.name])


@each((*TOP_TEN, *RIVALS))
def test_a_rule_is_silent_where_there_is_too_little(rule: Rule) -> None:
    assert_silent(rule, CASES[rule.name])
