"""The endpoint that takes files in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from unwrapped.auth.caller import SIGNED_IN
from unwrapped.auth.dependencies import StreamingUser
from unwrapped.core.dependencies import ResourcesDep
from unwrapped.core.problems import problems
from unwrapped.core.requests import StrictRoute
from unwrapped.music.uploads.schemas import FileName, UploadRead
from unwrapped.music.uploads.service import (
    EmptyUpload,
    TooManyUploads,
    UploadBroken,
    UploadService,
    UploadTooLarge,
)

router = APIRouter(prefix="/uploads", route_class=StrictRoute)


async def get_upload_service(resources: ResourcesDep) -> UploadService:
    """Uploads, in short transactions of their own."""
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
        *SIGNED_IN, EmptyUpload, UploadBroken, UploadTooLarge, TooManyUploads
    ),
)
async def upload_file(
    request: Request, user: StreamingUser, uploads: UploadServiceDep, name: FileName
) -> UploadRead:
    """Send a file: the body of the request is the file as it is, no form around it."""
    stored = await uploads.receive(user.id, name, request.stream())
    return UploadRead.model_validate(stored)
