"""Normalises the paths of requests below mounts: clients build them by joining
strings.
"""

import re
from collections.abc import Iterable
from urllib.parse import parse_qs, quote

from starlette.types import ASGIApp, Receive, Scope, Send

from unwrapped.core.domain import Mount

_SLASHES = re.compile("/{2,}")


class MountPaths:
    """Normalises the path of requests below mounts to what their routers expect.

    Repeated slashes become one, and a trailing slash is removed. Clients are not
    redirected: they turn a redirected POST into a GET, or give up. A request for `/`
    goes to the mount whose `root_parameter` is in its query.
    """

    def __init__(self, app: ASGIApp, mounts: Iterable[Mount]) -> None:
        self._app = app
        self._mounts = tuple(mounts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (path := self._path(scope)) is not None:
            scope = {**scope, "path": path, "raw_path": quote(path).encode()}
        await self._app(scope, receive, send)

    def _path(self, scope: Scope) -> str | None:
        """The normalised path below a mount; None elsewhere."""
        path = _SLASHES.sub("/", scope["path"]).rstrip("/")
        if path:
            below = any(is_below(path, mount.prefix) for mount in self._mounts)
            return path if below else None
        asked = parse_qs(scope["query_string"].decode("latin-1"))
        for mount in self._mounts:
            name, value = mount.root_parameter or ("", "")
            if value and value in asked.get(name, ()):
                return mount.prefix
        return None


def is_below(path: str, prefix: str) -> bool:
    """Whether a path is the prefix of a mount, or below it."""
    return path == prefix or path.startswith(f"{prefix}/")
