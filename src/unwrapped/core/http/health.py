"""Endpoints that say whether this process runs (`/healthz`) and can serve (`/readyz`),
and `/metrics`.
"""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Literal

import structlog
from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, create_model
from sqlalchemy.exc import SQLAlchemyError

from unwrapped.core.dependencies import ResourcesDep
from unwrapped.core.domain import ReadinessCheck
from unwrapped.core.http.guards.proxies import Sender, sender_of
from unwrapped.core.http.metrics import require_reader
from unwrapped.core.http.state import state_of
from unwrapped.core.process_resources import Resources

PATIENCE_SECONDS = 2.0
PROBES = frozenset({"/healthz", "/readyz"})

log = structlog.get_logger()


class Health(BaseModel):
    """The process runs; `came_by` and `scheme` are how the request reached it."""

    status: Literal["ok"]
    came_by: Sender
    scheme: str


class Readiness(BaseModel):
    """What this process needs, and whether it is available."""

    status: Literal["ready", "not ready"]
    database: bool
    room: bool
    """Whether the database has space to store something, as far as is known."""


def health_router(checks: Mapping[str, ReadinessCheck]) -> APIRouter:
    """The endpoints; each check is a member of the readiness, null if not needed."""
    answer = create_model(
        "Readiness",
        __base__=Readiness,
        __doc__=Readiness.__doc__,
        **dict.fromkeys(checks, (bool | None, ...)),  # type: ignore[call-overload] # mypy cannot see the names
    )
    router = APIRouter(tags=["health"])
    router.get("/healthz")(health)
    router.get("/readyz", response_model=answer, responses={503: {"model": answer}})(
        readiness
    )
    router.get("/metrics", include_in_schema=False)(metrics)
    return router


async def health(request: Request) -> Health:
    """Return 200 while the process runs, with how the request reached it."""
    came_by = sender_of(request.scope)
    return Health(status="ok", came_by=came_by, scheme=request.url.scheme)


async def readiness(
    request: Request, response: Response, resources: ResourcesDep
) -> dict[str, str | bool | None]:
    """Check what the process needs to serve requests; 503 if something is missing."""
    needed: dict[str, bool | None] = {
        "database": await _is_database_well(resources),
        "room": not resources.database.disk_space.is_lacking,
    }
    for name, check in state_of(request).readiness.items():
        needed[name] = check(resources)
    is_ready = False not in needed.values()
    if not is_ready:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return {"status": "ready" if is_ready else "not ready", **needed}


async def _is_database_well(resources: Resources) -> bool:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await resources.database.ping()
    except (SQLAlchemyError, OSError):
        return False
    return True


async def metrics(request: Request, resources: ResourcesDep) -> Response:
    """Return the metrics in Prometheus's text format; some may keep an old value."""
    require_reader(request, resources)
    state = state_of(request)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            for meter in state.meters:
                await meter.read(resources)
    except (SQLAlchemyError, OSError) as error:
        log.warning("metrics.not_read", error=type(error).__name__)
    return Response(
        generate_latest(state.metrics.registry), media_type=CONTENT_TYPE_LATEST
    )
