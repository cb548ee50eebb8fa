"""The OpenAPI document, and the page to read it and try it out (Swagger UI).

Its scripts are served locally: a page where people type their password loads nothing
from elsewhere.
"""

import base64
import hashlib
import re
from functools import cache
from typing import Any

from fastapi import FastAPI, Response
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles

from unwrapped.core.http.content_security_policy import content_policy
from unwrapped.core.http.problems import problem_schemas

PATH = "/docs"
DOCUMENT = "/openapi.json"
FILES = "/static-offline-docs"
_INLINE_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


def whole_document(openapi: dict[str, Any]) -> dict[str, Any]:
    """Add the schemas of problems, and make the document valid as OpenAPI 3.1.

    The keyword with which FastAPI describes the items of a stream is of OpenAPI 3.2.
    """
    openapi["components"]["schemas"] |= problem_schemas()
    for path in openapi["paths"].values():
        for operation in path.values():
            for response in operation["responses"].values():
                for content in response.get("content", {}).values():
                    content.pop("itemSchema", None)
    return openapi


def add_api_docs(app: FastAPI) -> None:
    """Serve the page at `/docs` and the document that it shows."""
    page = bytes(
        get_swagger_ui_html(
            openapi_url=DOCUMENT,
            title=f"{app.title} API",
            swagger_js_url=f"{FILES}/swagger-ui-bundle.js",
            swagger_css_url=f"{FILES}/swagger-ui.css",
            swagger_favicon_url=f"{FILES}/favicon.png",
        ).body
    )
    headers = {"Content-Security-Policy": _content_policy(page)}
    app.mount(FILES, StaticFiles(packages=[("fastapi_offline", "static")]))

    @cache
    def document() -> bytes:
        # FastAPI's own route encodes the document for each request: a flood of them
        # would stall all others.
        return bytes(JSONResponse(app.openapi()).body)

    @app.get(DOCUMENT, include_in_schema=False)
    async def read_document() -> Response:
        """The document."""
        return Response(document(), media_type=JSONResponse.media_type)

    @app.get(PATH, include_in_schema=False)
    async def read_docs() -> HTMLResponse:
        """The page."""
        return HTMLResponse(page, headers=headers)


def _content_policy(page: bytes) -> str:
    """The policy that this page needs: its own inline script is allowed by its hash."""
    digests = (
        hashlib.sha256(script).digest() for script in _INLINE_SCRIPT.findall(page)
    )
    scripts = (f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return content_policy(
        script=f"'self' {' '.join(scripts)}",
        style="'self'",
        img="'self' data:",
        connect="'self'",
    )
