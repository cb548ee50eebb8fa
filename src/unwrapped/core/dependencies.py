"""Dependencies for the endpoints of all domains, each under one name.

All are coroutine functions: FastAPI runs other functions in a thread, which costs more
than the function itself.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.core.http.state import state_of
from unwrapped.core.postgres.rate_limits import network_of
from unwrapped.core.process_resources import Resources


async def get_resources(request: Request) -> Resources:
    """Return the open resources of this process."""
    return state_of(request).resources


ResourcesDep = Annotated[Resources, Depends(get_resources)]


@asynccontextmanager
async def open_session(request: Request) -> AsyncIterator[AsyncSession]:
    """Open a session for the sender of a request, as soon as it is their turn.

    Raises `TooManyAtOnce`.
    """
    resources = state_of(request).resources
    address = network_of(request.client.host if request.client else None)
    whose = resources.turns.whose(credential_of(request), address)
    async with resources.turns.of(whose), resources.database.session() as session:
        yield session


def credential_of(request: Request) -> str | None:
    """Return the `Authorization` header of a request, else its `Cookie` header."""
    headers = request.headers
    return headers.get("authorization") or headers.get("cookie")


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    """Open the session of a request."""
    async with open_session(request) as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session, scope="function")]
"""The request's session; it is committed before the answer is sent."""
