"""CORS: lets the front end of one other origin call the API with access tokens.

Its pages may read answers and send `Authorization`. Browsers attach cookies only where
`Access-Control-Allow-Credentials` permits it, which no answer does.
"""

from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
REQUEST_HEADERS = "Authorization, Content-Type"
"""Besides those that any page may send, like `Accept`."""
RESPONSE_HEADERS = "Content-Disposition, Location, Retry-After, X-Request-ID"
"""Besides those that any page may read, like `Content-Type`."""
PREFLIGHT_SECONDS = 3600


class CrossOrigin:
    """Lets pages of `origin` read answers below `prefix`; ignores other origins.

    Preflights of that origin are answered here: they carry no token, and only ask for
    these headers.
    """

    def __init__(self, app: ASGIApp, origin: str, prefix: str) -> None:
        self._app = app
        self._origin = origin
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(self._prefix):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        is_front_end = headers.getlist("origin") == [self._origin]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message.setdefault("headers", [])
                own = MutableHeaders(scope=message)
                own.add_vary_header("Origin")
                if is_front_end:
                    own["Access-Control-Allow-Origin"] = self._origin
                    own["Access-Control-Expose-Headers"] = RESPONSE_HEADERS
            await send(message)

        app = self._app
        if (
            is_front_end
            and scope["method"] == "OPTIONS"
            and "access-control-request-method" in headers
        ):
            app = _PREFLIGHT
        await app(scope, receive, send_with_headers)


_PREFLIGHT = Response(
    status_code=HTTPStatus.NO_CONTENT,
    headers={
        "Access-Control-Allow-Methods": METHODS,
        "Access-Control-Allow-Headers": REQUEST_HEADERS,
        "Access-Control-Max-Age": str(PREFLIGHT_SECONDS),
    },
)
