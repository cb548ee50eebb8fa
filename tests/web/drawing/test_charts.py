"""The charts show the figures of the portrait, read back from their SVG."""

import math
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest

from tests.music.factories import STORED_PORTRAIT
from tests.web.parsed import read_xml
from tests.web.portraits import hostile_names, one_play, sixteen_years
from unwrapped.core.printable import printable
from unwrapped.music.analysis.portrait import Portrait
from unwrapped.music.analysis.portrait_versions import read_stored
from unwrapped.web.drawing.charts import (
    Axis,
    RankBar,
    draw_axis,
    draw_quadrant,
    draw_ranking,
)
from unwrapped.web.drawing.svg import Drawing
from unwrapped.web.drawing.text_width import fitted, in_two_lines
from unwrapped.web.portrait_page import render_portrait

PORTRAITS: dict[str, Callable[[Path], Portrait]] = {
    "one play": one_play,
    "hostile names": hostile_names,
    "sixteen years": sixteen_years,
    "stored": lambda _: read_stored(STORED_PORTRAIT),
}
SHAPES = {"text", "rect", "line", "circle", "path"}
NEAR = 0.005
"""Relative to the greatest value: coordinates have two decimals."""


class Shown:
    """A portrait and its drawings."""

    def __init__(self, portrait: Portrait) -> None:
        self.portrait = portrait
        self.page = render_portrait(portrait)

    def svg(self, name: str) -> Element:
        [drawn] = re.findall(
            rf'<figure id="{name}".*?(<svg.*?</svg>)', self.page, re.DOTALL
        )
        return read_xml(drawn)


@pytest.fixture(scope="module", params=PORTRAITS)
def shown(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Shown:
    return Shown(PORTRAITS[request.param](tmp_path_factory.mktemp("export")))


def root(drawing: Drawing) -> Element:
    return read_xml(f"<svg>{drawing.content}</svg>")


def of_class(svg: Element, *names: str) -> list[Element]:
    return [shape for shape in svg if set(names) & set(shape.get("class", "").split())]


def at(shape: Element, *names: str) -> list[float]:
    return [float(shape.attrib[name]) for name in names]


def said(shape: Element) -> str:
    [title] = shape
    assert title.tag == "title"
    return title.text or ""


def words(svg: Element) -> list[str]:
    return [text.text or "" for text in svg.iter("text")]


def test_shapes_stay_inside_and_have_no_styles_of_their_own(
    shown: Shown,
) -> None:
    [style] = re.findall(r"<style>(.*?)</style>", shown.page, re.DOTALL)
    for name in ("axes", "clock", "months", "artists", "tracks"):
        svg = shown.svg(name)
        _, _, width, height = map(float, svg.attrib["viewBox"].split())
        title, desc, *shapes = svg
        assert (title.tag, desc.tag) == ("title", "desc")
        assert {shape.tag for shape in shapes} <= SHAPES
        for shape in shapes:
            assert not {"style", "fill", "stroke"} & set(shape.attrib)
            for one in shape.get("class", "").split():
                assert re.search(rf"\.{one}\b", style), one
            for x in ("x", "x1", "x2", "cx"):
                assert 0 <= float(shape.get(x, 0)) <= width
            for y in ("y", "y1", "y2", "cy"):
                assert 0 <= float(shape.get(y, 0)) <= height


def test_the_clock_has_the_plays_of_every_hour(shown: Shown) -> None:
    plays, svg = shown.portrait.profile.clock.hours, shown.svg("clock")
    centre = float(svg.attrib["viewBox"].split()[2]) / 2
    hub, dial = sorted(at(circle, "r")[0] for circle in of_class(svg, "frame"))
    areas = {}
    for wedge in of_class(svg, "bar", "accent"):
        numbers = list(map(float, re.findall(r"-?[\d.]+", wedge.attrib["d"])))
        corners = [
            (x - centre, centre - y)
            for x, y in (numbers[:2], numbers[2:4], numbers[9:11], numbers[11:13])
        ]
        radii = sorted(math.hypot(*corner) for corner in corners)
        assert radii[:2] == pytest.approx([hub, hub], abs=0.02)
        assert radii[2] == pytest.approx(radii[3], abs=0.02)
        middle = math.atan2(sum(x for x, _ in corners), sum(y for _, y in corners))
        hour = int(middle % math.tau / math.tau * 24)
        areas[hour] = (radii[3] ** 2 - hub**2) / (dial**2 - hub**2)
        count = plays[hour]
        ending = "play" if count == 1 else "plays"
        assert said(wedge) == f"{hour:02}:00 to {hour + 1:02}:00: {count:,} {ending}"
        assert (wedge.get("class") == "accent") == (hour == plays.index(max(plays)))
    assert areas.keys() == {hour for hour, count in enumerate(plays) if count}
    for hour, area in areas.items():
        assert area == pytest.approx(plays[hour] / max(plays), abs=NEAR)
    assert f"{plays.index(max(plays)):02}:00" in words(svg)
    assert [word for word in words(svg) if ":" not in word] == [
        f"{hour:02}" for hour in range(0, 24, 3)
    ]


def test_bars_of_months_show_their_hours(shown: Shown) -> None:
    svg = shown.svg("months")
    texts = [(text.text or "", at(text, "x", "y")) for text in svg.iter("text")]
    letters = [x for text, (x, _) in texts if re.fullmatch("[JFMASOND]", text)]
    years = {y: int(text) for text, (_, y) in texts if re.fullmatch(r"\d{4}", text)}
    bars = of_class(svg, "bar", "accent")
    most = max(at(bar, "height")[0] for bar in bars)
    drawn = {}
    for bar in bars:
        x, y, width, height = at(bar, "x", "y", "width", "height")
        month = min(range(12), key=lambda place: abs(letters[place] - x - width / 2))
        [year] = [year for foot, year in years.items() if abs(foot - y - height) < 0.02]
        drawn[year, month + 1] = height / most
    months = shown.portrait.profile.months
    greatest = max(months, key=lambda entry: entry.hours or 0.0)
    assert len(letters) == 12
    assert list(years.values()) == sorted({e.month.year for e in months if e.hours})
    expected = {
        (entry.month.year, entry.month.month): entry.hours / (greatest.hours or 1.0)
        for entry in months
        if entry.hours
    }
    assert drawn.keys() == expected.keys()
    for place, height in expected.items():
        assert drawn[place] == pytest.approx(height, abs=NEAR)
    [accent] = of_class(svg, "accent")
    assert said(accent).startswith(f"{greatest.month:%B %Y}: ")
    assert at(accent, "height")[0] == most
    for foot, year in years.items():
        total = sum(entry.hours or 0.0 for entry in months if entry.month.year == year)
        [end] = [text for text, (x, y) in texts if y == foot and x > max(letters)]
        assert end == ("<1 h" if total < 1 else f"{total:,.0f} h")


@pytest.mark.parametrize("name", ["artists", "tracks"])
def test_a_ranking_has_names_and_plays(shown: Shown, name: str) -> None:
    favourites, svg = shown.portrait.profile.favourites, shown.svg(name)
    ranked = [(top.artist, "", top.plays) for top in favourites.artists]
    if name == "tracks":
        ranked = [(top.title, top.artist, top.plays) for top in favourites.tracks]
    bars = of_class(svg, "bar", "accent")
    width = float(svg.attrib["viewBox"].split()[2])
    assert [bar.get("class") for bar in bars] == ["accent"] + ["bar"] * len(bars[1:])
    for bar, (title, artist, plays) in zip(bars, ranked, strict=True):
        length = at(bar, "width")[0] / width
        assert length == pytest.approx(plays / ranked[0][2], abs=NEAR)
        assert said(bar).startswith(printable(title))
        assert said(bar).endswith(f"{plays:,} play" + ("s" if plays > 1 else ""))
        assert printable(artist) in said(bar)
    names, ends, notes = (
        [text.text for text in of_class(svg, kind)] for kind in ("name", "end", "note")
    )
    assert names == [line for title, _, _ in ranked for line in in_two_lines(title, 22)]
    assert ends == [f"{plays:,}" for _, _, plays in ranked]
    assert notes == [fitted(artist, 28) for _, artist, _ in ranked if artist]


def test_the_dot_is_at_the_values_of_the_axes(shown: Shown) -> None:
    svg = shown.svg("axes")
    axes = [axis for axis in shown.portrait.verdict.axes if axis.value is not None]
    [dot] = of_class(svg, "accent")
    if len(axes) == 1:
        low, middle, high = sorted(
            {at(tick, "x2")[0] for tick in of_class(svg, "axis")}
        )
        places = [(at(dot, "cx")[0] - middle) / (high - low) * 2]
    else:
        [frame] = of_class(svg, "frame")
        x, y, width, height = at(frame, "x", "y", "width", "height")
        places = [
            (at(dot, "cx")[0] - x) / width * 2 - 1,
            1 - (at(dot, "cy")[0] - y) / height * 2,
        ]
    assert places == pytest.approx([axis.value for axis in axes], abs=NEAR)


def test_the_names_of_the_axes_are_at_their_ends() -> None:
    across = Axis(low="devoted", high="omnivorous", value=0.5)
    svg = root(draw_quadrant(across, Axis(low="old", high="new", value=-0.5)))
    place = {text.text: at(text, "x", "y") for text in svg.iter("text")}
    assert place["devoted"][0] < place["new"][0] < place["omnivorous"][0]
    assert place["new"][1] < place["devoted"][1] < place["old"][1]
    assert words(root(draw_axis(across))) == ["devoted", "omnivorous"]


def test_the_height_of_rows_fits_their_texts() -> None:
    def height(*notes: str) -> float:
        bars = [RankBar(name="a", note=note, plays=1) for note in notes]
        return draw_ranking(bars).height

    assert height("", "") == 2 * height("")
    assert height("b") > height("")
    long = RankBar(
        name="Fendolia Jordomere (feat. Corduroy Rusgwera)", note="", plays=1
    )
    assert draw_ranking([long]).height > height("")
