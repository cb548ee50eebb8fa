"""Rendering of templates, and answers with their security headers."""

from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from unwrapped.core.printable import printable
from unwrapped.music.profile.basis.listening_time import shows_hours
from unwrapped.music.sources.recognition import is_named_like_history
from unwrapped.shared.zones import zone_title
from unwrapped.web import wording
from unwrapped.web.assets import asset_address, asset_text
from unwrapped.web.page_policies import SELF_CONTAINED, STILL_HEADERS

if TYPE_CHECKING:
    from fastapi.responses import HTMLResponse


LONGEST_WORD = 10
"""The most characters of a word of a title in the largest type, quotation marks included."""


def render(template: str, **values: object) -> str:
    """Render a template; the values are escaped."""
    return _environment().get_template(template).render(**values)


def page(
    template: str,
    values: Mapping[str, object],
    *,
    status: int = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
    policy: Mapping[str, str] = STILL_HEADERS,
) -> "HTMLResponse":
    """Return an answer with a rendered template and headers of `web/page_policies.py`."""
    from fastapi.responses import HTMLResponse  # not loaded by `analyze --html`

    content = render(template, **values)
    return HTMLResponse(content, status, headers={**(headers or {}), **policy})


def _is_long_worded(title: str) -> bool:
    """Whether a title has a word too long for the largest type."""
    return max(map(len, title.split()), default=0) > LONGEST_WORD


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
    environment.tests["long_worded"] = _is_long_worded
    environment.tests["named_like_history"] = is_named_like_history
    environment.tests["known_in_hours"] = lambda part: shows_hours([part])
    environment.filters |= {
        "amount": wording.amount,
        "count": wording.count,
        "counted": wording.counted,
        "day": wording.day,
        "duration": wording.duration,
        "ms": wording.known_ms,
        "day_in": wording.day_in,
        "moment": wording.moment,
        "path": wording.path,
        "period": wording.period,
        "printable": printable,
        "source_title": wording.source_title,
        "stage": wording.stage,
        "took": wording.took,
        "uncounted": wording.uncounted,
        "heard": wording.heard,
        "zone_title": zone_title,
    }
    return environment
