"""Rules about the artists of days of the week."""

from tests.music.critic.rules.cases import (
    FRIENDS,
    Case,
    assert_finds,
    assert_silent,
    each,
    play,
)
from tests.music.critic.rules.times.test_dayparts import DAYS, case, in_turn_of
from tests.music.profile.histories import Listen
from unwrapped.music.critic.rule import Rule
from unwrapped.music.critic.rules.times.weekday_artists import WEEKDAY_ARTISTS


def wednesdays_of_another() -> list[Listen]:
    """The King leads every day (140 plays); on ten Wednesdays another artist has
    more."""
    return [
        *(play(day, 12 + i / 2, "King/Anthem") for day in DAYS for i in range(2)),
        *(
            play(day, 13 + i / 4, "Guest/Toast")
            for day in DAYS
            if day.weekday() == 2
            for i in range(3)
        ),
        *(play(day, 15, FRIENDS[n % 10]) for n, day in enumerate(DAYS)),
    ]


CASES: dict[str, Case] = {
    "weekend_lead": in_turn_of(
        60 / 40, artist="Guest", inside=60, favourite="King", favourite_inside=40
    ),
    "office_and_weekend": in_turn_of(
        60 / 147, artist="Clerk", inside=50, other="Guest", other_inside=60, first=9
    ),
    "days_led": in_turn_of(
        5, artist="King", count=5, week=7, strongest="Monday", inside=20
    ),
    "odd_day": case(
        30 / 20,
        wednesdays_of_another,
        artist="King",
        weekday="Wednesday",
        inside=20,
        other="Guest",
        other_inside=30,
        count=6,
    ),
    "week_of_many": in_turn_of(
        2, count=2, artist="Guest", weekday="Saturday", other="King", other_day="Monday"
    ),
    "artist_day": in_turn_of(
        0.5, artist="Guest", weekday="Saturday", inside=30, plays=60
    ),
    "track_day": in_turn_of(
        0.5, title="Toast", artist="Guest", weekday="Saturday", inside=30, rest=30
    ),
    "day_absent": in_turn_of(
        50 * 74 / 441, artist="Clerk", weekday="Saturday", plays=50, usual=74
    ),
}


@each(WEEKDAY_ARTISTS)
def test_a_rule_finds_what_its_examples_show(rule: Rule) -> None:
    assert_finds(rule, CASES[rule.name])


@each(WEEKDAY_ARTISTS)
def test_a_rule_is_silent_where_there_is_too_little(rule: Rule) -> None:
    assert_silent(rule, CASES[rule.name])
