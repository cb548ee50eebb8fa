"""The headers with which browsers declare the origin of a request."""

FROM_OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}
"""The headers that a browser adds to requests of this service's pages."""

ELSEWHERE: dict[str, dict[str, str]] = {
    "cross-site": {"Sec-Fetch-Site": "cross-site"},
    "same-site": {"Sec-Fetch-Site": "same-site"},
    "none": {"Sec-Fetch-Site": "none"},
    "cross-site-our-origin": {
        "Sec-Fetch-Site": "cross-site",
        "Origin": "https://testserver",
    },
    "null-origin": {"Origin": "null"},
    "other-origin": {"Origin": "https://evil.example"},
    "other-port": {"Origin": "https://testserver:8443"},
    "no-header": {},
}
"""The headers of requests from other pages."""

FOREIGN = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
"""The headers that a browser adds to requests of another site's page."""

OURS: dict[str, dict[str, str]] = {
    "same-origin": FROM_OWN_PAGE,
    "origin": {"Origin": "https://testserver"},
}
