"""Whether a request comes from a page of our own (cross-site request forgery).

Browsers say so in `Sec-Fetch-Site`, which no script can set. `SameSite` of a cookie is
not enough: another port of the same host is the same site. Where a browser is too old
for it, `Origin` must be exactly ours. `null` is refused: any page can make a browser
send it, and our pages never do, since they have `Referrer-Policy: same-origin`.
"""

from typing import TYPE_CHECKING

from unwrapped.core.exceptions import Forbidden

if TYPE_CHECKING:
    from fastapi import Request

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class CrossSite(Forbidden):
    """A request that only our own page may make came from elsewhere."""

    code = "cross_site"

    def __init__(self) -> None:
        super().__init__(
            "With a cookie only a page of this service may do this. Programs use an"
            " access token."
        )


def require_same_origin(request: "Request", backend_url: str | None) -> None:
    """Raises `CrossSite` unless the request was made by a page of this service."""
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
