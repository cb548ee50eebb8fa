"""Rules that compare the ten artists with the tracks."""

from tests.music.critic.rules.cases import (
    Case,
    Example,
    assert_finds,
    assert_silent,
    each,
)
from tests.music.critic.rules.most_played.test_chart_edge import case
from tests.music.critic.rules.most_played.test_top_ten import charts, few
from unwrapped.music.critic.rule import Rule
from unwrapped.music.critic.rules.most_played.artists_against_tracks import (
    ARTISTS_AGAINST_TRACKS,
)

CASES: dict[str, Case] = {
    "chart_owner": Case(
        examples=[
            Example(
                listens=lambda: charts(abba=80),
                value=4,
                facts={
                    "artist": "Abba",
                    "count": 4,
                    "ten": 10,
                    "title": "Song 001",
                    "plays": 20,
                    "last": "Song 004",
                },
            )
        ],
        silent=[few],
    ),
    "one_song_artist": Case(
        examples=[
            Example(
                listens=lambda: charts(abba=8, waterloo=40),
                value=40 / 48,
                facts={
                    "artist": "Abba",
                    "plays": 48,
                    "title": "Waterloo",
                    "best": 40,
                    "others": 4,
                    "rest": 8,
                },
            )
        ],
        silent=[lambda: charts(abba=60)],
    ),
    "song_lover": Case(
        examples=[
            Example(
                listens=lambda: charts(abba=4, waterloo=50),
                value=2,
                facts={
                    "count": 2,
                    "ten": 10,
                    "share": 0.75,
                    "artist": "Abba",
                    "title": "Waterloo",
                    "other": "Blur",
                    "track": "Song 2",
                },
            )
        ],
        silent=[lambda: charts(blur=29)],
    ),
    "same_figure": case(
        49, artist="Solo", plays=49, tracks=7, title="Hit 0", by="Band 0"
    ),
    "hitless": case(
        2, artist="Solo", rank=2, plays=49, tracks=7, best=7, last_plays=40
    ),
    "all_different": case(10, count=10, artist="Band 0", title="Hit 0", other="Band 1"),
    "wide_and_narrow": case(
        7.0, artist="Solo", tracks=7, other="Band 0", other_tracks=1, title="Hit 0"
    ),
}


@each(ARTISTS_AGAINST_TRACKS)
def test_a_rule_finds_what_its_examples_show(rule: Rule) -> None:
    assert_finds(rule, CASES[rule.name])


@each(ARTISTS_AGAINST_TRACKS)
def test_a_rule_is_silent_where_there_is_too_little(rule: Rule) -> None:
    assert_silent(rule, CASES[rule.name])
