"""Which requests come from a page of the service, by the headers of browsers."""

import pytest
from fastapi import Request

from tests.attacks import attack
from unwrapped.core.http.guards.same_origin import CrossSite, require_same_origin

OURS = "https://music.example.org"


def request(*headers: tuple[str, str], host: str = "music.example.org") -> Request:
    """A request with these headers, each as often as it is given."""
    raw = [(b"host", host.encode())]
    raw += [(name.lower().encode(), value.encode()) for name, value in headers]
    return Request(
        {
            "type": "http",
            "method": "POST",
            "scheme": "https",
            "server": ("127.0.0.1", 8000),
            "path": "/",
            "query_string": b"",
            "headers": raw,
        }
    )


SITE, ORIGIN = "Sec-Fetch-Site", "Origin"

REFUSED: dict[str, list[tuple[str, str]]] = {
    "cross-site": [(SITE, "cross-site")],
    "same-site": [(SITE, "same-site")],
    "none": [(SITE, "none")],
    "empty": [(SITE, "")],
    "upper case": [(SITE, "Same-Origin")],
    "twice": [(SITE, "same-origin"), (SITE, "cross-site")],
    "in one line": [(SITE, "same-origin, cross-site")],
    "same-site with our origin": [(SITE, "same-site"), (ORIGIN, OURS)],
    "nothing": [],
    "null origin": [(ORIGIN, "null")],
    "empty origin": [(ORIGIN, "")],
    "the origin None": [(ORIGIN, "None")],
    "other origin": [(ORIGIN, "https://evil.example")],
    "other port": [(ORIGIN, f"{OURS}:8443")],
    "other scheme": [(ORIGIN, "http://music.example.org")],
    "sub-domain": [(ORIGIN, "https://evil.music.example.org")],
    "longer": [(ORIGIN, f"{OURS}.evil.example")],
    "with a path": [(ORIGIN, f"{OURS}/")],
    "with a user": [(ORIGIN, "https://evil@music.example.org")],
    "two origins": [(ORIGIN, OURS), (ORIGIN, "https://evil.example")],
    "origins in one line": [(ORIGIN, f"{OURS} https://evil.example")],
    "referer": [("Referer", f"{OURS}/")],
}


@attack(18, "elsewhere")
@pytest.mark.parametrize("backend_url", [None, OURS], ids=["by host", "by settings"])
@pytest.mark.parametrize("headers", REFUSED.values(), ids=REFUSED.keys())
def test_a_request_from_elsewhere_is_refused(
    headers: list[tuple[str, str]], backend_url: str | None
) -> None:
    with pytest.raises(CrossSite):
        require_same_origin(request(*headers), backend_url)


@pytest.mark.parametrize("backend_url", [None, OURS], ids=["by host", "by settings"])
@pytest.mark.parametrize(
    "headers",
    [
        [(SITE, "same-origin")],
        [(SITE, "same-origin"), (ORIGIN, OURS)],
        [(ORIGIN, OURS)],
    ],
    ids=["site", "both", "origin"],
)
def test_a_page_of_the_service_passes(
    headers: list[tuple[str, str]], backend_url: str | None
) -> None:
    require_same_origin(request(*headers), backend_url)


def test_behind_a_proxy_the_origin_of_the_service_is_that_of_the_settings() -> None:
    inside = "127.0.0.1:8000"
    require_same_origin(request((ORIGIN, OURS), host=inside), OURS)
    with pytest.raises(CrossSite):
        require_same_origin(request((ORIGIN, OURS), host=inside), None)
