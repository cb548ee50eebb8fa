"""Years as columns: one scale, one accent, names that do not overlap."""

from datetime import date
from itertools import pairwise

from tests.web.parsed import read_xml
from unwrapped.music.profile.volume import Month
from unwrapped.web.drawing.charts import WIDTH
from unwrapped.web.drawing.years import LABEL_ROOM, years_figure


def _months(plays: dict[int, int], hours: float | None = 1.0) -> list[Month]:
    return [
        Month(month=date(year, 3, 1), plays=count, hours=hours)
        for year, count in plays.items()
    ]


def test_a_column_per_year_with_plays_on_one_scale() -> None:
    figure = years_figure(_months({2020: 10, 2021: 0, 2022: 20}))
    drawn = read_xml(f"<g>{figure.drawing.content}</g>")
    heights = [float(one.attrib["height"]) for one in drawn.iter("rect")]
    assert heights[1] == 2 * heights[0]
    assert [one.attrib["class"] for one in drawn.iter("rect")] == ["bar", "accent"]
    assert figure.caption == "Plays per year; the most in 2022 with 20 plays."
    assert [row[:2] for row in figure.table.rows] == [
        ["2020", "10"],
        ["2021", "0"],
        ["2022", "20"],
    ]


def test_there_is_space_for_sixty_years() -> None:
    figure = years_figure(_months({1960 + n: n + 1 for n in range(60)}, None))
    drawn = read_xml(f"<g>{figure.drawing.content}</g>")
    bars = list(drawn.iter("rect"))
    assert all(
        float(bar.attrib["x"]) + float(bar.attrib["width"]) <= WIDTH for bar in bars
    )
    places = [
        float(one.attrib["x"])
        for one in drawn.iter("text")
        if one.attrib["class"] == "soft middle"
    ]
    gaps = [later - sooner for sooner, later in pairwise(places)]
    assert min(gaps) >= LABEL_ROOM - 0.1
    assert {row[2] for row in figure.table.rows} == {"–"}
