"""Pages from templates, and what every page is sent with."""

from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from unwrapped.core.http.policy import content_policy
from unwrapped.core.text import printable
from unwrapped.music.profile.hours import shows_hours
from unwrapped.shared.zones import zone_title
from unwrapped.web import wording
from unwrapped.web.assets import asset_address, asset_text

if TYPE_CHECKING:
    from fastapi.responses import HTMLResponse

POLICY = content_policy(style="'self'", img="data:")
"""Of every page that is served: its style sheets are files, and it has no script."""

SELF_CONTAINED = content_policy(style="'unsafe-inline'", img="data:", is_meta=True)
"""Of a page that is a file by itself."""


def render(template: str, **values: object) -> str:
    """The template with these values, which are escaped."""
    return _environment().get_template(template).render(**values)


def page(
    template: str,
    values: Mapping[str, object],
    *,
    status: int = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
) -> "HTMLResponse":
    """The answer that shows a template."""
    from fastapi.responses import HTMLResponse  # `analyze --html` loads nothing of HTTP

    policy = {"Content-Security-Policy": POLICY}
    content = render(template, **values)
    return HTMLResponse(content, status, headers={**(headers or {}), **policy})


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("unwrapped.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "asset": asset_address,
        "asset_text": asset_text,
        "self_contained_policy": SELF_CONTAINED,
    }
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
