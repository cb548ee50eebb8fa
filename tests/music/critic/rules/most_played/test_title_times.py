"""Rules about a title that names a time."""

from tests.music.critic.rules.cases import (
    FRIENDS,
    Case,
    Example,
    History,
    assert_finds,
    assert_silent,
    each,
    play,
)
from tests.music.critic.rules.times.test_dayparts import DAYS
from tests.music.profile.histories import Listen
from unwrapped.music.critic.rule import Rule
from unwrapped.music.critic.rules.most_played.title_times import TITLE_TIMES


def song_of_friday(weekday: int) -> list[Listen]:
    """Ten friends a day, and 30 plays of a song on ten days of the week."""
    return [
        *(
            play(day, 10 + i / 4, friend)
            for day in DAYS
            for i, friend in enumerate(FRIENDS)
        ),
        *(
            play(day, 15 + i / 4, "Cure/My Friday")
            for day in DAYS
            if day.weekday() == weekday
            for i in range(3)
        ),
    ]


def song_of_night(hour: int) -> list[Listen]:
    """A play of it on each day, and another hour with friends."""
    return [
        row
        for n, day in enumerate(DAYS)
        for row in (play(day, hour, "Cure/My Night"), play(day, 23, FRIENDS[n % 10]))
    ]


def case(listens: History, value: float, **facts: object) -> Example:
    return Example(listens=listens, value=value, facts={"artist": "Cure", **facts})


CASES: dict[str, Case] = {
    "title_kept": Case(
        examples=[
            case(
                lambda: song_of_friday(4),
                31 / (30 * 130 / 730 + 1),
                title="My Friday",
                weekday="Friday",
                plays=30,
                inside=30,
                outside=0,
            ),
        ],
        silent=[lambda: song_of_friday(0)],
    ),
    "title_ignored": Case(
        examples=[
            case(
                lambda: song_of_friday(0),
                1 / (30 * 100 / 730 + 1),
                weekday="Friday",
                inside=0,
                outside=30,
            ),
            case(
                lambda: song_of_night(14),
                1 / 36,
                first=22,
                last=5,
                inside=0,
                outside=70,
            ),
        ],
        silent=[lambda: song_of_friday(4)],
    ),
}


@each(TITLE_TIMES)
def test_a_rule_finds_what_its_examples_show(rule: Rule) -> None:
    assert_finds(rule, CASES[rule.name])


@each(TITLE_TIMES)
def test_a_rule_is_silent_where_there_is_too_little(rule: Rule) -> None:
    assert_silent(rule, CASES[rule.name])
