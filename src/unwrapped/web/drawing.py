"""Shapes at places, drawn by Altair and Vega as SVG without leaving the process.

Colours are the custom properties of the page's style sheet, so that a drawing follows
light and dark. One unit is about one pixel on a phone and more on wide screens.
"""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import altair as alt
import vl_convert

INK, SOFT, LINE, BAR, ACCENT = (
    f"var(--{name})" for name in ("ink", "soft", "line", "bar", "accent")
)

_SVG = re.compile(r'<svg [^>]*?viewBox="([-\d. ]+)"[^>]*>(.*)</svg>\s*', re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """An SVG without its root element, which the page writes itself."""

    view_box: str
    content: str
    """Markup; all text in it is escaped."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text whose baseline is at `y`."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle."""

    x: float
    y: float
    x2: float
    y2: float
    colour: str = BAR


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line."""

    x: float
    y: float
    x2: float
    y2: float
    colour: str = LINE


@dataclass(frozen=True, slots=True)
class Wedge:
    """A part of a ring around the middle; angles clockwise from the top, in radians."""

    start: float
    end: float
    outer: float
    colour: str = BAR


def draw(width: float, height: float, parts: Sequence[alt.Chart]) -> Drawing:
    """The parts, each above the one before."""
    spec = (
        alt.layer(*parts)
        .properties(
            width=width,
            height=height,
            padding=0,
            autosize=alt.AutoSizeParams(type="none"),
        )
        .configure(background="transparent", aria=False)
        .configure_view(stroke=None)
        .to_dict()
    )
    svg = _SVG.fullmatch(vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]))
    if svg is None:
        raise AssertionError("Vega wrote something else than one SVG.")
    return Drawing(view_box=svg[1], content=svg[2])


def texts(
    parts: Sequence[Text],
    align: Literal["left", "center", "right"] = "center",
    *,
    colour: str = INK,
    size: int = 13,
    bold: bool = False,
) -> alt.Chart:
    """Texts of one kind."""
    chart: alt.Chart = (
        _placed(parts)
        .mark_text(
            align=align,
            baseline="alphabetic",
            color=colour,
            font="inherit",
            fontSize=size,
            fontWeight="bold" if bold else "normal",
        )
        .encode(text="text:N")
    )
    return chart


def boxes(parts: Sequence[Box]) -> alt.Chart:
    """Filled rectangles."""
    chart: alt.Chart = (
        _placed(parts).mark_rect().encode(x2="x2", y2="y2", color=_COLOUR)
    )
    return chart


def lines(parts: Sequence[Line]) -> alt.Chart:
    """Lines, one unit wide."""
    chart: alt.Chart = (
        _placed(parts).mark_rule().encode(x2="x2", y2="y2", color=_COLOUR)
    )
    return chart


def dot(x: float, y: float, radius: float, colour: str = ACCENT) -> alt.Chart:
    """A filled circle."""
    area = (2 * radius) ** 2
    chart: alt.Chart = _placed([Text(x, y, "")]).mark_point(
        shape="circle", filled=True, size=area, color=colour, opacity=1
    )
    return chart


def ring(x: float, y: float, radius: float, colour: str = LINE) -> alt.Chart:
    """The outline of a circle."""
    area = (2 * radius) ** 2
    chart: alt.Chart = _placed([Text(x, y, "")]).mark_point(
        shape="circle", filled=False, size=area, color=colour, strokeWidth=1, opacity=1
    )
    return chart


def wedges(parts: Sequence[Wedge], inner: float) -> alt.Chart:
    """Parts of a ring with the inner radius `inner`."""
    chart: alt.Chart = (
        alt.Chart(_data(parts))
        .mark_arc(padAngle=0.02)
        .encode(
            theta=alt.Theta("start:Q", scale=None),
            theta2="end",
            radius=alt.Radius("outer:Q", scale=None),
            radius2=alt.value(inner),
            color=_COLOUR,
        )
    )
    return chart


_COLOUR = alt.Color("colour:N", scale=None, legend=None)


def _placed(parts: Sequence[Text | Box | Line]) -> alt.Chart:
    chart: alt.Chart = alt.Chart(_data(parts)).encode(
        x=alt.X("x:Q", scale=None, axis=None), y=alt.Y("y:Q", scale=None, axis=None)
    )
    return chart


def _data(parts: Sequence[Text | Box | Line | Wedge]) -> alt.InlineData:
    return alt.InlineData(values=[asdict(part) for part in parts])
