"""Endpoints of the caller's corrections."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from unwrapped.auth.caller import SIGNED_IN
from unwrapped.auth.dependencies import CurrentUser
from unwrapped.core.dependencies import ResourcesDep, SessionDep
from unwrapped.core.http.problems import problems
from unwrapped.core.http.routing import ApiRouter
from unwrapped.music.corrections.schemas import (
    CorrectionCreate,
    CorrectionEffect,
    CorrectionRead,
)
from unwrapped.music.corrections.service import (
    CorrectionCycle,
    CorrectionExists,
    CorrectionNotFound,
    CorrectionService,
    TooManyCorrections,
    TooManyTargets,
)
from unwrapped.shared.pagination import BadCursor, Page
from unwrapped.shared.pagination_parameters import CursorQuery, LimitQuery

router = ApiRouter(prefix="/music/corrections", tags=["music"])


async def get_correction_service(
    session: SessionDep, resources: ResourcesDep
) -> CorrectionService:
    """The service for corrections, in the transaction of the request."""
    return CorrectionService(session, resources)


CorrectionServiceDep = Annotated[CorrectionService, Depends(get_correction_service)]

_REFUSED = (CorrectionExists, CorrectionCycle, TooManyTargets)


@router.get("", responses=problems(*SIGNED_IN, BadCursor))
async def list_corrections(
    user: CurrentUser,
    corrections: CorrectionServiceDep,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[CorrectionRead]:
    """The caller's corrections, the latest first."""
    return await corrections.list_corrections(user.id, limit, cursor)


@router.post(
    "",
    status_code=201,
    responses=problems(*SIGNED_IN, *_REFUSED, TooManyCorrections),
)
async def create_correction(
    new: CorrectionCreate, user: CurrentUser, corrections: CorrectionServiceDep
) -> CorrectionRead:
    """Count an artist, an album or a track as another, split an artist, or exclude an
    artist, an album, a track or a time of the week.

    A correction applies to existing and later listens without changing what is stored:
    statistics and verdicts follow it until it is deleted. It applies to a recording if
    any of its spellings has the name. Splits are applied first, then `count_as`, then
    exclusions.
    """
    return await corrections.create(user.id, new.correction())


@router.post("/dry-run", responses=problems(*SIGNED_IN, *_REFUSED))
async def try_correction(
    new: CorrectionCreate, user: CurrentUser, corrections: CorrectionServiceDep
) -> CorrectionEffect:
    """How many plays a correction would change. Nothing is stored."""
    return await corrections.try_out(user.id, new.correction())


@router.get(
    "/{correction_id}/effect", responses=problems(*SIGNED_IN, CorrectionNotFound)
)
async def read_effect(
    correction_id: UUID, user: CurrentUser, corrections: CorrectionServiceDep
) -> CorrectionEffect:
    """How many plays an existing correction changes now."""
    return await corrections.effect_of(user.id, correction_id)


@router.delete(
    "/{correction_id}",
    status_code=204,
    responses=problems(*SIGNED_IN, CorrectionNotFound),
)
async def delete_correction(
    correction_id: UUID, user: CurrentUser, corrections: CorrectionServiceDep
) -> None:
    """Delete a correction: its listens count again as they did without it."""
    await corrections.delete(user.id, correction_id)
