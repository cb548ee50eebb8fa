"""Redirects of a sign-in lead to a path of this service, and back to its callback only."""

from urllib.parse import parse_qs, urljoin, urlsplit

import pytest

from tests.attacks import attack
from tests.auth.oauth.browser import AUTH
from tests.auth.oauth.openid.provider import Provider
from tests.auth.oauth.openid.visitor import NAME, OUR_ADDRESS, Visitor
from unwrapped.core.http.own_addresses import own_path

TRICKS = [
    "https://evil.example/",
    "http://evil.example/",
    "HTTPS://evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\n/evil.example",
    "\t//evil.example",
    "\x00//evil.example",
    "/\x00/evil.example",
    "/\x0b/evil.example",
    " //evil.example",
    "/ /evil.example",
    "//evil.example/%2f..",
    "//testserver@evil.example",
    "https://testserver@evil.example",
    "https://testserver.evil.example",
    "//evil.example\\@testserver",
    "evil.example",
    "@evil.example",
    ".evil.example",
    "?next=https://evil.example",
    "#//evil.example",
    "javascript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "\uff0f/evil.example",
    "/\uff0fevil.example",
    "/\u2044evil.example",
    "\u2028//evil.example",
    "/\u00ad/evil.example",
    "/ok\r\nSet-Cookie: a=b",
    "/ok\u560d\u560aSet-Cookie: a=b",
    "",
]
OURS = ["/", "/docs", "/a?b=c&d=%2F%2Fevil.example#e", "/%2f%2fevil.example", "/a//b"]


@attack(12, "next")
async def test_no_sign_in_ends_at_another_site(visitor: Visitor) -> None:
    for trick in ("//evil.example", "/ok\r\nSet-Cookie: a=b", ""):
        answer = await visitor.sign_in(next=trick)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/")
        assert "a" not in answer.cookies


@attack(12, "next")
def test_no_path_leads_to_another_site() -> None:
    assert [trick for trick in TRICKS if own_path(trick) != "/"] == []


def test_a_sign_in_may_end_at_any_path_of_the_service() -> None:
    assert [path for path in OURS if own_path(path) != path] == []
    hosts = {urlsplit(urljoin(OUR_ADDRESS, path)).netloc for path in OURS}
    assert hosts == {"testserver"}


@attack(12, "next-twice")
async def test_the_start_decides_where_a_sign_in_ends(
    visitor: Visitor, provider: Provider
) -> None:
    path = "/a?b=c&d=%2F%2Fevil.example#e"
    reply = provider.agree(await visitor.begin(next=path))
    answer = await visitor.come_back(reply | {"next": "//evil.example"})
    assert (answer.status_code, answer.headers["Location"]) == (303, path)


@attack(12, "next-too-long")
async def test_a_path_that_is_too_long_is_refused(visitor: Visitor) -> None:
    answer = await visitor.ask(next="/" + "a" * 2000)
    assert answer.status_code == 422


FORWARDED = {
    "another address of the server": {"Host": "127.0.0.1:9999"},
    "localhost": {"Host": "localhost"},
    "X-Forwarded-Host": {"X-Forwarded-Host": "evil.example"},
    "Forwarded": {"Forwarded": "host=evil.example;proto=http"},
    "X-Forwarded-Proto": {"X-Forwarded-Proto": "http"},
    "X-Original-URL": {"X-Original-URL": "https://evil.example/"},
    "Origin": {"Origin": "https://evil.example", "Referer": "https://evil.example/"},
}


@attack(12, "redirect-uri")
async def test_the_settings_decide_the_redirect_uri(visitor: Visitor) -> None:
    for name, headers in FORWARDED.items():
        answer = await visitor.client.get(f"{AUTH}/{NAME}/login", headers=headers)
        asked = parse_qs(urlsplit(answer.headers["Location"]).query)
        assert asked["redirect_uri"] == [f"{OUR_ADDRESS}{AUTH}/{NAME}/callback"], name
        assert asked["client_id"] == [visitor.provider.client_id], name


@attack(12, "redirect-uri-in-the-query")
async def test_no_parameter_of_the_request_to_the_provider_can_be_set(
    visitor: Visitor,
) -> None:
    for name in ("redirect_uri", "state", "client_id", "code_challenge_method"):
        query = {name: "https://evil.example/"}
        answer = await visitor.client.get(f"{AUTH}/{NAME}/login", params=query)
        assert answer.status_code == 422, name
        assert "Location" not in answer.headers, name


@attack(12, "host")
@pytest.mark.parametrize("path", ["login", "callback?code=a&state=b"])
async def test_requests_with_another_host_are_refused(
    visitor: Visitor, path: str
) -> None:
    headers = {"Host": "evil.example"}
    answer = await visitor.client.get(f"{AUTH}/{NAME}/{path}", headers=headers)
    assert answer.status_code == 421
