"""Writing SVG as text.

Elements have classes and no styles; the style sheet of the page has the styles. So a drawing
adapts to light, dark and print, and the security policy need not allow `style` attributes.
"""

import math
import re
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup, escape

# XML cannot contain these characters, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Drawing:
    """The content of an `<svg>` whose view box is from 0, 0 to `width`, `height`."""

    width: float
    height: float
    content: Markup


def element(tag: str, *content: str, **attributes: str | float) -> Markup:
    """Write an element. Its content and attributes are escaped, except `Markup`.

    Attributes keep their order; `class_` means `class`, and empty ones are left out. Raises
    `ValueError` for numbers that are not finite.
    """
    written = "".join(
        [
            f' {name.rstrip("_")}="{_value(value)}"'
            for name, value in attributes.items()
            if value != ""
        ]
    )
    inside = "".join(map(_escaped, content))
    return Markup(f"<{tag}{written}>{inside}</{tag}>")  # noqa: S704 - escaped above


def text(x: float, y: float, words: str, names: str = "") -> Markup:
    """A text whose baseline is at `y`."""
    return element("text", words, class_=names, x=x, y=y)


def rect(
    x: float, y: float, width: float, height: float, names: str, said: str = ""
) -> Markup:
    """A rectangle; `said` is shown when a pointer rests on it."""
    return element(
        "rect", *_title(said), class_=names, x=x, y=y, width=width, height=height
    )


def line(x1: float, y1: float, x2: float, y2: float, names: str) -> Markup:
    """A straight line."""
    return element("line", class_=names, x1=x1, y1=y1, x2=x2, y2=y2)


def circle(x: float, y: float, radius: float, names: str) -> Markup:
    """A circle around `x`, `y`."""
    return element("circle", class_=names, cx=x, cy=y, r=radius)


def path(steps: str, names: str, said: str = "") -> Markup:
    """A path; `said` is shown when a pointer rests on it."""
    return element("path", *_title(said), class_=names, d=steps)


def linked(target: str, mark: Markup, around: Markup | str = "") -> Markup:
    """A mark as a link; without a target, the mark itself.

    The area `around` is a part of the link, since small marks are hard to hit. The link is
    not a tab stop: for keyboards, the table of the figure has the same links.
    """
    if not target:
        return mark
    return element("a", around, mark, href=target, tabindex=-1)


@lru_cache(maxsize=4096)
def number(value: float) -> str:
    """A number with at most two decimals. Raises `ValueError` if it is not finite."""
    if not math.isfinite(value):
        raise ValueError(f"{value} has no place in a drawing.")
    written = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if written == "-0" else written


def _title(said: str) -> tuple[Markup, ...]:
    return (element("title", said),) if said else ()


def _value(value: str | float) -> str:
    return _escaped(value) if isinstance(value, str) else number(value)


def _escaped(content: str) -> str:
    if isinstance(content, Markup):
        return content
    if not content.isprintable():
        content = _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", content)
    return escape(content)
