from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unwrapped.music.history.period import Period, UnknownPeriod

TRIED = settings(derandomize=True, deadline=None, max_examples=500)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("all", None, None),
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("0001", date(1, 1, 1), date(1, 12, 31)),
        ("9999", date(9999, 1, 1), date(9999, 12, 31)),
        ("2025-11", date(2025, 11, 1), date(2025, 11, 30)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2025-02", date(2025, 2, 1), date(2025, 2, 28)),
        ("1900-02", date(1900, 2, 1), date(1900, 2, 28)),
        ("9999-12", date(9999, 12, 1), date(9999, 12, 31)),
        ("2025-01-01..2025-06-30", date(2025, 1, 1), date(2025, 6, 30)),
        ("2024-02-29..2024-02-29", date(2024, 2, 29), date(2024, 2, 29)),
    ],
)
def test_a_period_is_read(text: str, first: date | None, last: date | None) -> None:
    assert Period.parse(text) == Period(first, last)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "All",
        " all",
        "all\n",
        "2025\n",
        " 2025",
        "25",
        "0000",
        "0000-01",
        "20255",
        "-2025",
        "٢٠٢٥",
        "2025-",
        "2025-0",
        "2025-00",
        "2025-13",
        "2025-1",
        "2025/11",
        "2025-11-01",
        "2025-11-01..",
        "..2025-11-01",
        "..",
        "2025-01-01..2025-06-31",
        "2025-02-29..2025-03-01",
        "2025-06-30..2025-01-01",
        "2025-01-01...2025-06-30",
        "2025-01-01..2025-06-30..2025-07-01",
        "2025-01-01 .. 2025-06-30",
        "2025-01..2025-06",
        "2025..2026",
        "0000-01-01..2025-06-30",
        "20250101--..2025063001",
        "2025-01-01..----------",
        "last year",
    ],
)
def test_what_is_no_period_is_refused_by_name(text: str) -> None:
    with pytest.raises(UnknownPeriod) as caught:
        Period.parse(text)
    assert repr(text) in caught.value.message
    assert "2025-11" in caught.value.message


@TRIED
@given(st.text(alphabet="0129-. al\n", max_size=24))
def test_any_text_is_a_period_or_unknown(text: str) -> None:
    try:
        period = Period.parse(text)
    except UnknownPeriod:
        return
    assert Period.parse(str(period)) == period


YEARS = st.integers(1, 9999).map(lambda year: f"{year:04}")
MONTHS = st.tuples(YEARS, st.integers(1, 12)).map(lambda one: f"{one[0]}-{one[1]:02}")


@TRIED
@given(st.just("all") | YEARS | MONTHS)
def test_the_text_of_a_year_or_month_is_the_one_it_was_read_from(text: str) -> None:
    assert str(Period.parse(text)) == text


@TRIED
@given(st.tuples(st.dates(), st.dates()).map(sorted))
def test_two_days_are_read_again(days: list[date]) -> None:
    period = Period(*days)
    assert Period.parse(str(period)) == period


@pytest.mark.parametrize(
    ("period", "text"),
    [
        (Period(), "all"),
        (Period(date(2025, 1, 1), date(2025, 12, 31)), "2025"),
        (Period(date(2024, 2, 1), date(2024, 2, 29)), "2024-02"),
        (Period(date(2025, 1, 1), date(2025, 1, 30)), "2025-01-01..2025-01-30"),
        (Period(date(2025, 1, 1), date(2026, 12, 31)), "2025-01-01..2026-12-31"),
    ],
)
def test_the_shortest_text_names_a_period(period: Period, text: str) -> None:
    assert str(period) == text
