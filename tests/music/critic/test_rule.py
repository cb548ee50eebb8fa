import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.music.profile.histories import about
from unwrapped.music.critic.rule import (
    FIRES_AT,
    SMALLEST_SHARE,
    BaseRate,
    Finding,
    Rule,
)

EVEN_ODDS = BaseRate.share(0.5, 1.0, "As often as not.")
TEN = BaseRate.amount(10, math.log(2), "Ten, and half or double is one spread away.")
MEASURED = settings(derandomize=True, deadline=None, max_examples=100)
shares = st.floats(0, 1)
amounts = st.floats(1e-6, 1e9)


def rule(base: BaseRate, side: str) -> Rule:
    """A rule about either side of a base rate."""
    return Rule(
        name="tested",
        family="hours",
        claim="It is far from ordinary.",
        side="high" if side == "high" else "low",
        base=base,
        find=lambda _: None,
        phrasings=(),
        epithet="Tested",
    )


@pytest.mark.parametrize("base", [EVEN_ODDS, BaseRate.share(0.06, 1.9, "")])
def test_the_typical_share_is_no_surprise(base: BaseRate) -> None:
    assert base.surprise(base.typical) == 0


def test_shares_are_compared_by_their_odds() -> None:
    assert EVEN_ODDS.surprise(0.9) == about(math.log(9))
    assert EVEN_ODDS.surprise(0.1) == about(-math.log(9))
    assert BaseRate.share(0.2, 1.0, "").surprise(0.8) == about(2 * math.log(4))


def test_twice_the_spread_is_half_the_surprise() -> None:
    assert BaseRate.share(0.5, 2.0, "").surprise(0.9) == about(math.log(9) / 2)


@pytest.mark.parametrize("share", [0, 1e-12, SMALLEST_SHARE])
def test_below_the_smallest_share_nothing_is_more_surprising(share: float) -> None:
    assert EVEN_ODDS.surprise(share) == about(-math.log(9999))
    assert EVEN_ODDS.surprise(1 - share) == about(math.log(9999))


@pytest.mark.parametrize("share", [-0.2, 1.2])
def test_a_share_beyond_the_ends_counts_as_the_end(share: float) -> None:
    assert EVEN_ODDS.surprise(share) == EVEN_ODDS.surprise(round(share))


@pytest.mark.parametrize(
    ("amount", "spreads"), [(10, 0), (20, 1), (40, 2), (5, -1), (2.5, -2), (80.0, 3)]
)
def test_amounts_are_compared_by_their_ratio(amount: float, spreads: int) -> None:
    assert TEN.surprise(amount) == about(spreads)


@MEASURED
@given(st.tuples(shares, shares), st.tuples(amounts, amounts))
def test_more_is_not_less_surprising(
    two_shares: tuple[float, float], two_amounts: tuple[float, float]
) -> None:
    assert EVEN_ODDS.surprise(min(two_shares)) <= EVEN_ODDS.surprise(max(two_shares))
    assert TEN.surprise(min(two_amounts)) <= TEN.surprise(max(two_amounts))


@pytest.mark.parametrize(
    ("side", "amount", "surprise"),
    [("high", 40, 2), ("high", 5, -1), ("low", 5, 1), ("low", 40, -2)],
)
def test_a_rule_is_surprised_on_its_own_side(
    side: str, amount: float, surprise: float
) -> None:
    assert rule(TEN, side).surprise(Finding(amount, {})) == about(surprise)


@pytest.mark.parametrize(
    ("side", "fires", "misses"), [("high", 20.01, 19.99), ("low", 4.99, 5.01)]
)
def test_a_rule_fires_one_spread_from_the_typical(
    side: str, fires: float, misses: float
) -> None:
    tested = rule(TEN, side)
    assert tested.surprise(Finding(fires, {})) >= FIRES_AT
    assert tested.surprise(Finding(misses, {})) < FIRES_AT
