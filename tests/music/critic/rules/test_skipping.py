"""Rules about skipping tracks and playing them to the end."""

from datetime import date

from tests.music.critic.rules.cases import (
    FRIENDS,
    Case,
    Example,
    assert_finds,
    assert_silent,
    each,
    in_turn,
    logged,
    spread,
)
from tests.music.profile.histories import Listen
from unwrapped.music.critic.rule import Rule
from unwrapped.music.critic.rules.skipping import SKIPPING

MINUTE = 60_000


def listens(count: int, minutes: float | None = 3) -> list[Listen]:
    """Listens in May 2024 of this length."""
    tracks = in_turn(FRIENDS, count)
    return spread(tracks, date(2024, 5, 1), date(2024, 5, 31), minutes)


def ends(finished: int, skipped: int = 0, stopped: int = 0) -> list[Listen]:
    """Listens that ran to the end, were broken off early, or stopped in another way."""
    return [
        *logged(listens(finished), reason_end="trackdone"),
        *logged(listens(skipped, minutes=0.25), reason_end="endplay"),
        *logged(listens(stopped), reason_end="logout"),
    ]


def quarter_minutes(count: int, of: int) -> list[Listen]:
    """`of` listens: `count` of a quarter of a minute, the others of three minutes."""
    return [*listens(count, minutes=0.25), *listens(of - count)]


CASES: dict[str, Case] = {
    "skipper": Case(
        examples=[
            Example(
                listens=lambda: ends(finished=120, skipped=70, stopped=10),
                value=0.35,
                facts={"skipped": 0.35, "listens": 200, "count": 70, "limit": 0.5},
            ),
            Example(
                listens=lambda: ends(finished=130, skipped=60, stopped=10),
                value=0.30,
                facts={"skipped": 0.30, "finished": 0.65, "listens": 200, "count": 60},
            ),
        ],
        silent=[lambda: listens(300), lambda: ends(finished=100, skipped=99)],
    ),
    "patient": Case(
        examples=[
            Example(
                listens=lambda: ends(finished=188, skipped=8, stopped=4),
                value=0.04,
                facts={"skipped": 0.04, "finished": 0.94, "listens": 200, "count": 8},
            ),
        ],
        silent=[lambda: listens(300), lambda: ends(finished=195, skipped=4)],
    ),
    "unfinished": Case(
        examples=[
            Example(
                listens=lambda: ends(finished=80, skipped=40, stopped=80),
                value=0.40,
                facts={"finished": 0.40, "heard": 80, "listens": 200},
            ),
            Example(
                listens=lambda: ends(finished=100, skipped=40, stopped=60),
                value=0.50,
                facts={"finished": 0.50, "skipped": 0.20, "listens": 200},
            ),
        ],
        silent=[
            lambda: listens(300),
            lambda: ends(finished=59, skipped=40, stopped=100),
        ],
    ),
    "finisher": Case(
        examples=[
            Example(
                listens=lambda: ends(finished=180, skipped=10, stopped=10),
                value=0.90,
                facts={"finished": 0.90, "heard": 180, "listens": 200},
            )
        ],
        silent=[lambda: listens(300)],
    ),
    "half_minute": Case(
        examples=[
            Example(
                listens=lambda: quarter_minutes(70, of=200),
                value=0.35,
                facts={"short": 0.35, "listens": 200, "count": 70},
            ),
        ],
        silent=[
            lambda: listens(300, minutes=None),
            lambda: quarter_minutes(70, of=199),
        ],
    ),
}


@each(SKIPPING)
def test_a_rule_finds_what_its_examples_show(rule: Rule) -> None:
    assert_finds(rule, CASES[rule.name])


@each(SKIPPING)
def test_a_rule_is_silent_where_there_is_too_little(rule: Rule) -> None:
    assert_silent(rule, CASES[rule.name])
