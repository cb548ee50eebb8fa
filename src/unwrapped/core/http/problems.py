"""The one place where kinds of errors become HTTP answers (RFC 9457).

Programs get problem+json, browsers get a page, and mounts have a form of their own.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from pydantic.json_schema import models_json_schema
from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from unwrapped.core.database import (
    is_broken_reference,
    is_lost_connection,
    is_read_only,
)
from unwrapped.core.domain import ErrorForm
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
from unwrapped.core.http.database_turns import TooManyAtOnce
from unwrapped.core.http.negotiation import HTML, JSON, preferred
from unwrapped.core.http.state import find_state
from unwrapped.core.postgres.disk_space import is_disk_full
from unwrapped.core.postgres.session_settings import is_statement_timeout
from unwrapped.core.printable import printable, readable

log = structlog.get_logger()

MOST_FAULTS = 20
MEDIA_TYPE = "application/problem+json"
_SCHEMAS = "#/components/schemas/"
_REF = _SCHEMAS + "Problem"
MALFORMED = "The request does not match what this endpoint accepts."
NO_DATABASE = "The database does not answer. Try again in a moment."
READ_ONLY = (
    "The database is read-only at the moment. Reading still works; try again soon."
)
TOO_SLOW = (
    "The database took too long and cancelled the request; nothing was changed. Try"
    " again in a moment, or ask for less at once."
)

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
    """The status of the answer to an error of this kind."""
    for ancestor in kind.__mro__:
        if ancestor in STATUS:
            return STATUS[ancestor]
    return HTTPStatus.INTERNAL_SERVER_ERROR


class ProblemResponse(JSONResponse):
    """A problem in the form that the address and the client need.

    That is problem+json, unless the address belongs to a mount with another form or a
    browser asks for a page.
    """

    media_type = MEDIA_TYPE

    def __init__(self, problem: Problem, headers: Mapping[str, str]) -> None:
        self._problem = problem
        self._own = {**headers, "Vary": "Accept"}
        body = problem.model_dump(exclude_none=True)
        super().__init__(body, problem.status, self._own)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""
        form = _form(scope)
        if form is None:
            await super().__call__(scope, receive, send)
        else:
            await form(self._problem, self._own)(scope, receive, send)


def _form(scope: Scope) -> ErrorForm | None:
    state = find_state(scope)
    if state is None:
        return None
    form = state.error_form(scope["path"])
    if form is None and wants_page(scope):
        return state.error_page
    return form


def wants_page(scope: Scope) -> bool:
    """Whether a request asks for HTML rather than JSON, as browsers do.

    A client that accepts both, as with `*/*`, gets HTML from a `PageRoute` and JSON from
    any other route.
    """
    accept = ",".join(Headers(scope=scope).getlist("accept"))
    if getattr(scope.get("route"), "is_page", False):
        return preferred(accept, (HTML, JSON, MEDIA_TYPE)) == HTML
    return preferred(accept, (JSON, MEDIA_TYPE, HTML)) == HTML


def problem(
    status: HTTPStatus,
    code: str,
    detail: str,
    *,
    faults: list[Fault] | None = None,
    headers: Mapping[str, str] | None = None,
) -> ProblemResponse:
    """The answer that describes a problem."""
    body = Problem(
        title=status.phrase,
        status=status,
        code=code,
        detail=readable(detail),
        faults=faults,
    )
    return ProblemResponse(body, headers or {})


def problems(*errors: type[AppException]) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of an endpoint that can raise these errors.

    A status that every endpoint can answer with keeps the codes of `ALWAYS` as well.
    """
    codes: dict[HTTPStatus, dict[str, str]] = {}
    for error in errors:
        status = status_of(error)
        own = codes.setdefault(status, dict(_ALWAYS.get(status, {})))
        own[error.code] = _means(error)
    return {int(status): _response(status, named) for status, named in codes.items()}


def _means(error: type[AppException]) -> str:
    return " ".join((error.__doc__ or "").split())


def _response(status: HTTPStatus, details: Mapping[str, str]) -> dict[str, Any]:
    """The OpenAPI entry of a status: its problem, with an example for each code."""
    examples = {}
    for code, detail in sorted(details.items()):
        example = Problem(title=status.phrase, status=status, code=code, detail=detail)
        if status == HTTPStatus.UNPROCESSABLE_ENTITY:
            example.faults = [Fault(where="body.email", message="Field required")]
        examples[code] = {"value": example.model_dump(exclude_none=True)}
    return {
        "description": " or ".join(examples),
        "content": {MEDIA_TYPE: {"schema": {"$ref": _REF}, "examples": examples}},
    }


_ALWAYS: Mapping[HTTPStatus, Mapping[str, str]] = {
    # Bodies that cannot be parsed: invalid UTF-8 or form, JSON that is too deep.
    HTTPStatus.BAD_REQUEST: {"bad_request": "There was an error parsing the body"},
    HTTPStatus.REQUEST_TIMEOUT: {"request_timeout": "The body did not come in time."},
    HTTPStatus.CONTENT_TOO_LARGE: {"content_too_large": _means(ContentTooLarge)},
    HTTPStatus.MISDIRECTED_REQUEST: {"misdirected_request": "This service does not answer to the name in the Host header."},
    HTTPStatus.UNPROCESSABLE_ENTITY: {"malformed": MALFORMED},
    HTTPStatus.TOO_MANY_REQUESTS: {TooManyAtOnce.code: _means(TooManyAtOnce)},
    HTTPStatus.SERVICE_UNAVAILABLE: {"unavailable": NO_DATABASE, "read_only": READ_ONLY, "statement_timeout": TOO_SLOW, DatabaseFull.code: DatabaseFull.words},
}  # fmt: skip
ALWAYS: dict[int | str, dict[str, Any]] = {
    int(status): _response(status, details) for status, details in _ALWAYS.items()
}
"""The `responses=` of every endpoint."""


def problem_schemas() -> dict[str, Any]:
    """The schemas that `responses=` refers to, for the components of the document."""
    _, found = models_json_schema(
        [(Problem, "serialization")], ref_template=_SCHEMAS + "{model}"
    )
    schemas: dict[str, Any] = found["$defs"]
    return schemas


def add_problem_handlers(app: FastAPI) -> None:
    """Make the app answer every error as a problem."""
    app.add_exception_handler(AppException, _on_app_exception)
    app.add_exception_handler(RequestValidationError, _on_malformed)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(SQLAlchemyError, _on_database_error)
    app.add_exception_handler(OSError, _on_database_error)


async def _on_app_exception(request: Request, error: Exception) -> ProblemResponse:
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


async def _on_malformed(request: Request, error: Exception) -> ProblemResponse:
    """Answer 422 without repeating the input, which can contain a password."""
    if not isinstance(error, RequestValidationError):
        raise error
    faults = [
        Fault(
            where=".".join(printable(str(part)) for part in fault["loc"]),
            message=readable(fault["msg"]),
        )
        for fault in error.errors()[:MOST_FAULTS]
    ]
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "malformed",
        MALFORMED,
        faults=faults,
    )


async def _on_database_error(request: Request, error: Exception) -> ProblemResponse:
    """Answer 503 if the database is unavailable, full, read-only or too slow.

    Answer 409 if a row was deleted while another one was stored that refers to it.
    Any other error of the database is a fault of the service: 500.
    """
    if is_broken_reference(error):
        return problem(
            HTTPStatus.CONFLICT,
            "gone_meanwhile",
            "Something that the request refers to was deleted at the same time.",
        )
    if is_statement_timeout(error):
        code, detail = "statement_timeout", TOO_SLOW
    elif is_disk_full(error):
        code, detail = DatabaseFull.code, DatabaseFull.words
    elif is_read_only(error):
        code, detail = "read_only", READ_ONLY
    elif is_lost_connection(error):
        code, detail = Unavailable.code, NO_DATABASE
    else:
        raise error
    if code != DatabaseFull.code:  # logged by `DiskSpace`
        log.warning(f"database.{code}", error=type(error).__name__)
    return problem(
        HTTPStatus.SERVICE_UNAVAILABLE, code, detail, headers={"Retry-After": "5"}
    )


async def _on_http_exception(request: Request, error: Exception) -> ProblemResponse:
    if not isinstance(error, HTTPException):
        raise error
    status = HTTPStatus(error.status_code)
    code = status.name.lower()
    return problem(status, code, str(error.detail), headers=error.headers)
