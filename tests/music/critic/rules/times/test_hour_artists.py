"""Rules about artists and tracks bound to one hour."""

from tests.music.critic.rules.cases import Case, assert_finds, assert_silent, each
from tests.music.critic.rules.times.test_dayparts import in_turn_of
from unwrapped.music.critic.rule import Rule
from unwrapped.music.critic.rules.times.hour_artists import HOUR_ARTISTS

CASES: dict[str, Case] = {
    "night_absent": in_turn_of(
        70 * 60 / 441, artist="King", plays=140, inside=0, usual=60, first=0, last=5
    ),
    "morning_absent": in_turn_of(
        70 * 55 / 441, artist="King", usual=55, title="Anthem"
    ),
    "peak_absent": in_turn_of(
        20 * 160 / 441, artist="Guest", plays=60, hour=17, end=18, usual=160
    ),
    "hours_led": in_turn_of(
        1, artist="Clerk", count=1, hours=24, other="King", other_plays=140, hour=17
    ),
    "hour_leaders": in_turn_of(
        6, count=6, artist="Owl", hour=2, inside=60, other="Diner", late=20
    ),
    "artist_hour": in_turn_of(1.0, artist="King", hour=17, end=18, inside=140),
    "track_hour": in_turn_of(1.0, title="Anthem", artist="King", hour=17, rest=0),
}


@each(HOUR_ARTISTS)
def test_a_rule_finds_what_its_examples_show(rule: Rule) -> None:
    assert_finds(rule, CASES[rule.name])


@each(HOUR_ARTISTS)
def test_a_rule_is_silent_where_there_is_too_little(rule: Rule) -> None:
    assert_silent(rule, CASES[rule.name])
