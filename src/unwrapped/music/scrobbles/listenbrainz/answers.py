"""Answers and errors for clients of ListenBrainz: JSON, with headers for CORS and limits."""

import time
from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from unwrapped.core.http.problems import Problem
from unwrapped.core.http.state import state_of
from unwrapped.music.scrobbles.settings import ScrobbleSettings

WINDOW_SECONDS = 60

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Max-Age": "21600",
    "Access-Control-Expose-Headers": "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset-In, X-RateLimit-Reset, Retry-After, X-Request-ID",
}
"""Pages of any origin may read answers: a request needs a token, which no browser adds by
itself.
"""

_STATUS = {
    HTTPStatus.INSUFFICIENT_STORAGE: HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.CONFLICT: HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.UNPROCESSABLE_ENTITY: HTTPStatus.BAD_REQUEST,
}
"""The statuses that clients get instead of these. On 503, clients keep their listens."""


class Answer(JSONResponse):
    """An answer with the headers that clients expect.

    Some clients pause if the rate-limit headers are missing or say that no requests remain.
    So every answer has them, and only a refusal says that none remain.
    """

    def __init__(
        self,
        content: object,
        status: int = HTTPStatus.OK,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(content, status, {**CORS, **(headers or {})})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""
        settings = state_of(scope["app"]).resources.settings_of(ScrobbleSettings)
        most = settings.scrobble_reads_per_minute
        refused = self.status_code == HTTPStatus.TOO_MANY_REQUESTS
        wait = int(self.headers.get("retry-after", WINDOW_SECONDS))
        self.headers["X-RateLimit-Limit"] = str(most)
        self.headers["X-RateLimit-Remaining"] = "0" if refused else str(most)
        self.headers["X-RateLimit-Reset-In"] = str(wait)
        self.headers["X-RateLimit-Reset"] = str(int(time.time()) + wait)
        await super().__call__(scope, receive, send)


class Empty(Answer):
    """An answer without a body: there is no data."""

    def __init__(self) -> None:
        super().__init__(None, HTTPStatus.NO_CONTENT)

    def render(self, content: object) -> bytes:
        """Render an empty body."""
        return b""


def error_form(problem: Problem, headers: Mapping[str, str]) -> Answer:
    """A problem in the form of ListenBrainz."""
    status = _STATUS.get(HTTPStatus(problem.status), HTTPStatus(problem.status))
    return Answer({"code": status.value, "error": problem.detail}, status, headers)
