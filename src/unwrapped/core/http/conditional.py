"""Answers that a client may have cached: `ETag`, `If-None-Match`, 304."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel

JSON = "application/json"
NOT_MODIFIED: dict[int | str, dict[str, Any]] = {
    304: {"description": "The answer is still the one that `If-None-Match` names."}
}
"""The `responses=` of an endpoint with a `Conditional`, besides its problems."""


class Conditional:
    """An answer that stays the same as long as its `etag` does."""

    def __init__(self, request: Request, etag: str) -> None:
        self._wanted = request.headers.get("if-none-match", "")
        self._headers = {"ETag": etag}
        self._etag = etag

    async def json(self, make: Callable[[], Awaitable[BaseModel]]) -> Response:
        """Return the result of `make` as JSON.

        If the client has it already, return 304 without calling `make`.
        """
        if self._is_known:
            return Response(status_code=304, headers=self._headers)
        content = (await make()).model_dump_json()
        return Response(content, media_type=JSON, headers=self._headers)

    @property
    def _is_known(self) -> bool:
        named = (one.strip().removeprefix("W/") for one in self._wanted.split(","))
        return any(one in (self._etag, "*") for one in named)
