"""The calendar: the text and the shade of each square."""

from datetime import date, timedelta

from tests.web.parsed import read_xml
from unwrapped.music.statistics.schemas import Point
from unwrapped.web.drawing.calendar import calendar_figure, draw_calendar, months_of

MONDAY = date(2026, 11, 2)


def days(*plays: int) -> list[Point]:
    """Days that begin on a Monday, with these plays."""
    return [
        Point(MONDAY + timedelta(days=number), None, None, amount, None, 1.0)
        for number, amount in enumerate(plays)
    ]


def test_the_shade_of_a_square_shows_the_plays_of_its_day() -> None:
    points = days(0, 1, 25, 26, 100, 100, 75, 51, 0)
    figure = calendar_figure(points, MONDAY + timedelta(days=7))
    assert figure is not None
    drawn = read_xml(f"<svg>{figure.drawing.content}</svg>")
    squares = drawn.findall("rect")
    assert [one.attrib["class"] for one in squares] == [
        *("day0", "day1", "day1", "day2", "accent", "day4", "day3", "day2")
    ]
    assert squares[7].attrib["y"] == squares[0].attrib["y"]
    assert squares[7].attrib["x"] > squares[0].attrib["x"]
    assert squares[4].findtext("title") == "6 November 2026: 100 plays"
    assert figure.table.rows == [
        ["9 November 2026", "51", "", "", "", "", "", "", "51"],
        ["2 November 2026", "0", "1", "25", "26", "100", "100", "75", "327"],
    ]
    assert "6 November 2026, with 100 plays" in figure.caption


def test_one_day_of_excess_leaves_differences_among_the_others() -> None:
    drawn = draw_calendar([(MONDAY + timedelta(n), n) for n in range(13)] + [(MONDAY + timedelta(13), 206)])  # fmt: skip
    squares = read_xml(f"<svg>{drawn.content}</svg>").findall("rect")
    shades = [one.attrib["class"] for one in squares]
    assert shades[0] == "day0"
    assert [shades.count(f"day{shade}") for shade in range(1, 5)] == [3, 4, 3, 2]
    assert shades[-1] == "accent"


def test_equal_days_have_no_most() -> None:
    figure = calendar_figure(days(0, 3, 3), MONDAY + timedelta(days=2))
    assert figure is not None
    assert "accent" not in figure.drawing.content
    assert "All 2 days with a play have 3 plays each." in figure.caption
    assert "the most" not in figure.caption + figure.label


def test_days_outside_the_period_have_no_square() -> None:
    """The week around the end of a year has days of two years."""
    points = days(*[1] * 14)
    first, last = MONDAY + timedelta(days=2), MONDAY + timedelta(days=9)
    figure = calendar_figure(points, last, str, first)
    assert figure is not None
    assert figure.table.links[-1] == "2026-11-04..2026-11-08"
    assert figure.table.rows[-1] == ["2 November 2026", "", "", *"11111", "5"]
    drawn = read_xml(f"<svg>{figure.drawing.content}</svg>")
    said = [one.findtext("title") or "" for one in drawn.iter("rect")]
    assert len(said) == 8
    assert said[0].startswith("4 November 2026")


def test_days_without_a_play_have_no_figure() -> None:
    assert calendar_figure(days(0, 0), MONDAY) is None
    assert calendar_figure([], MONDAY) is None
    assert calendar_figure(days(0, 5), MONDAY) is None  # it is still Monday


def test_months_are_named_where_they_begin() -> None:
    drawn = draw_calendar([(date(2026, 11, 30), 1), (date(2026, 12, 1), 0)])
    assert [one.text for one in read_xml(f"<svg>{drawn.content}</svg>").iter("text")] == ["D"]  # fmt: skip
    assert months_of(date(2025, 11, 24), date(2026, 1, 31)) == [
        date(2025, 11, 1),
        date(2025, 12, 1),
        date(2026, 1, 1),
    ]
