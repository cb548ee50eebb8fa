"""What all endpoints of ListenBrainz share: they identify the holder of the token, limit
reads, and store the outcome of the request.
"""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from unwrapped.core.exceptions import AppException, NotFound, Unauthenticated
from unwrapped.core.http.problems import status_of
from unwrapped.core.http.state import state_of
from unwrapped.music.scrobbles.holders import Holder, note_request
from unwrapped.music.scrobbles.request_handling import count_read, identify


class NoToken(Unauthenticated):
    """The request has no token."""

    code = "no_scrobbling_token"


class NoSuchUser(NotFound):
    """The path names another user than the holder of the token."""

    code = "no_such_user"

    def __init__(self, name: str) -> None:
        super().__init__(f"Cannot find user: {name}")


class NotedRoute(APIRoute):
    """A route that stores the outcome of the request with its token."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler of the route, which also stores the outcome."""
        handle = super().get_route_handler()

        async def handle_and_note(request: Request) -> Response:
            try:
                response = await handle(request)
            except AppException as error:
                await _note(request, status_of(type(error)), error.message)
                raise
            except HTTPException as error:
                await _note(request, error.status_code, str(error.detail))
                raise
            await _note(request, response.status_code)
            return response

        return handle_and_note


async def _note(request: Request, status: int, reason: str | None = None) -> None:
    holder = getattr(request.state, "holder", None)
    if isinstance(holder, Holder):
        asked = f"{request.method} {request.url.path}"
        resources = state_of(request).resources
        await note_request(resources, holder, asked, str(int(status)), reason)


def token_of(request: Request) -> str:
    """The token in the `Authorization` header, after any scheme. Raises `NoToken`."""
    header = request.headers.get("authorization")
    if header is None:
        raise NoToken("You need to provide an Authorization header.")
    parts = header.split()
    if len(parts) < 2:
        raise NoToken("Provided Authorization header is invalid.")
    return parts[1]


async def get_holder(request: Request) -> Holder:
    """Identify the holder of the request's token. Raises `NoToken` or `WrongToken`."""
    return await holder_of(request, token_of(request))


async def holder_of(request: Request, token: str) -> Holder:
    """Identify the holder of a token. Raises `WrongToken`."""
    holder = await identify(request, lambda lookup: lookup.by_token(token))
    request.state.holder = holder
    return holder


async def get_reader(request: Request) -> Holder:
    """Like `get_holder`, for a request that counts as a read. Raises `RateLimited` as well."""
    holder = await get_holder(request)
    await count_read(state_of(request).resources, holder)
    return holder


Submitter = Annotated[Holder, Depends(get_holder)]
"""The holder of the token of a submission, which has no rate limit."""

Reader = Annotated[Holder, Depends(get_reader)]
"""The holder of the token of a request that counts as a read."""


async def get_named_reader(name: str, reader: Reader) -> Holder:
    """Like `get_reader`, for a path with the name of the holder.

    Raises `NoSuchUser` if it has another name.
    """
    if not reader.is_named(name):
        raise NoSuchUser(name)
    return reader


NamedReader = Annotated[Holder, Depends(get_named_reader)]
"""Like `Reader`, for a path with the name of the holder."""
