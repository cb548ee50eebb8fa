import pytest

from unwrapped.music.sources.limits import Budget, Limits, TooLarge, TooManyRows


def test_the_limits_of_the_design() -> None:
    mib = 1024 * 1024
    assert Limits() == Limits(
        total_bytes=4096 * mib,
        entries=10_000,
        nested_zips=3,
        large_entry_bytes=50 * mib,
        large_entry_ratio=200,
        names_characters=96 * mib,
    )


def test_a_total_at_its_limit_is_accepted_and_a_byte_more_is_not() -> None:
    budget = Budget(Limits(total_bytes=100))
    budget.spend("a", 60, 60)
    budget.spend("b", 40, 40)
    with pytest.raises(TooLarge, match=r"^c: the upload unpacks to more than"):
        budget.spend("c", 1, 1)


def test_one_entry_too_many() -> None:
    budget = Budget(Limits(entries=2))
    budget.spend("a", 0, 0)
    budget.spend("b", 0, 0)
    with pytest.raises(TooLarge, match=r"^c: the upload has more than 2 files"):
        budget.spend("c", 0, 0)


@pytest.mark.parametrize(
    ("size", "packed"),
    [(1_000, 0), (1_001, 6), (2_000, 10), (1_001, 1_001)],
    ids=["small", "large", "large at the ratio", "large and not packed"],
)
def test_entries_that_are_not_bombs(size: int, packed: int) -> None:
    limits = Limits(large_entry_bytes=1_000, large_entry_ratio=200)
    Budget(limits).spend("a", size, packed)


def test_a_large_entry_over_the_ratio_is_a_bomb() -> None:
    limits = Limits(large_entry_bytes=1_000, large_entry_ratio=200)
    with pytest.raises(TooLarge, match=r"^a unpacks to more than 200 times its size"):
        Budget(limits).spend("a", 2_001, 10)


def test_small_entries_are_a_bomb_together() -> None:
    limits = Limits(large_entry_bytes=1_000, large_entry_ratio=200)
    budget = Budget(limits)
    budget.spend("a", 900, 1)
    budget.check_sum("a.zip")
    budget.spend("b", 900, 7, nested=True)
    with pytest.raises(TooLarge, match=r"^b\.zip unpacks to more than 200 times"):
        budget.check_sum("b.zip")


def test_rows_at_their_limit_are_accepted_and_one_more_is_not() -> None:
    budget = Budget(Limits(rows=10))
    budget.spend_rows("a", 10)
    with pytest.raises(TooManyRows, match=r"^b: .* more than 10 rows"):
        budget.spend_rows("b", 1)
