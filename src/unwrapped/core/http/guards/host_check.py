"""Refuses requests whose `Host` is not a name of this service.

A hostile page can let its own host name resolve to this server (DNS rebinding): its
scripts then have the same origin as the answers of the service. The browser still sends
that name as `Host`.
"""

from collections.abc import Iterable
from http import HTTPStatus

from starlette.types import ASGIApp, Receive, Scope, Send

from unwrapped.core.http.guards.host_names import host_of, is_address
from unwrapped.core.http.problems import problem


class HostCheck:
    """Lets requests pass for the given names, including `*.example.org`.

    `localhost` and every IP address pass as well: rebinding needs a name.
    """

    def __init__(self, app: ASGIApp, allowed: Iterable[str]) -> None:
        self._app = app
        self._names = {"localhost"}
        parents = set()
        for pattern in allowed:
            if pattern.startswith("*."):
                parents.add(pattern[1:])
            else:
                self._names.add(pattern)
        self._parents = tuple(parents)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app
        if scope["type"] == "http":
            try:
                host = _host(scope)
            except ValueError:
                app = _MALFORMED
            else:
                app = self._app if self._is_ours(host) else _MISDIRECTED
        await app(scope, receive, send)

    def _is_ours(self, host: str) -> bool:
        return host in self._names or host.endswith(self._parents) or is_address(host)


def _host(scope: Scope) -> str:
    """The host of a request. Raises `ValueError` without exactly one valid `Host`."""
    [header] = [value for name, value in scope["headers"] if name == b"host"]
    return host_of(header.decode("ascii"))


def _refusal(status: HTTPStatus, detail: str) -> ASGIApp:
    return problem(status, status.name.lower(), detail)


_MALFORMED = _refusal(
    HTTPStatus.BAD_REQUEST, "A request needs one Host header, with a host and its port."
)
_MISDIRECTED = _refusal(
    HTTPStatus.MISDIRECTED_REQUEST,
    "This service does not answer to the name in the Host header. Its operator can add"
    " the name to ALLOWED_HOSTS.",
)
