"""The address of the service that a client uses, and paths from requests that stay on it."""

from urllib.parse import urlsplit

from starlette.requests import Request

from unwrapped.core.http.state import state_of

HOME = "/"
LONGEST_PATH = 2000


def own_path(path: str | None) -> str:
    """A path on this service; `HOME` for anything that could lead elsewhere."""
    if (
        not path
        or not path.startswith("/")
        or len(path) > LONGEST_PATH
        # Browsers read a host after two slashes of either kind, and drop tabs and line
        # ends before that.
        or path[1:2] in ("/", "\\")
        or not path.isascii()
        or not path.isprintable()
        or " " in path
    ):
        return HOME
    try:
        parts = urlsplit(path)
    except ValueError:
        return HOME
    return HOME if parts.scheme or parts.netloc else path


def own_address(request: Request) -> str:
    """The scheme, host and port of the service, without a slash at the end.

    If BACKEND_URL has the host of the request, it is returned: its scheme is right even if
    the proxy is not trusted. Otherwise the scheme is that of the request, or the one that
    a trusted proxy reports.
    """
    host = request.headers["host"]  # one of the service's: checked before the endpoint
    backend_url = state_of(request).resources.settings.backend_url or ""
    if backend_url.partition("://")[2] == host.lower():
        return backend_url
    return f"{request.url.scheme}://{host}"
