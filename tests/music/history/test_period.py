from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unwrapped.music.history.period import Period, UnknownPeriod

TRIED = settings(max_examples=2 * settings().max_examples)


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
        ("2024-02-29", date(2024, 2, 29), date(2024, 2, 29)),
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
        "2025-11-31",
        "2025-11-01..",
        "..2025-11-01",
        "..",
        "2025-01-01..2025-06-31",
        "2025-02-29..2025-03-01",
        "2025-01-01...2025-06-30",
        "2025-01-01..2025-06-30..2025-07-01",
        "2025-01-01 .. 2025-06-30",
        "2025-01..2025-06",
        "2025..2026",
        "0000-01-01..2025-06-30",
        "20250101--..2025063001",
        "2025-01-01..----------",
        "last year",
        "last-7",
        "this-month",
    ],
)
def test_a_text_that_is_not_a_period_is_refused_and_quoted(text: str) -> None:
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
        (Period(date(2025, 1, 1), date(2025, 1, 1)), "2025-01-01"),
    ],
)
def test_the_shortest_text_names_a_period(period: Period, text: str) -> None:
    assert str(period) == text


TODAY = date(2026, 3, 4)
"""A Wednesday."""


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("last-7", date(2026, 2, 26), TODAY),
        ("last-30", date(2026, 2, 3), TODAY),
        ("last-90", date(2025, 12, 5), TODAY),
        ("last-365", date(2025, 3, 5), TODAY),
        ("this-week", date(2026, 3, 2), date(2026, 3, 8)),
        ("last-week", date(2026, 2, 23), date(2026, 3, 1)),
        ("this-month", date(2026, 3, 1), date(2026, 3, 31)),
        ("last-month", date(2026, 2, 1), date(2026, 2, 28)),
        ("this-year", date(2026, 1, 1), date(2026, 12, 31)),
        ("last-year", date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_a_relative_period_counts_from_today(
    text: str, first: date, last: date
) -> None:
    assert Period.parse(text, TODAY) == Period(first, last)


def test_the_month_before_january_is_december() -> None:
    assert str(Period.parse("last-month", date(2026, 1, 31))) == "2025-12"


@pytest.mark.parametrize(
    "text", ["last-8", "last-070", "this-day", "next-week", "LAST-7", "last-7\n"]
)
def test_other_relative_periods_are_unknown(text: str) -> None:
    with pytest.raises(UnknownPeriod):
        Period.parse(text, TODAY)


def test_at_the_beginning_of_the_calendar_there_is_no_last_period() -> None:
    with pytest.raises(UnknownPeriod):
        Period.parse("last-year", date.min)


def test_two_days_the_wrong_way_round_are_named() -> None:
    with pytest.raises(UnknownPeriod) as caught:
        Period.parse("2025-06-30..2025-01-01")
    assert "wrong way round" in caught.value.message
    assert "2025-01-01..2025-06-30" in caught.value.message


@pytest.mark.parametrize(
    ("period", "earlier", "later"),
    [
        ("2025", "2024", "2026"),
        ("2025-01", "2024-12", "2025-02"),
        ("2024-03", "2024-02", "2024-04"),
        ("2025-03-01", "2025-02-28", "2025-03-02"),
        ("2025-03-03..2025-03-09", "2025-02-24..2025-03-02", "2025-03-10..2025-03-16"),
    ],
)
def test_neighbours_have_the_same_shape(period: str, earlier: str, later: str) -> None:
    found = Period.parse(period)
    assert (str(found.earlier), str(found.later)) == (earlier, later)


@pytest.mark.parametrize("text", ["all", "0001", "0001-01", "0001-01-01"])
def test_an_open_period_has_no_neighbours(text: str) -> None:
    assert Period.parse(text).earlier is None
    assert Period.parse(text).compared_with(TODAY) is None


@pytest.mark.parametrize(
    ("period", "compared"),
    [
        ("2025", "2024"),  # it is over
        ("2026", "2025-01-01..2025-03-04"),
        ("2026-03", "2026-02-01..2026-02-04"),
        ("2026-03-02..2026-03-08", "2026-02-23..2026-02-25"),
        ("2026-02-26..2026-03-04", "2026-02-19..2026-02-25"),
        ("2027", "2026"),
    ],
)
def test_a_period_that_is_not_over_is_compared_with_as_much_of_the_one_before(
    period: str, compared: str
) -> None:
    assert str(Period.parse(period).compared_with(TODAY)) == compared


def test_the_last_days_of_a_long_month_are_compared_with_a_whole_short_one() -> None:
    found = Period.parse("2026-03").compared_with(date(2026, 3, 30))
    assert str(found) == "2026-02"
