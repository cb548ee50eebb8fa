"""Who may do what: of every operation in the OpenAPI document, none left out.

A new operation makes these tests fail until they know what it names.
"""

from collections.abc import Mapping
from uuid import UUID, uuid4

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from sqlalchemy.ext.asyncio import AsyncSession

from tests.auth.factories import SignedIn, sign_in
from tests.auth.operations import JSON, Operation, Place, operations, send
from tests.exports import play
from tests.music.factories import make_analysis, make_task, make_upload, store
from unwrapped.core.resources import Resources
from unwrapped.music.imports.models import HistoryImport
from unwrapped.music.shares.models import Share
from unwrapped.tasks.models import TaskStatus

PUBLIC = {
    "GET /healthz",
    "GET /readyz",
    "POST /api/v1/auth/register",
    "POST /api/v1/auth/token",
    "GET /api/v1/public/shares/{token}",
}
"""What anybody may ask for."""

HIDDEN = {"/metrics", "/openapi.json", "/docs", "/docs/oauth2-redirect", "/redoc"}
"""Paths that the document does not tell of."""

NAMED = {
    ("GET /api/v1/tasks/{task_id}", "task_id"): "task",
    ("GET /api/v1/tasks/{task_id}/result", "task_id"): "task",
    ("POST /api/v1/music/imports", "uploads"): "upload",
    ("GET /api/v1/music/analysis/status", "task"): "analysis",
    ("GET /api/v1/music/analysis/result", "task"): "analysis",
    ("POST /api/v1/music/shares", "analysis"): "analysis",
    ("DELETE /api/v1/music/shares/{share_id}", "share_id"): "share",
}
"""The kind of object that a place in an operation names."""

LISTINGS = {
    "GET /api/v1/music/imports",
    "GET /api/v1/music/listens",
    "GET /api/v1/music/shares",
}
"""The operations that answer with a page of the caller's things."""


@pytest.fixture(scope="session")
def every(app: FastAPI) -> list[Operation]:
    """Every operation."""
    return operations(app)


async def make_one_of_each(session: AsyncSession, user_id: int) -> dict[str, UUID]:
    """An object of each kind that belongs to the user."""
    await store(session, user_id, [[play("2025-03-01T12:00:00Z")]])
    task = await make_task(
        session, user_id, status=TaskStatus.COMPLETED, result_data={"stored": 1}
    )
    session.add(HistoryImport(id=task.id, user_id=user_id, books=BOOKS))
    judging = await make_task(
        session,
        user_id,
        kind="music.analysis",
        status=TaskStatus.COMPLETED,
        result_data={},
    )
    analysis = await make_analysis(session, user_id, id=judging.id)
    share = Share(user_id=user_id, analysis_id=analysis.id, token_hash=uuid4().hex)
    session.add(share)
    upload = await make_upload(session, user_id)
    return {
        "task": task.id,
        "upload": upload.id,
        "analysis": analysis.id,
        "share": share.id,
    }
