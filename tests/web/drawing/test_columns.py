"""Columns over time: one scale for both periods, a new part above a known one."""

from dataclasses import replace
from itertools import pairwise

from tests.web.parsed import read_xml
from unwrapped.web.drawing.columns import HEIGHT, LABELS, WIDTH, Column, draw_columns


def column(amount: int, part: int = 0, former: int | None = None) -> Column:
    return Column(
        label="1 Jan",
        said=f"{amount} plays",
        amount=amount,
        part=part,
        former=former,
        target="/history?period=2025&hour=1",
    )


def test_columns_and_the_line_of_the_previous_period_have_one_scale() -> None:
    drawn = draw_columns(
        [column(5, former=10), column(10), column(0, former=5)], 1, "10"
    )
    root = read_xml(f"<svg>{drawn.content}</svg>")
    bars = {one.attrib["class"]: one for one in root.iter("rect")}
    assert list(bars) == ["bar", "accent"]
    assert float(bars["accent"].attrib["height"]) == 2 * float(
        bars["bar"].attrib["height"]
    )
    [former] = root.iter("path")
    top = bars["accent"].attrib["y"]
    # The line begins at 10, the top, has a gap in the second step, and ends at 5.
    assert former.attrib["d"].startswith(f"M0.0 {float(top):.1f}L90.0 ")
    assert former.attrib["d"].count("M") == 2
    assert f" {float(bars['bar'].attrib['y']):.1f}" in former.attrib["d"]
    targets = {one.attrib["href"] for one in root.iter("a")}
    assert targets == {"/history?period=2025&hour=1"}
    assert {one.attrib["tabindex"] for one in root.iter("a")} == {"-1"}


def test_the_new_part_is_above_the_known_one() -> None:
    drawn = draw_columns([column(8, part=2), column(4, part=4)], 1, "4 new")
    root = read_xml(f"<svg>{drawn.content}</svg>")
    new, known, all_new = root.iter("rect")
    assert [one.attrib["class"] for one in (new, known, all_new)] == ["bar", "pale", "accent"]  # fmt: skip
    assert float(known.attrib["height"]) == 3 * float(new.attrib["height"])
    assert float(new.attrib["y"]) + float(new.attrib["height"]) == float(
        known.attrib["y"]
    )
    assert float(all_new.attrib["y"]) + float(all_new.attrib["height"]) == HEIGHT


def test_of_many_columns_some_are_named() -> None:
    drawn = draw_columns([column(n + 1) for n in range(400)], 399, "400")
    root = read_xml(f"<svg>{drawn.content}</svg>")
    assert all(
        float(one.attrib["x"]) + float(one.attrib["width"]) <= WIDTH
        for one in root.iter("rect")
    )
    names = [one for one in root.iter("text") if one.attrib["class"].startswith("soft")]
    assert len(names) <= LABELS
    places = [float(one.attrib["x"]) for one in names]
    assert min(later - sooner for sooner, later in pairwise(places)) > 100


def test_names_stay_within_the_drawing() -> None:
    months = [replace(column(1), label=f"Mon {2026}") for _ in range(11)]
    root = read_xml(f"<svg>{draw_columns(months, 0, '1').content}</svg>")
    names = [one for one in root.iter("text") if one.text == "Mon 2026"]
    assert len(names) == LABELS - 1
    assert {one.attrib["class"] for one in names[1:]} == {"soft middle"}
    places = [float(one.attrib["x"]) for one in names]
    assert places[-1] < WIDTH - 50
    assert min(later - sooner for sooner, later in pairwise(places)) > 120
    assert not [
        one
        for one in read_xml(
            f"<svg>{draw_columns(months, None, '1').content}</svg>"
        ).iter()
        if "accent" in one.attrib.get("class", "")
    ]
