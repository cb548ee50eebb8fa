"""Requests whose JSON says everything once."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute


class StrictRequest(Request):
    """A request whose JSON names no member twice: readers differ in which they take."""

    async def json(self) -> Any:
        """The body. Raises `JSONDecodeError`, which is answered with 422."""
        body = await self.body()
        return json.loads(body, object_pairs_hook=_each_once)


class StrictRoute(APIRoute):
    """A route that reads a `StrictRequest`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_strictly(request: Request) -> Response:
            return await handle(StrictRequest(request.scope, request.receive))

        return handle_strictly


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise json.JSONDecodeError("a member comes twice", "", 0)
    return members
