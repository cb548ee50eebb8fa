import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.music.profile.histories import about
from unwrapped.music.critic.base_rate import (
    SMALLEST_SHARE,
    BaseRate,
    Scale,
    amount,
    share,
)
from unwrapped.music.critic.rule import Finding, Rule
from unwrapped.music.critic.rules import RULES

MEASURED = settings(derandomize=True, deadline=None, max_examples=100)
shares = st.floats(0, 1)
amounts = st.floats(1e-6, 1e9)

BASE_RATES = [rule.base_rate for rule in RULES]


def base(
    typical: float, scale: Scale, below: float = 1.0, above: float = 1.0
) -> BaseRate:
    return BaseRate(
        typical=typical, below=below, above=above, scale=scale, statement=""
    )


EVEN_ODDS = base(0.5, "share")
TEN = base(10, "amount", below=math.log(2), above=math.log(4))


def rule(side: str) -> Rule:
    """A rule about the high or the low side of a base rate."""
    return Rule(
        name="tested",
        family="hours",
        claim="It is far from ordinary.",
        side="high" if side == "high" else "low",
        base_rate=amount(10, 1, 1, "plays", "It has {typical}", "tests"),
        find=lambda _: None,
    )


@pytest.mark.parametrize("tested", [EVEN_ODDS, base(0.06, "share", 1.9, 0.2)])
def test_the_typical_share_is_no_surprise(tested: BaseRate) -> None:
    assert tested.surprise(tested.typical) == 0


def test_shares_are_compared_by_their_odds() -> None:
    assert EVEN_ODDS.surprise(0.9) == about(math.log(9))
    assert EVEN_ODDS.surprise(0.1) == about(-math.log(9))
    assert base(0.2, "share").surprise(0.8) == about(2 * math.log(4))


@pytest.mark.parametrize("value", [0, 1e-12, SMALLEST_SHARE])
def test_below_the_smallest_share_nothing_is_more_surprising(value: float) -> None:
    assert EVEN_ODDS.surprise(value) == about(-math.log(9999))
    assert EVEN_ODDS.surprise(1 - value) == about(math.log(9999))


@pytest.mark.parametrize("value", [-0.2, 1.2])
def test_a_share_beyond_the_ends_counts_as_the_end(value: float) -> None:
    assert EVEN_ODDS.surprise(value) == EVEN_ODDS.surprise(round(value))


@pytest.mark.parametrize(
    ("value", "spreads"), [(10, 0), (40, 1), (160, 2), (5, -1), (2.5, -2)]
)
def test_amounts_are_compared_by_their_ratio_with_a_spread_on_each_side(
    value: float, spreads: int
) -> None:
    assert TEN.surprise(value) == about(spreads)


@MEASURED
@given(st.tuples(shares, shares), st.tuples(amounts, amounts))
def test_surprise_never_falls_as_the_value_rises(
    two_shares: tuple[float, float], two_amounts: tuple[float, float]
) -> None:
    assert EVEN_ODDS.surprise(min(two_shares)) <= EVEN_ODDS.surprise(max(two_shares))
    assert TEN.surprise(min(two_amounts)) <= TEN.surprise(max(two_amounts))


@pytest.mark.parametrize(
    ("side", "value", "surprise"),
    [("high", 40, 1), ("high", 5, -1), ("low", 5, 1), ("low", 40, -1)],
)
def test_a_rule_is_surprised_on_its_own_side(
    side: str, value: float, surprise: float
) -> None:
    assert rule(side).surprise(Finding(value, {}), TEN) == about(surprise)


def test_the_typical_value_depends_on_the_length_of_the_history() -> None:
    silence = amount(
        5, 1, 1, "days", "A silence lasts {typical}", "tests", shorter=1.0, longer=2.0
    )
    assert silence.at(365).typical == about(5)
    assert silence.at(3650).typical == about(500)
    assert silence.at(73).typical == about(1)
    active = share(0.8, 1, 1, "{typical} of the days", "tests", longer=-1.0)
    assert active.at(100).typical == about(0.8)
    assert active.at(4 * 365).typical == about(0.5)


def test_a_statement_has_the_measure_its_source_and_whether_length_matters() -> None:
    plain = amount(43.6, 1, 1, "plays", "A day has {typical}", "somebody")
    assert plain.at(365).statement == "A day has about 44 plays (somebody)."
    moving = share(0.2, 1, 1, "{typical} are new", "somebody", longer=1.0)
    assert moving.at(730).statement == (
        "About 33% are new (somebody, for a history of this length)."
    )


@pytest.mark.parametrize("days", [30, 365, 12 * 365])
def test_every_base_rate_has_a_valid_typical_value_at_every_length(days: int) -> None:
    for base_rate in BASE_RATES:
        at = base_rate.at(days)
        assert at.below > 0
        assert at.above > 0
        assert 0 < at.typical < (1 if at.scale == "share" else math.inf)
        assert at.statement.endswith(").")
