"""Common parts of ListenBrainz's endpoints: the holder, limits on reads, the outcome."""

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
    """A client's request has no token."""

    code = "no_scrobbling_token"


class NoSuchUser(NotFound):
    """A path names another user than the holder of the token."""

    code = "no_such_user"

    def __init__(self, name: str) -> None:
        super().__init__(f"Cannot find user: {name}")


class NotedRoute(APIRoute):
    """A route that stores the outcome of the request with its token."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, followed by storing the outcome."""
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
    """The token in the header, with any scheme. Raises `NoToken`."""
    header = request.headers.get("authorization")
    if header is None:
        raise NoToken("You need to provide an Authorization header.")
    parts = header.split()
    if len(parts) < 2:
        raise NoToken("Provided Authorization header is invalid.")
    return parts[1]


async def get_holder(request: Request) -> Holder:
    """The holder of the request's token. Raises `NoToken` or `WrongToken`."""
    return await holder_of(request, token_of(request))


async def holder_of(request: Request, token: str) -> Holder:
    """The holder of a token. Raises `WrongToken`."""
    holder = await identify(request, lambda lookup: lookup.by_token(token))
    request.state.holder = holder
    return holder


async def get_reader(request: Request) -> Holder:
    """Like `get_holder`, for a request that reads. Raises `RateLimited` as well."""
    holder = await get_holder(request)
    await count_read(state_of(request).resources, holder)
    return holder


Submitter = Annotated[Holder, Depends(get_holder)]
"""The holder of a submission, without a rate limit."""

Reader = Annotated[Holder, Depends(get_reader)]
"""Who reads."""


async def get_named_reader(name: str, reader: Reader) -> Holder:
    """Like `get_reader`, with the holder's name in the path. Raises `NoSuchUser`."""
    if not reader.is_named(name):
        raise NoSuchUser(name)
    return reader


NamedReader = Annotated[Holder, Depends(get_named_reader)]
"""The holder, whose name the path must have."""
