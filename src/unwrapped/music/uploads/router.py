"""Endpoints that receive files, and list and delete them."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from unwrapped.auth.caller import SIGNED_IN
from unwrapped.auth.dependencies import StreamingUser
from unwrapped.core.dependencies import ResourcesDep
from unwrapped.core.exceptions import StorageFull
from unwrapped.core.http.problems import problems
from unwrapped.core.http.routing import ApiRouter
from unwrapped.music.uploads.quota import (
    TooManyUploads,
    UploadQuotaExceeded,
    UploadTooLarge,
)
from unwrapped.music.uploads.receiving import EmptyUpload, UploadBroken, UploadGone
from unwrapped.music.uploads.schemas import FileName, UploadRead
from unwrapped.music.uploads.service import (
    UploadBeingImported,
    UploadNotFound,
    UploadService,
)
from unwrapped.shared.pagination import BadCursor, Page
from unwrapped.shared.pagination_parameters import CursorQuery, LimitQuery

router = ApiRouter(prefix="/music/uploads", tags=["music"])


async def get_upload_service(resources: ResourcesDep) -> UploadService:
    """The service for uploads, in short transactions of its own."""
    return UploadService(resources)


UploadServiceDep = Annotated[UploadService, Depends(get_upload_service)]

RAW_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/octet-stream": {
                "schema": {"type": "string", "format": "binary"}
            }
        },
    }
}


@router.post(
    "",
    status_code=201,
    openapi_extra=RAW_BODY,
    responses=problems(
        *(*SIGNED_IN, EmptyUpload, UploadBroken, UploadTooLarge, UploadGone),
        *(TooManyUploads, UploadQuotaExceeded, StorageFull),
    ),
)
async def upload_file(
    request: Request, user: StreamingUser, uploads: UploadServiceDep, name: FileName
) -> UploadRead:
    """Upload a file. The body of the request is the file itself, not a form."""
    length = request.headers.get("content-length", "")
    announced = int(length) if length.isdecimal() else None
    stored = await uploads.receive(user.id, name, request.stream(), announced)
    return UploadRead.model_validate(stored)


@router.get("", responses=problems(*SIGNED_IN, BadCursor))
async def list_uploads(
    user: StreamingUser,
    uploads: UploadServiceDep,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[UploadRead]:
    """The caller's uploads that wait for an import, the latest first."""
    page = await uploads.list_uploads(user.id, limit, cursor)
    return page.of(UploadRead.model_validate)


@router.delete(
    "/{upload_id}",
    status_code=204,
    responses=problems(*SIGNED_IN, UploadNotFound, UploadBeingImported),
)
async def delete_upload(
    upload_id: UUID, user: StreamingUser, uploads: UploadServiceDep
) -> None:
    """Delete an upload. The response is 409 while its import is under way."""
    await uploads.delete(user.id, upload_id)
