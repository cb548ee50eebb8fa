"""Pages for people: plain HTML, without script or external resources."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from unwrapped.core.http.content_security_policy import content_policy


def page(
    template: str, /, status: int = 200, *, form: str = "", **values: object
) -> Response:
    """Render a page; its forms may lead to this server, and to `form`."""
    content = _environment().get_template(template).render(values)
    targets = f"'self' {form}".rstrip()
    policy = content_policy(style="'self'", form_action=targets)
    headers = {"Content-Security-Policy": policy}
    return HTMLResponse(content, status, headers)


async def style(_: Request) -> Response:
    """GET /style.css."""
    source, _path, _fresh = _loader().get_source(_environment(), "style.css")
    return PlainTextResponse(source, media_type="text/css")


@cache
def _loader() -> PackageLoader:
    return PackageLoader("unwrapped.sandbox")


@cache
def _environment() -> Environment:
    return Environment(
        loader=_loader(),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
