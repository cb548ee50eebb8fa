"""The address of the service that the client uses."""

from fastapi import Request

from unwrapped.core.http.state import state_of


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
