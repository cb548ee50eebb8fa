"""The address of the service that the client uses."""

from fastapi import Request

from unwrapped.core.http.state import state_of


def own_address(request: Request) -> str:
    """Scheme, host and port, without a slash at the end.

    The scheme is that of the request, or of a trusted proxy. If BACKEND_URL has the
    same host, its scheme is used: it helps when the proxy is not trusted.
    """
    host = request.headers["host"]  # a name of the service: an earlier check ensures it
    backend_url = state_of(request).resources.settings.backend_url or ""
    if backend_url.partition("://")[2] == host.lower():
        return backend_url
    return f"{request.url.scheme}://{host}"
