"""Whether a request comes from a page of this service (cross-site request forgery).

Browsers say so in `Sec-Fetch-Site`, which no script can set. `SameSite` of a cookie is
not enough: another port of the same host is the same site. If a browser is too old to
send it, `Origin` must be exactly that of the service. `null` is refused: any page can
make a browser send it, and a page of the service never does, since it has
`Referrer-Policy: same-origin`.
"""

from typing import TYPE_CHECKING

from unwrapped.core.exceptions import Forbidden

if TYPE_CHECKING:
    from fastapi import Request

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class CrossSite(Forbidden):
    """Only a page of this service may make this request, and it came from elsewhere."""

    code = "cross_site"

    def __init__(self) -> None:
        super().__init__(
            "A request with a cookie must come from a page of this service. Programs"
            " use an access token."
        )


def require_same_origin(request: "Request", backend_url: str | None) -> None:
    """Raise `CrossSite` unless the request was made by a page of this service."""
    sites = request.headers.getlist("sec-fetch-site")
    if sites:
        if sites != ["same-origin"]:
            raise CrossSite
        return
    # An earlier check ensures that `Host` is a name of the service.
    own = {backend_url, f"{request.url.scheme}://{request.headers.get('host')}"}
    origins = request.headers.getlist("origin")
    if len(origins) != 1 or origins[0] not in own:
        raise CrossSite
