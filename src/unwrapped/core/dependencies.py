"""What endpoints of all domains ask for, each under one name.

All are coroutine functions: FastAPI runs others in a thread, which costs more than they.
"""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.core.http.state import state_of
from unwrapped.core.resources import Resources


async def get_resources(request: Request) -> Resources:
    """What this process holds open."""
    return state_of(request).resources


ResourcesDep = Annotated[Resources, Depends(get_resources)]


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    """The session of a request."""
    async with state_of(request).resources.database.session() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session, scope="function")]
"""The request's session; it is committed before the answer is sent."""
