"""Pictures of a portrait: for the preview of a link, and for a phone held upright.

They show words and figures of the verdict. The font of the package has Latin, Greek and
Cyrillic letters; names in other scripts are left out, unless there is a folder of
fonts.
"""

import re
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

from markupsafe import Markup

from unwrapped.core.printable import printable
from unwrapped.music.analysis.portrait import Portrait
from unwrapped.music.profile.basis.listening_time import shows_hours
from unwrapped.music.shares.models import CardForm
from unwrapped.web.drawing.charts import draw_clock
from unwrapped.web.drawing.svg import element, rect, text
from unwrapped.web.drawing.text_width import fitted, width
from unwrapped.web.wording import counted, day, duration

FAMILY = "Liberation Sans"
COVERED = re.compile(
    "[\x20-\x7e\xa0-\u036f\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u03ce\u0400-\u0513"
    "\u1e00-\u1e9b\u1ea0-\u1ef9\u2013\u2014\u2018-\u201e\u2020-\u2022\u2026\u2030\u2039"
    "\u203a\u20ac\u2212]*"
)
"""The letters that both styles of the font have."""

STYLE = """
text { fill: #14171a; font-family: 'Liberation Sans'; }
.paper { fill: #f4f5f2; }
.ink { fill: #14171a; }
.title { font-weight: 700; letter-spacing: -0.035em; }
.eyebrow { fill: #c4122f; font-weight: 700; }
.soft { fill: #555c61; }
.strong { font-weight: 700; }
.end { text-anchor: end; }
.middle { text-anchor: middle; }
.bar { fill: #3c4348; }
.accent { fill: #c4122f; }
.frame { fill: none; stroke: #d3d7d4; }
.clock text { font-size: 13px; }
.clock .peak { fill: #c4122f; font-size: 24px; font-weight: 700; }
"""
NARROW = 0.86
"""The width of the letters of this font, as a share of the estimate of `lettering`."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """The sizes of a picture and its parts in pixels, and the most lines of its texts."""

    width: int
    height: int
    edge: int
    title_size: int
    title_lines: int
    line_size: int
    line_lines: int
    small: int


_LAYOUTS = {
    CardForm.CARD: _Layout(1200, 630, 60, 110, 2, 34, 3, 26),
    CardForm.STORY: _Layout(1080, 1920, 88, 156, 4, 50, 6, 36),
}


def draw_card(
    portrait: Portrait, form: CardForm, *, name: str | None, fonts: Path | None
) -> bytes:
    """Draw the picture as PNG. `fonts` is a folder of additional fonts."""
    from resvg_py import svg_to_bytes

    source = card_svg(portrait, form, name=name, has_fonts=fonts is not None)
    with as_file(files("unwrapped.web").joinpath("fonts")) as own:
        return svg_to_bytes(
            svg_string=source,
            style_sheet=STYLE,
            skip_system_fonts=True,
            font_files=[str(path) for path in sorted(own.glob("*.ttf"))],
            font_dirs=[str(fonts)] if fonts else None,
            font_family=FAMILY,
            sans_serif_family=FAMILY,
        )


def card_svg(
    portrait: Portrait, form: CardForm, *, name: str | None, has_fonts: bool
) -> str:
    """Draw the picture as SVG; `has_fonts` keeps texts that the package's font lacks."""

    def shown(words: str) -> str:
        clean = printable(words, 400)
        return clean if has_fonts or COVERED.fullmatch(clean) else ""

    place = _LAYOUTS[form]
    card = _Card(place)
    title = shown(portrait.verdict.title) or "A taste in music"
    card.heading([fitted(shown(name or ""), 24), _days(portrait)])
    card.title(title)
    verdict = portrait.verdict
    sentences = (verdict.line, *(beat.text for beat in verdict.beats))
    card.line(next((text for said in sentences if (text := shown(said))), ""))
    if form is CardForm.STORY:
        card.line(shown(_last_word(portrait)))
        card.clock(portrait.profile.clock.hours)
    card.foot(_amounts(portrait))
    return element(
        "svg",
        rect(0, 0, place.width, place.height, "paper"),
        *card.parts,
        xmlns="http://www.w3.org/2000/svg",
        width=place.width,
        height=place.height,
        viewBox=f"0 0 {place.width} {place.height}",
    )


def _last_word(portrait: Portrait) -> str:
    return "".join(
        beat.text for beat in portrait.verdict.beats if beat.role == "closing"
    )


def _days(portrait: Portrait) -> str:
    first, last = portrait.period.first_day, portrait.period.last_day
    return day(first) if first == last else f"{day(first)} – {day(last)}"


def _amounts(portrait: Portrait) -> list[str]:
    volume = portrait.profile.volume
    hours = [duration(volume.hours)] if shows_hours([volume]) and volume.hours else []
    return [
        counted(volume.plays, "play"),
        *hours,
        counted(volume.artists, "artist"),
        counted(volume.tracks, "track"),
    ]


class _Card:
    """A picture that is built from top to bottom."""

    def __init__(self, place: _Layout) -> None:
        self._place = place
        self._top = float(place.edge)
        self.parts: list[Markup] = []

    def heading(self, words: list[str]) -> None:
        """Add the texts in one line, or if they do not fit, one below the other."""
        parts = [word for word in words if word]
        size, joined = self._place.small, " · ".join(parts)
        for line in [joined] if self._fits(joined, size) else parts:
            self._write(line, size, "eyebrow", 1.25)

    def title(self, words: str) -> None:
        """Add the title, as large as the number of lines allows."""
        size, most = self._place.title_size, self._place.title_lines
        while len(lines := self._wrapped(words, size)) > most or not all(
            self._fits(line, size) for line in lines
        ):
            size -= 6
        self._top += size * 0.2
        for line in lines:
            self._write(line, size, "title", 0.93)
        self._top += size * 0.22

    def line(self, words: str) -> None:
        """Add a text of a sentence or two; a long one is smaller, and cut if necessary."""
        size, most = self._place.line_size, self._place.line_lines
        lines = self._wrapped(words, size) if words else []
        while len(lines) > most and size > self._place.small:
            size -= 2
            lines = self._wrapped(words, size)
        if len(lines) > most:
            lines = [*lines[: most - 1], f"{lines[most - 1]} …"]
        for line in lines:
            self._write(line, size, "", 1.26)
        self._top += size * 0.5

    def clock(self, hours: list[int]) -> None:
        """Add the listening clock, as large as the space above the foot allows."""
        foot = self._place.height - self._place.edge - self._place.small * 4.2
        room = min(foot - self._top - 40, self._room)
        scale = room / 360
        left = (self._place.width - room) / 2
        content = draw_clock(hours).content
        move = f"translate({left:.1f} {self._top + 30:.1f}) scale({scale:.4f})"
        self.parts.append(element("g", content, class_="clock", transform=move))

    def foot(self, amounts: list[str]) -> None:
        place = self._place
        base = place.height - place.edge
        rule = base - place.small * 1.9
        self.parts.append(rect(place.edge, rule, self._room, 4, "ink"))
        own = "Unwrapped"
        while not self._fits(f"{' · '.join(amounts)}   {own}", place.small):
            amounts = amounts[:-1]
        self._at(place.edge, base, " · ".join(amounts), place.small, "")
        self._at(place.width - place.edge, base, own, place.small, "strong end")

    @property
    def _room(self) -> float:
        return self._place.width - 2 * self._place.edge

    def _fits(self, words: str, size: int) -> bool:
        return width(words) * NARROW * size <= self._room

    def _wrapped(self, words: str, size: int) -> list[str]:
        lines: list[str] = []
        for word in words.split():
            if lines and self._fits(f"{lines[-1]} {word}", size):
                lines[-1] = f"{lines[-1]} {word}"
            else:
                lines.append(word)
        return lines

    def _write(self, words: str, size: int, names: str, height: float) -> None:
        self._top += size * height
        self._at(self._place.edge, self._top, words, size, names)

    def _at(self, x: float, y: float, words: str, size: int, names: str) -> None:
        written = text(x, y, words, names)
        self.parts.append(element("g", written, **{"font-size": size}))
