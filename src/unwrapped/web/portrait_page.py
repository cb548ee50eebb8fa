"""The portrait as one self-contained page: nothing is loaded from elsewhere."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from unwrapped.core.text import printable
from unwrapped.music.analysis.portrait import Portrait
from unwrapped.music.profile.hours import shows_hours
from unwrapped.shared.zones import zone_title
from unwrapped.web import wording
from unwrapped.web.figures import (
    artists_figure,
    axes_figure,
    clock_figure,
    months_figure,
    tracks_figure,
)


def render_portrait(portrait: Portrait) -> str:
    """The page as HTML, to be stored or sent as UTF-8. It holds no script."""
    profile, verdict = portrait.profile, portrait.verdict
    return (
        _environment()
        .get_template("portrait.html")
        .render(
            portrait=portrait,
            verdict=verdict,
            volume=profile.volume,
            standing=axes_figure(verdict.axes),
            clock=clock_figure(profile.clock),
            months=months_figure(profile.months),
            rankings=[
                artists_figure(profile.favourites.artists),
                tracks_figure(profile.favourites.tracks),
            ],
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("unwrapped.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests["known_in_hours"] = lambda part: shows_hours([part])
    environment.filters |= {
        "count": wording.count,
        "counted": wording.counted,
        "day": wording.day,
        "duration": wording.duration,
        "path": wording.path,
        "printable": printable,
        "source_title": wording.source_title,
        "zone_title": zone_title,
    }
    return environment
