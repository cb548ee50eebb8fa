"""The rule for listens in two logs is rarely wrong: `benchmarks.same_listen`."""

from benchmarks.same_listen import simulate

LISTENS = 30_000
"""Enough listens that chance changes the shares by less than a tenth of a percent."""


def test_doubles_are_found_and_own_plays_count() -> None:
    wrong = simulate(LISTENS, "start", "second", renamed=False)
    assert wrong.missed <= 0.001
    assert 0 < wrong.hidden <= 0.015


def test_only_listens_whose_names_lastfm_rewrites_are_missed() -> None:
    assert simulate(LISTENS, "start", "second", renamed=True).missed <= 0.025
