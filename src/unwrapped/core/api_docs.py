"""The page on which people read about the API and try it out (Swagger UI).

Its scripts are served from here: a page where people type their password loads nothing
from elsewhere.
"""

import base64
import hashlib
import re
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles

from unwrapped.core.problems import problem_schemas

PATH = "/docs"
FILES = "/static-offline-docs"
_INLINE_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


def operation_id(route: APIRoute) -> str:
    """What generated clients call an operation: the name of its function."""
    return route.name


def whole_document(openapi: dict[str, Any]) -> dict[str, Any]:
    """The document with the schemas of problems, in the words of OpenAPI 3.1.

    FastAPI says of a stream what its items are, by a word of OpenAPI 3.2.
    """
    openapi["components"]["schemas"] |= problem_schemas()
    for path in openapi["paths"].values():
        for operation in path.values():
            for response in operation["responses"].values():
                for content in response.get("content", {}).values():
                    if content.pop("itemSchema", None) is not None:
                        content["schema"] = {"type": "string"}
    return openapi


def add_api_docs(app: FastAPI) -> None:
    """Serve the page at `/docs`; the app serves the document that it shows."""
    page = bytes(
        get_swagger_ui_html(
            openapi_url=str(app.openapi_url),
            title=f"{app.title} API",
            swagger_js_url=f"{FILES}/swagger-ui-bundle.js",
            swagger_css_url=f"{FILES}/swagger-ui.css",
            swagger_favicon_url=f"{FILES}/favicon.png",
        ).body
    )
    headers = {"Content-Security-Policy": _content_policy(page)}
    app.mount(FILES, StaticFiles(packages=[("fastapi_offline", "static")]))

    @app.get(PATH, include_in_schema=False)
    async def read_docs() -> HTMLResponse:
        """The page."""
        return HTMLResponse(page, headers=headers)

    @app.get("/", include_in_schema=False)
    async def go_to_docs() -> RedirectResponse:
        """The only page of the service is where people begin."""
        return RedirectResponse(PATH, HTTPStatus.SEE_OTHER)


def _content_policy(page: bytes) -> str:
    """What lets exactly this page work: its own inline script is known by its hash."""
    digests = (
        hashlib.sha256(script).digest() for script in _INLINE_SCRIPT.findall(page)
    )
    scripts = (f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return (
        f"default-src 'none'; script-src 'self' {' '.join(scripts)}; style-src 'self';"
        " img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    )
