"""Where the service is, as the client calls it."""

from fastapi import Request

from unwrapped.core.http.state import state_of


def own_address(request: Request) -> str:
    """Scheme, host and port, without a slash at the end.

    The scheme is that of the request, which a proxy names if it is trusted. Where
    BACKEND_URL is about the same host, its scheme counts: it is meant for those whose proxy
    is not.
    """
    host = request.headers["host"]  # one of ours: it was checked before
    backend_url = state_of(request).resources.settings.backend_url or ""
    if backend_url.partition("://")[2] == host.lower():
        return backend_url
    return f"{request.url.scheme}://{host}"
