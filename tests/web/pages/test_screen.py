"""Screens redirect visitors to sign in, and back; the headers of every screen."""

from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from tests.attacks import attack
from tests.web.parsed import parse


@pytest.mark.parametrize(
    ("asked", "next_path"),
    [("/shares", "/shares"), ("/import?cursor=a%2Fb", "/import?cursor=a%2Fb")],
)
async def test_a_browser_returns_to_the_requested_screen_after_signing_in(
    visitor: httpx2.AsyncClient, ada: int, asked: str, next_path: str
) -> None:
    led = await visitor.get(asked)
    assert led.status_code == 303
    there = urlsplit(led.headers["Location"])
    assert (there.path, parse_qs(there.query)) == ("/sign-in", {"next": [next_path]})
    shown = parse((await visitor.get(led.headers["Location"])).text)
    form = next(iter(shown.all("form")))
    assert form.attributes["action"] == led.headers["Location"]


@attack(12, "sign-in-page")
async def test_signing_in_never_redirects_to_another_service(
    browser: httpx2.AsyncClient,
) -> None:
    for evil in ("https://evil.example", "//evil.example", "/\\evil.example", "x:1"):
        answer = await browser.get("/sign-in", params={"next": evil})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/"), evil


async def test_a_program_gets_a_problem_as_everywhere(
    visitor: httpx2.AsyncClient,
) -> None:
    answer = await visitor.get("/shares", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")


async def test_the_navigation_shows_where_one_is(browser: httpx2.AsyncClient) -> None:
    for path, here in (
        ("/", ["Home"]),
        ("/settings/access", ["Settings", "Signing in"]),
        ("/scrobblers", ["Settings", "Scrobblers"]),
        ("/shares", ["Shares"]),
        ("/search", ["Search/"]),
    ):
        page = parse((await browser.get(path)).text)
        current = [
            one for one in page.all("a", "button") if "aria-current" in one.attributes
        ]
        assert [one.text for one in current if one.text != "More"] == here
        assert any(one.text == "More" for one in current) is (
            here[0] in ("Settings", "Shares")
        )


@attack(44, "screens")
async def test_a_screen_is_not_cached_and_sends_no_referrer_elsewhere(
    browser: httpx2.AsyncClient,
) -> None:
    for path in ("/", "/import", "/portraits", "/shares", "/settings"):
        shown = await browser.get(path)
        assert shown.status_code == 200
        assert shown.headers["Cache-Control"] == "private, no-store"
        assert {"Cookie", "Authorization"} <= set(shown.headers["Vary"].split(", "))
        # A form of the page sends its origin, for browsers without Sec-Fetch-Site.
        assert shown.headers["Referrer-Policy"] == "same-origin"


@attack(18, "browser-too-old-for-sec-fetch-site")
async def test_an_old_browser_proves_its_origin_by_the_header_of_that_name(
    browser: httpx2.AsyncClient,
) -> None:
    del browser.headers["Sec-Fetch-Site"]
    form = {"display_name": "Ada", "time_zone": "UTC"}
    statuses = {}
    for origin in ("https://testserver", "null", "https://evil.example", None):
        headers = {} if origin is None else {"Origin": origin}
        answer = await browser.post("/settings", data=form, headers=headers)
        statuses[origin] = answer.status_code
    assert statuses.pop("https://testserver") == 303
    assert set(statuses.values()) == {403}
