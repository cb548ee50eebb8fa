"""Headers of every answer that restrict sniffing, embedding, caching and referrers."""

from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from unwrapped.core.http.content_security_policy import content_policy

type Headers = list[tuple[bytes, bytes]]

_UNUSED = ("camera", "display-capture", "geolocation", "microphone", "midi", "payment", "usb")  # fmt: skip
_VARY = ["Cookie", "Authorization"]
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _UNUSED),
    "Content-Security-Policy": content_policy(),
    "Cache-Control": "private, no-store",
    "Vary": ", ".join(_VARY),
}
_OVER_TLS = {"Strict-Transport-Security": "max-age=31536000"}


def _raw(headers: dict[str, str]) -> Headers:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


_DEFAULTS = _raw(_HEADERS)
_DEFAULTS_OVER_TLS = _raw(_HEADERS | _OVER_TLS)


class SecurityHeaders:
    """Adds the headers that an endpoint did not set itself to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_tls = scope["scheme"] == "https"
        defaults = _DEFAULTS_OVER_TLS if is_tls else _DEFAULTS

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _completed(message.get("headers", ()), defaults)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _completed(own: Iterable[tuple[bytes, bytes]], defaults: Headers) -> Headers:
    headers = list(own)
    named = {name for name, _ in headers}
    if b"vary" in named:
        headers = _merged_vary(headers)
    return headers + [header for header in defaults if header[0] not in named]


def _merged_vary(headers: Headers) -> Headers:
    """The headers, with a single `Vary`."""
    own = b",".join(value for name, value in headers if name == b"vary").decode("ascii")
    names = dict.fromkeys([*(part.strip() for part in own.split(",")), *_VARY])
    others = [header for header in headers if header[0] != b"vary"]
    return [*others, (b"vary", ", ".join(names).encode())]
