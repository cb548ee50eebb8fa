"""What the drawings show, told from their SVG."""

import re

from tests.web.parsed import Element, parse
from unwrapped.web.charts import (
    RankBar,
    Scale,
    YearRow,
    draw_clock,
    draw_months,
    draw_quadrant,
    draw_ranking,
    draw_scale,
)
from unwrapped.web.drawing import ACCENT, BAR, Drawing


def filled(drawing: Drawing, *colours: str) -> list[Element]:
    return [
        path
        for path in parse(drawing.content).all("path")
        if path.attributes.get("fill") in colours
    ]


def words(drawing: Drawing) -> list[str]:
    return [text.text for text in parse(drawing.content).all("text")]


def place(element: Element) -> tuple[float, ...]:
    numbers = re.findall(r"-?\d+(?:\.\d+)?", element.attributes["transform"] or "")
    return tuple(map(float, numbers))


def test_the_dot_of_the_quadrant_is_where_the_axes_say() -> None:
    def dot(x: float, y: float) -> tuple[float, ...]:
        across = Scale(low="devoted", high="omnivorous", value=x)
        drawing = draw_quadrant(across, Scale(low="old", high="new", value=y))
        assert sorted(words(drawing)) == ["devoted", "new", "old", "omnivorous"]
        [found] = filled(drawing, ACCENT)
        return place(found)

    assert dot(0, 0) == (180, 184)
    assert dot(-1, 1) == (30, 34)
    assert dot(0.5, -0.5) == (255, 259)


def test_the_dot_of_a_single_axis() -> None:
    drawing = draw_scale(Scale(low="devoted", high="omnivorous", value=1))
    assert words(drawing) == ["devoted", "omnivorous"]
    assert [place(dot) for dot in filled(drawing, ACCENT)] == [(350, 20)]


def test_the_clock_marks_the_first_of_the_busiest_hours() -> None:
    plays = [0] * 24
    plays[3] = plays[20] = 7
    plays[21] = 1
    drawing = draw_clock(plays)
    assert len(filled(drawing, ACCENT)) == 1
    assert len(filled(drawing, BAR)) == 2
    assert words(drawing) == [
        *("00", "03", "06", "09", "12", "15", "18", "21"),
        "03:00",
    ]


def test_a_row_of_months_per_year() -> None:
    years = [
        YearRow(year=year, months=[1.0] * 11 + [0.0], total=f"{year % 100} h")
        for year in range(2005, 2026)
    ]
    drawing = draw_months(years)
    assert len(filled(drawing, ACCENT)) == 1
    assert len(filled(drawing, BAR)) == 21 * 11 - 1
    assert {"2005", "2025", "25 h", "J", "D"} <= set(words(drawing))


def test_a_ranking_names_and_counts() -> None:
    drawing = draw_ranking(
        [RankBar(name="<b>", note="&", plays=1234), RankBar(name="B", note="", plays=1)]
    )
    assert words(drawing) == ["<b>", "B", "&", "", "1,234", "1"]
    assert len(filled(drawing, ACCENT)) == len(filled(drawing, BAR)) == 1
