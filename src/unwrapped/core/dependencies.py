"""What endpoints of all domains ask for, each under one name.

All are coroutine functions: FastAPI runs others in a thread, which costs more than they.
"""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.core.database import Database
from unwrapped.core.resources import Resources


async def get_resources(request: Request) -> Resources:
    """What this process holds open."""
    resources: Resources = request.app.state.resources
    return resources


ResourcesDep = Annotated[Resources, Depends(get_resources)]


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    """The session of a request."""
    database: Database = request.app.state.resources.database
    async with database.session() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session, scope="function")]
"""The request's session; it is committed before the answer is sent."""
