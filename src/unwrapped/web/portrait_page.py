"""The portrait as a page: served, or as a single file."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from unwrapped.music.analysis.portrait import Portrait
from unwrapped.web.drawing.figures import (
    axes_figure,
    clock_figure,
    months_figure,
)
from unwrapped.web.drawing.rankings import artists_figure, tracks_figure
from unwrapped.web.drawing.week import HOURS
from unwrapped.web.render import render

if TYPE_CHECKING:
    from unwrapped.web.portrait_links import PortraitLinks

TEMPLATE = "pages/portrait_alone.html"


@dataclass(frozen=True, slots=True)
class Preview:
    """What a preview of the link needs, besides the title and the line of the verdict."""

    url: str | None
    """The public address of the page; None if the service does not know its own address."""


def render_portrait(portrait: Portrait) -> str:
    """Render the page as a single file in UTF-8, which loads nothing and has no scripts."""
    return render(TEMPLATE, **portrait_values(portrait, is_file=True))


def portrait_values(
    portrait: Portrait,
    *,
    preview: Preview | None = None,
    name: str | None = None,
    is_file: bool = False,
    links: "PortraitLinks | None" = None,
) -> dict[str, object]:
    """The values of the template.

    `preview` is for pages that anybody may open. `name` is the name of the listener, if they
    chose to show it. `links` are only for the page that the listener sees.
    """
    profile, verdict = portrait.profile, portrait.verdict
    return {
        "is_file": is_file,
        "preview": preview,
        "name": name,
        "portrait": portrait,
        "verdict": verdict,
        "volume": profile.volume,
        "links": links,
        "standing": axes_figure(verdict.axes),
        "clock": clock_figure(
            profile.clock.hours,
            [links.hour(at) for at in range(HOURS)] if links else None,
        ),
        "months": months_figure(profile.months, links.month if links else None),
        "rankings": [
            artists_figure(profile.favourites.artists, links.artist if links else None),
            tracks_figure(profile.favourites.tracks, links.track if links else None),
        ],
    }
