"""Listens that were reported twice to one log are marked."""

import pytest

from tests.music.history.made_up import listen
from tests.music.history.marks.test_marking import marks
from tests.music.history.oracle import Listen, Names

DOUBLE = "double_scrobble"
SPELLED = {
    "u1": {Names("a feat. b", "one", "a", "one")},
    "u2": {Names("a", "one - live", "a", "one")},
    "u3": {Names("a", "two", "a", "two")},
}


@pytest.mark.parametrize(
    ("log", "gap", "expected"),
    [
        ("start", 14_999, DOUBLE),
        ("start", 15_000, None),
        ("near_end", 14_999, DOUBLE),
        ("end", 1, None),
        ("api", 1, None),
        ("start_minute", 59_999, DOUBLE),
        ("start_minute", 60_000, None),
    ],
)
def test_rows_within_fifteen_seconds_are_marked(
    log: str, gap: int, expected: str | None
) -> None:
    assert marks([listen(log, 0), listen(log, gap)]) == [None, expected]


def test_the_same_minute_is_not_within_fifteen_seconds() -> None:
    assert marks([listen("start_minute", 59_000), listen("start_minute", 61_000)]) == [
        None,
        None,
    ]


def test_names_with_a_shared_loose_key_may_mean_one_listen() -> None:
    rows = [
        listen("start", at, None, uri) for at, uri in ((0, "u1"), (1, "u2"), (2, "u3"))
    ]
    assert marks(rows, SPELLED) == [None, DOUBLE, None]


def test_another_track_between_hides_nothing() -> None:
    rows = [
        listen("start", at, None, uri) for at, uri in ((0, "u1"), (1, "u3"), (2, "u1"))
    ]
    assert marks(rows, SPELLED) == [None, None, DOUBLE]


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(
    ("one", "other"),
    [
        (listen("start", 0, 1, "u2"), listen("start", 0, None, "u1")),
        (listen("start", 0, 1, "u2"), listen("start", 0, 2, "u1")),
        (listen("start", 0, 1, "u1"), listen("start", 0, 1, "u2")),
        (listen("start_minute", 9_000, 1, "u2"), listen("start_minute", 0, 2, "u1")),
        (listen("start_minute", 0, 1, "u1"), listen("start_minute", 9_000, 1, "u1")),
    ],
    ids=["known", "shorter", "identity", "minute", "minute and seconds"],
)
def test_of_equal_moments_one_counts(one: Listen, other: Listen, seed: int) -> None:
    """Whatever the order of rows and the numbers of recordings."""
    spelled = {identity: SPELLED[identity] for identity in ("u1", "u2")}
    assert marks([one, other], spelled, seed) == [None, DOUBLE]
    assert marks([other, one], spelled, seed) == [DOUBLE, None]


def test_identities_are_sorted_by_code_point() -> None:
    """Not by the alphabet of a language, and not by UTF-16."""
    spelled = dict.fromkeys(("Z", "a", "\uffff", "𐀀"), SPELLED["u1"])
    rows = [listen("start", 0, 1, name) for name in spelled]
    assert marks(rows, spelled) == [None, DOUBLE, DOUBLE, DOUBLE]
