"""An app that asks for a session: nothing is granted until a person confirms it."""

import time

import httpx2
import pytest

from tests.attacks import attack
from tests.web.parsed import parse

GRANT = "/api/auth/"
CB = "https://app.example/back?x=1"


async def ask(browser: httpx2.AsyncClient) -> str:
    """The parameters with which an app sends a person to the screen."""
    got = await browser.get("/2.0/?method=auth.getToken&format=json")
    return str(got.json()["token"])


async def state(browser: httpx2.AsyncClient, request: str) -> object:
    """The answer to the app: a name, or the number of an error."""
    form = {"method": "auth.getSession", "token": request}
    answer = (await browser.post("/2.0/?format=json", data=form)).json()
    return answer.get("error") or answer["session"]["name"]


@pytest.mark.parametrize("path", [GRANT, GRANT.rstrip("/")])
async def test_a_request_is_granted_by_a_form(
    browser: httpx2.AsyncClient, path: str
) -> None:
    request = await ask(browser)
    shown = await browser.get(path, params={"api_key": "x" * 32, "token": request})
    page = parse(shown.text)
    assert "An app asks to scrobble" in page.text
    assert "x" * 32 not in shown.text
    assert await state(browser, request) == 14
    hidden = page.one("input", type="hidden").attributes
    assert (hidden["name"], hidden["value"]) == ("token", request)
    sent = {"name": "An app", "token": request}
    granted = await browser.post(path, data=sent)
    assert "Go back to the app" in granted.text
    assert await state(browser, request) == "ada"
    assert "An app" in (await browser.get("/scrobblers")).text


async def test_an_app_with_a_page_of_its_own_is_named_and_linked(
    browser: httpx2.AsyncClient,
) -> None:
    page = parse((await browser.get(GRANT, params={"api_key": "x", "cb": CB})).text)
    assert "app.example" in page.text
    granted = await browser.post(GRANT, data={"name": "App", "cb": CB})
    assert granted.status_code == 200
    link = parse(granted.text).one("a", rel="noreferrer").attributes["href"] or ""
    address, _, request = link.partition("&token=")
    assert address == CB
    assert await state(browser, request) == "ada"


@attack(12, "scrobbler-grant")
async def test_an_address_that_is_no_web_page_is_refused(
    browser: httpx2.AsyncClient,
) -> None:
    for cb in ("javascript:alert(1)", "data:text/html,x", "//app.example", "http:", "http://["):  # fmt: skip
        for answer in (
            await browser.get(GRANT, params={"cb": cb}),
            await browser.post(GRANT, data={"name": "App", "cb": cb}),
        ):
            assert answer.status_code == 422, cb
            assert "This does not work" in answer.text
            assert 'href="javascript' not in answer.text
    assert "App" not in (await browser.get("/scrobblers")).text.split("new")[0]


async def test_expired_or_foreign_requests_are_not_granted(
    browser: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = await ask(browser)
    later = time.time() + 3601
    monkeypatch.setattr(time, "time", lambda: later)
    for bad in (request, request[:-1] + "x", "x", ""):
        shown = await browser.get(GRANT, params={"token": bad})
        assert shown.status_code in (400, 422)
        assert "This does not work" in shown.text
        granted = await browser.post(GRANT, data={"name": "App", "token": bad})
        assert granted.status_code in (400, 422)
    assert await state(browser, request) == 15


async def test_a_request_is_granted_once(browser: httpx2.AsyncClient) -> None:
    request = await ask(browser)
    await browser.post(GRANT, data={"name": "App", "token": request})
    taken = await browser.post(GRANT, data={"name": "App", "token": request})
    assert taken.status_code == 409
    assert "with this name" in taken.text


async def test_after_a_sign_in_the_request_is_shown_again(
    visitor: httpx2.AsyncClient, ada: int
) -> None:
    led = await visitor.get(f"{GRANT}?api_key=x&token=y")
    assert led.status_code == 303
    assert led.headers["Location"] == (
        "/sign-in?next=%2Fapi%2Fauth%2F%3Fapi_key%3Dx%26token%3Dy"
    )
