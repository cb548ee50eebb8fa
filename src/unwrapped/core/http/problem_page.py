"""Problems as a page, where a browser was sent to us by another site."""

from collections.abc import Callable, Coroutine
from html import escape
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse

from unwrapped.core.exceptions import AppException
from unwrapped.core.http.problems import status_of
from unwrapped.core.http.requests import StrictRoute

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>That did not work · Unwrapped</title>
<style>
body {{ font: 1.1rem/1.6 system-ui, sans-serif; max-width: 34rem; margin: 18vh auto 0; padding: 0 1.2rem;
color: #1d1b2e; background: #faf8f4 }}
h1 {{ font-size: 1.4rem }}
a {{ color: inherit }}
code {{ color: #6a6580; margin-left: 1rem }}
@media (prefers-color-scheme: dark) {{ body {{ color: #eeeaf6; background: #17151f }} }}
</style>
</head>
<body>
<h1>That did not work</h1>
<p>{message}</p>
<p><a href="/">Back to the start</a> <code>{code}</code></p>
</body>
</html>
"""
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}


class BrowserRoute(StrictRoute):
    """A route that browsers are sent to: who asks for `text/html` reads problems there."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_for_browser(request: Request) -> Response:
            try:
                return await handle(request)
            except AppException as error:
                if "text/html" not in request.headers.get("accept", ""):
                    raise
                return problem_page(error)

        return handle_for_browser


class CallbackRoute(BrowserRoute):
    """A route that a provider sends browsers to, with whatever parameters it likes."""

    takes_any_parameters = True


def problem_page(error: AppException) -> HTMLResponse:
    """The page that tells of an error."""
    page = _PAGE.format(message=escape(error.message), code=escape(error.code))
    return HTMLResponse(page, status_of(type(error)), headers=_HEADERS)
