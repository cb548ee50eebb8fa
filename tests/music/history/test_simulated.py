"""How often the rule of one listen in two logs may be wrong: `benchmarks.same_listen`."""

import pytest

from benchmarks.same_listen import simulate

LISTENS = 40_000


@pytest.mark.parametrize(("renamed", "missed"), [(False, 0.001), (True, 0.025)])
def test_doubles_are_found_and_own_plays_count(renamed: bool, missed: float) -> None:
    wrong = simulate(LISTENS, "start", "second", renamed=renamed)
    assert wrong.missed <= missed
    assert wrong.hidden <= 0.015
    assert wrong.hidden > 0  # There are loops in it.
