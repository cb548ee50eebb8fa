"""Errors on the wire: kinds become problem+json (RFC 9457), in this one place."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from unwrapped.core.database import is_broken_reference, is_lost_connection
from unwrapped.core.exceptions import (
    AppException,
    Conflict,
    ContentTooLarge,
    DatabaseFull,
    ExternalAPIError,
    Forbidden,
    Invalid,
    NotFound,
    StorageFull,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
)
from unwrapped.core.room import is_disk_full

log = structlog.get_logger()

MOST_FAULTS = 20
MEDIA_TYPE = "application/problem+json"

STATUS: Mapping[type[AppException], HTTPStatus] = {
    Invalid: HTTPStatus.BAD_REQUEST,
    ContentTooLarge: HTTPStatus.CONTENT_TOO_LARGE,
    Unauthenticated: HTTPStatus.UNAUTHORIZED,
    Forbidden: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    TooManyRequests: HTTPStatus.TOO_MANY_REQUESTS,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    StorageFull: HTTPStatus.INSUFFICIENT_STORAGE,
    ExternalAPIError: HTTPStatus.BAD_GATEWAY,
}


class Fault(BaseModel):
    """One member of a request that cannot be used."""

    where: str = Field(examples=["body.email"])
    message: str = Field(examples=["Field required"])


class Problem(BaseModel):
    """What went wrong (RFC 9457). `code` is stable; `detail` is for people."""

    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    code: str = Field(examples=["not_found"])
    detail: str = Field(examples=["There is no such task."])
    faults: list[Fault] | None = None


def status_of(kind: type[AppException]) -> HTTPStatus:
    """The status that an error of this kind is answered with."""
    for ancestor in kind.__mro__:
        if ancestor in STATUS:
            return STATUS[ancestor]
    return HTTPStatus.INTERNAL_SERVER_ERROR


def problem(
    status: HTTPStatus,
    code: str,
    detail: str,
    *,
    faults: list[Fault] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """The answer that tells of a problem."""
    body = Problem(
        title=status.phrase,
        status=status,
        code=code,
        detail=detail,
        faults=faults,
    )
    return JSONResponse(
        body.model_dump(exclude_none=True),
        status_code=status,
        headers=dict(headers or {}),
        media_type=MEDIA_TYPE,
    )


def problems(*errors: type[AppException]) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of an endpoint that can end in these errors."""
    codes: dict[int, list[str]] = {}
    for error in errors:
        codes.setdefault(int(status_of(error)), []).append(error.code)
    return {
        status: {"description": " or ".join(sorted(named)), "model": Problem}
        for status, named in codes.items()
    }


ALWAYS: dict[int | str, dict[str, Any]] = {
    # What cannot even be read: no UTF-8, no form, JSON that is too deep.
    HTTPStatus.BAD_REQUEST: {"description": "bad_request", "model": Problem},
    HTTPStatus.REQUEST_TIMEOUT: {"description": "request_timeout", "model": Problem},
    HTTPStatus.CONTENT_TOO_LARGE: {
        "description": "content_too_large",
        "model": Problem,
    },
    HTTPStatus.MISDIRECTED_REQUEST: {
        "description": "misdirected_request",
        "model": Problem,
    },
    HTTPStatus.UNPROCESSABLE_ENTITY: {"description": "malformed", "model": Problem},
    HTTPStatus.SERVICE_UNAVAILABLE: {"description": "unavailable", "model": Problem},
}
"""The `responses=` of every endpoint."""


def tell_media_type(openapi: dict[str, Any]) -> dict[str, Any]:
    """The document with the media type that problems really have."""
    for path in openapi["paths"].values():
        for operation in path.values():
            for response in operation["responses"].values():
                content = response.get("content", {})
                # Told under the media type of the endpoint's own answers.
                for media_type, told in tuple(content.items()):
                    schema = told.get("schema", {})
                    if schema.get("$ref") == "#/components/schemas/Problem":
                        content[MEDIA_TYPE] = content.pop(media_type)
    return openapi


def add_problem_handlers(app: FastAPI) -> None:
    """Let the app answer every error with problem+json."""
    app.add_exception_handler(AppException, _on_app_exception)
    app.add_exception_handler(RequestValidationError, _on_malformed)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(SQLAlchemyError, _on_database_error)
    app.add_exception_handler(OSError, _on_database_error)


async def _on_app_exception(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, AppException):
        raise error
    status = status_of(type(error))
    headers = {}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if (
        isinstance(error, (TooManyRequests, Unavailable))
        and error.retry_after is not None
    ):
        headers["Retry-After"] = str(error.retry_after)
    return problem(status, error.code, error.message, headers=headers)


async def _on_malformed(request: Request, error: Exception) -> JSONResponse:
    """422 without the input: a request can hold a password."""
    if not isinstance(error, RequestValidationError):
        raise error
    faults = [
        Fault(where=".".join(str(part) for part in fault["loc"]), message=fault["msg"])
        for fault in error.errors()[:MOST_FAULTS]
    ]
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "malformed",
        "The request does not fit what this endpoint takes.",
        faults=faults,
    )


async def _on_database_error(request: Request, error: Exception) -> JSONResponse:
    """503 when the database is away or full, 409 when something went while it was referred to.

    Any other error of the database is ours: 500.
    """
    if is_broken_reference(error):
        return problem(
            HTTPStatus.CONFLICT,
            "gone_meanwhile",
            "Something that this refers to was deleted in the same moment.",
        )
    if not is_lost_connection(error):
        raise error
    code, detail = (
        Unavailable.code,
        "The database does not answer. Try again in a moment.",
    )
    if is_disk_full(error):  # which is logged where it begins
        code, detail = DatabaseFull.code, DatabaseFull.words
    else:
        log.warning("database.unavailable", error=type(error).__name__)
    return problem(
        HTTPStatus.SERVICE_UNAVAILABLE, code, detail, headers={"Retry-After": "5"}
    )


async def _on_http_exception(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    status = HTTPStatus(error.status_code)
    code = status.name.lower()
    return problem(status, code, str(error.detail), headers=error.headers)
