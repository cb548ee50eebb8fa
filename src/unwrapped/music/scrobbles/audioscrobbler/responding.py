"""Answers and errors of both dialects, in the form that the client asks for.

The endpoints of players never answer with HTML or a redirect.
"""

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import Request, Response
from starlette.types import Receive, Scope, Send

from unwrapped.core.http.problems import Problem
from unwrapped.music.scrobbles.audioscrobbler.errors import (
    Fault,
    failure,
    failure_in_xml,
    status_of,
)
from unwrapped.music.scrobbles.audioscrobbler.parameters import (
    Parameters,
    read_parameters,
)
from unwrapped.music.scrobbles.audioscrobbler.rendering import (
    Answer,
    as_json,
    as_xml,
)
from unwrapped.music.scrobbles.audioscrobbler.version_1_2_messages import failed

JSON, XML, TEXT = "application/json", "text/xml; charset=utf-8", "text/plain"
ANYWHERE = {"Access-Control-Allow-Origin": "*"}
"""Pages of any origin may read answers: a request needs a token, and no cookie helps."""

PREFLIGHT = ANYWHERE | {
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type",
    "Access-Control-Max-Age": "21600",
}

_WANTS_JSON = "audioscrobbler_json"


def wants_json(request: Request, parameters: Parameters) -> bool:
    """Whether a client asked for JSON, by `format` or `Accept`; otherwise it gets XML."""
    accepted = request.headers.get("accept", "")
    form = parameters.get("format").lower()
    wanted = form == "json" or (not form and accepted.startswith(JSON))
    request.scope["state"][_WANTS_JSON] = wanted  # for later errors
    return wanted


def respond(answer: Answer, *, in_json: bool) -> Response:
    """The answer in the requested form."""
    if in_json:
        return Response(as_json(answer), media_type=JSON, headers=ANYWHERE)
    return Response(as_xml(answer), media_type=XML, headers=ANYWHERE)


def refuse(fault: Fault, words: str, *, in_json: bool) -> Response:
    """A refusal in the requested form."""
    status = status_of(fault)
    if in_json:
        body = as_json(failure(fault, words))
        return Response(body, status, media_type=JSON, headers=ANYWHERE)
    body = as_xml(failure_in_xml(fault, words), is_failure=True)
    return Response(body, status, media_type=XML, headers=ANYWHERE)


class _Failure(Response):
    """A problem in the form that the client asked for.

    The form is known only when the request is answered: it may stem from the body.
    """

    def __init__(self, problem: Problem, headers: Mapping[str, str]) -> None:
        super().__init__(status_code=problem.status)
        self._problem = problem
        self._own = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""
        in_json = scope["state"].get(_WANTS_JSON)
        if in_json is None:  # the body was not read, and may be too large to be read
            request = Request(scope)
            in_json = wants_json(request, read_parameters(scope["query_string"], b""))
        answer = refuse(_fault_of(self._problem), self._problem.detail, in_json=in_json)
        answer.headers.update(self._own)
        await answer(scope, receive, send)


def fail(problem: Problem, headers: Mapping[str, str]) -> Response:
    """Return the answer of Audioscrobbler 2.0 to an error."""
    return _Failure(problem, headers)


def fail_as_text(problem: Problem, headers: Mapping[str, str]) -> Response:
    """Return the answer of Audioscrobbler 1.2 to an error.

    Errors of the server have the status 503, so that clients send again. Errors of the
    client have the status 200: mpdscribble ignores the body of 400 and above.
    """
    is_ours = problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    status = HTTPStatus.SERVICE_UNAVAILABLE if is_ours else HTTPStatus.OK
    return text(failed(problem.detail), status, headers)


def text(
    answer: str, status: int = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> Response:
    """Return an answer of Audioscrobbler 1.2."""
    return Response(answer, status, media_type=TEXT, headers=headers)


def _fault_of(problem: Problem) -> Fault:
    if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return Fault.OPERATION
    if problem.status == HTTPStatus.TOO_MANY_REQUESTS:
        return Fault.RATE
    if problem.status > HTTPStatus.INTERNAL_SERVER_ERROR:
        return Fault.UNAVAILABLE
    return Fault.PARAMETERS
