"""Is this process well (`/healthz`), can it serve (`/readyz`), what has it done (`/metrics`)."""

import asyncio
from http import HTTPStatus
from typing import Literal

import structlog
from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

from unwrapped.core.dependencies import ResourcesDep
from unwrapped.core.http.metrics import Meter, Metrics

PATIENCE_SECONDS = 2.0
PROBES = frozenset({"/healthz", "/readyz"})

router = APIRouter(tags=["health"])

log = structlog.get_logger()


class Health(BaseModel):
    """This process answers."""

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """What this process needs, and whether it has it."""

    status: Literal["ready", "not ready"]
    database: bool
    room: bool
    """Whether the database has room to store something, as far as is known."""

    worker: bool | None
    """None when this process has no worker of its own."""


@router.get("/healthz")
async def health() -> Health:
    """Whether the process answers."""
    return Health()


@router.get("/readyz", responses={503: {"model": Readiness}})
async def readiness(
    request: Request, response: Response, resources: ResourcesDep
) -> Readiness:
    """Whether the process can serve: its database, with room, and its worker if it has one."""
    database = True
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await resources.database.ping()
    except (SQLAlchemyError, OSError):
        database = False
    worker = getattr(request.app.state, "worker", None)
    working = worker.ready if worker is not None else None
    room = not resources.database.room.is_lacking
    ready = database and room and working is not False
    if not ready:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return Readiness(
        status="ready" if ready else "not ready",
        database=database,
        room=room,
        worker=working,
    )


@router.get("/metrics", include_in_schema=False)
async def metrics(request: Request, resources: ResourcesDep) -> Response:
    """Figures in Prometheus's text format; older ones of what cannot be read now."""
    counted: Metrics = request.app.state.metrics
    meters: list[Meter] = request.app.state.meters
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            for meter in meters:
                await meter.read(resources)
    except (SQLAlchemyError, OSError) as error:
        log.warning("metrics.not_read", error=type(error).__name__)
    return Response(generate_latest(counted.registry), media_type=CONTENT_TYPE_LATEST)
