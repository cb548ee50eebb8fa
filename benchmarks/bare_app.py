"""Bare routes: FastAPI and a database, and nothing else."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import Depends, FastAPI, Request
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlmodel import col

from unwrapped.auth.models import User, UserSession
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.postgres.connecting import DIALECT, connect
from unwrapped.tasks.models import BackgroundTask


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open a pool of asyncpg and an engine of SQLAlchemy."""
    address = DatabaseAddress.parse(os.environ["DATABASE_URL"])
    engine = create_async_engine(
        DIALECT,
        async_creator=partial(connect, address),
        pool_size=10,
        max_overflow=0,
        pool_pre_ping=True,
    )
    app.state.sessions = async_sessionmaker(engine, expire_on_commit=False)
    app.state.pool = await asyncpg.create_pool(address.for_asyncpg(), max_size=10)
    yield
    await engine.dispose()
    await app.state.pool.close()


app = FastAPI(lifespan=lifespan)


class Task(BaseModel):
    """The same members as in the service's answer."""

    model_config = {"from_attributes": True}

    id: UUID
    kind: str
    status: str
    stage: str | None
    progress: float
    attempt: int
    error_code: str | None
    error_message: str | None
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    """One session and transaction per request."""
    async with request.app.state.sessions() as session, session.begin():
        yield session


@app.get("/session/{task_id}")
async def by_session(
    task_id: UUID, session: Annotated[AsyncSession, Depends(get_session)]
) -> Task:
    """The two SELECTs of the service: the session with its user, and the row."""
    found = await session.execute(
        select(col(User.id), col(User.time_zone))
        .join(UserSession, col(UserSession.user_id) == col(User.id))
        .limit(1)
    )
    user = found.one()
    task = await session.scalar(
        select(BackgroundTask).where(
            col(BackgroundTask.id) == task_id, col(BackgroundTask.user_id) == user.id
        )
    )
    return Task.model_validate(task)


@app.get("/asyncpg/{task_id}")
async def by_asyncpg(task_id: UUID, request: Request) -> Task:
    """One SELECT of the row."""
    row = await request.app.state.pool.fetchrow(
        "SELECT * FROM background_task WHERE id = $1", task_id
    )
    return Task.model_validate(dict(row))
