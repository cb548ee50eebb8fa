"""What happens to every request: an id, a limit on its body, one line in the log."""

import re
import secrets
import sys
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus

import structlog
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from unwrapped.core.exceptions import AppException, ContentTooLarge
from unwrapped.core.http.guards.proxies import Sender, sender_of
from unwrapped.core.http.health import PROBES
from unwrapped.core.http.metrics import Metrics
from unwrapped.core.http.problems import problem
from unwrapped.core.http.state import state_of
from unwrapped.core.logging import REQUEST_DONE
from unwrapped.core.process_resources import Resources

UNMATCHED = "unmatched"
REQUEST_ID = b"x-request-id"
_SOUND_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")

log = structlog.get_logger()


class RequestContext:
    """Gives each request an id, counts and logs it, and answers unexpected errors."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.perf_counter()
        request_id = _request_id(scope)
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message.get("headers", ()),
                    (REQUEST_ID, request_id.encode()),
                ]
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, send_with_id)
            except Exception:
                # The outermost layer: nothing else would answer.
                log.exception("request.crashed")
                if not status:
                    await _crashed(request_id)(scope, receive, send_with_id)
            finally:
                self._account(scope, status, time.perf_counter() - begun)

    def _account(self, scope: Scope, status: int, seconds: float) -> None:
        route = _template(scope)
        method = scope["method"]
        # A client can invent methods: an unknown one must not create a time series.
        counted = method if method in _methods(scope) else "-"
        self._metrics.requests.labels(counted, route, status or 499).inc()
        self._metrics.seconds.labels(route).observe(seconds)
        # Healthy probes come every few seconds and say nothing new.
        is_noise = route in PROBES and status == HTTPStatus.OK
        write = log.debug if is_noise else log.info
        write(
            REQUEST_DONE,
            method=method,
            route=route,
            status=status or 499,
            ms=round(seconds * 1000, 1),
            user_id=scope.get("state", {}).get("user_id"),
        )


def _methods(scope: Scope) -> frozenset[str] | set[str]:
    """The methods that the route of a request has."""
    return getattr(scope.get("route"), "methods", None) or frozenset()


def _template(scope: Scope) -> str:
    """The path of the endpoint with the names of its parameters.

    A route has only the end of it; the beginning, which has no parameters, is taken
    from the path of the request.
    """
    own: str | None = getattr(scope.get("route"), "path", None)
    if own is None:
        return UNMATCHED
    segments = scope["path"].split("/")
    return "/".join(segments[: len(segments) - own.count("/")]) + own


def _request_id(scope: Scope) -> str:
    """The id that a trusted proxy set, if it is valid; otherwise a new one."""
    if sender_of(scope) is Sender.PROXY:
        for name, value in scope["headers"]:
            if name == REQUEST_ID and _SOUND_ID.fullmatch(value):
                return str(value, "ascii")
    return secrets.token_hex(8)


def _crashed(request_id: str) -> ASGIApp:
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "internal_error",
        f"Something went wrong on our side. The log has the details of request {request_id}.",
    )


class ReadableStartup:
    """Reports a failed start by the error's message instead of a traceback."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return

        async def send_readable(message: Message) -> None:
            error = sys.exception()
            if message["type"] == "lifespan.startup.failed" and isinstance(
                error, AppException
            ):
                message["message"] = error.message
            await send(message)

        await self._app(scope, receive, send_readable)


type RequireSize = Callable[[Resources, int], None]
"""Raises `ContentTooLarge` when a body with this declared size is not accepted."""


class BodyLimit:
    """Refuses bodies over a limit, with or without a declared size.

    Endpoints that stream a body count its bytes themselves; a declared size that is too
    large is refused here as well. (FastAPI's `max_body_size` answers in plain text and
    bypasses the middleware that counts and logs.)
    """

    def __init__(
        self,
        app: ASGIApp,
        max_bytes: int,
        streamed: Mapping[tuple[str, str], RequireSize],
    ) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._streamed = streamed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        require_size = self._streamed.get((scope["method"], scope["path"]))
        most = self._most(scope)
        try:
            if declared := _declared_size(scope):
                _require(scope, declared, most, require_size)
        except ContentTooLarge as error:
            await _too_large(error)(scope, receive, send)
            return
        if require_size is not None:
            await self._app(scope, receive, send)
            return
        size = 0

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > most:
                raise HTTPException(HTTPStatus.CONTENT_TOO_LARGE, _words(most), _CLOSE)
            return message

        await self._app(scope, counted, send)

    def _most(self, scope: Scope) -> int:
        state = state_of(scope["app"])
        mount = state.mount_of(scope["path"])
        if mount is None or mount.body_limit is None:
            return self._max_bytes
        return mount.body_limit(state.resources)


def _require(
    scope: Scope, declared: int, most: int, require_size: RequireSize | None
) -> None:
    if require_size is not None:
        require_size(state_of(scope["app"]).resources, declared)
    elif declared > most:
        raise ContentTooLarge(_words(most))


def _words(most: int) -> str:
    return f"The body is larger than {most:,} bytes."


# The rest of the body is not read: it would be taken for the next request.
_CLOSE = {"Connection": "close"}


def _too_large(error: ContentTooLarge) -> ASGIApp:
    return problem(
        HTTPStatus.CONTENT_TOO_LARGE, error.code, error.message, headers=_CLOSE
    )


def _declared_size(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:20])
    return 0
