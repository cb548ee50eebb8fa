"""The first account, registration, signing in by a code, and the files for everybody."""

import httpx2
import pytest
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from tests.attacks import attack
from tests.auth.factories import PASSWORD
from tests.conftest import Configure
from tests.web.parsed import parse
from unwrapped.auth.models import UserSession
from unwrapped.auth.sessions import sign_in_codes as codes
from unwrapped.auth.sessions.sign_in_codes import sign_in_codes
from unwrapped.auth.settings import AuthSettings
from unwrapped.core.process_resources import Resources

NEW = {"username": "grace", "password": "four odd words apart"}
CODE = "/sign-in/code"


async def test_an_empty_server_begins_with_the_first_account(
    visitor: httpx2.AsyncClient,
) -> None:
    for path in ("/", "/sign-in", "/register"):
        answer = await visitor.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/welcome")
    made = await visitor.post("/welcome", data=NEW | {"time_zone": "Europe/Berlin"})
    assert (made.status_code, made.headers["Location"]) == (303, "/?done=first_account")
    home = await visitor.get(made.headers["Location"])
    assert "It administers this server" in home.text
    account = (await visitor.get("/api/v1/auth/me")).json()
    assert (account["display_name"], account["time_zone"]) == ("grace", "Europe/Berlin")
    assert (await visitor.get("/welcome")).headers["Location"] == "/sign-in"


@pytest.mark.usefixtures("ada")
async def test_others_register_if_registration_is_open(
    visitor: httpx2.AsyncClient, configure: Configure
) -> None:
    assert (await visitor.get("/")).headers["Location"] == "/sign-in"
    closed = await visitor.get("/register")
    assert closed.status_code == 403
    assert "accepts no new accounts" in closed.text
    for path in ("/register", "/welcome"):
        assert (await visitor.post(path, data=NEW)).status_code == 403
    assert "/register" not in (await visitor.get("/sign-in")).text
    configure(AuthSettings, registration="open")
    assert "/register" in (await visitor.get("/sign-in")).text
    assert (await visitor.get("/register")).status_code == 200
    made = await visitor.post("/register", data=NEW)
    assert (made.status_code, made.headers["Location"]) == (303, "/")


SAFARI = "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15"
CHROME = "Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36"  # fmt: skip


@pytest.mark.parametrize(
    ("scheme", "agent", "warns"),
    [("http", SAFARI, True), ("https", SAFARI, False), ("http", CHROME, False)],
)
async def test_browsers_that_need_https_are_warned(
    visitor: httpx2.AsyncClient, scheme: str, agent: str, warns: bool
) -> None:
    page = await visitor.get(
        f"{scheme}://testserver/welcome", headers={"User-Agent": agent}
    )
    assert ("serve --https" in page.text) is warns


async def test_signing_out_ends_the_session(browser: httpx2.AsyncClient) -> None:
    answer = await browser.post("/sign-out")
    where = "/sign-in?done=signed_out_here"
    assert (answer.status_code, answer.headers["Location"]) == (303, where)
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert "You are signed out." in (await browser.get(where)).text


async def test_a_browser_that_was_signed_out_elsewhere_is_informed(
    browser: httpx2.AsyncClient, session: AsyncSession
) -> None:
    await session.execute(delete(UserSession))
    for path, joint in (("/", "?"), ("/shares", "&")):
        led = (await browser.get(path)).headers["Location"]
        assert led.endswith(f"{joint}done=session_ended")
        assert "signed out from elsewhere" in (await browser.get(led)).text


async def test_the_end_of_an_account_is_confirmed(browser: httpx2.AsyncClient) -> None:
    """Also where the page to sign in leads on, because nobody is left."""
    gone = await browser.post("/settings/data/delete", data={"password": PASSWORD})
    led = await browser.get(gone.headers["Location"])
    assert led.headers["Location"] == "/welcome?done=account_deleted"
    assert "The account is deleted" in (await browser.get(led.headers["Location"])).text


@attack(16, "sign-in-code")
async def test_a_code_signs_in_once(
    visitor: httpx2.AsyncClient, resources: Resources, ada: int
) -> None:
    code = sign_in_codes(resources).issue(ada)
    first = await visitor.post(CODE, data={"code": code})
    assert (first.status_code, first.headers["Location"]) == (303, "/")
    assert (await visitor.get("/api/v1/auth/me")).json()["username"] == "ada"
    visitor.cookies.clear()
    for wrong in (code, "", "x" * 90, "\x00"):
        again = await visitor.post(CODE, data={"code": wrong})
        assert again.status_code in (401, 422)
        assert "set-cookie" not in again.headers


@attack(16, "sign-in-code-too-late-or-from-elsewhere")
@pytest.mark.parametrize("how", ["late", "proxied", "elsewhere"])
async def test_a_code_is_valid_on_this_machine_for_a_minute(
    visitor: httpx2.AsyncClient,
    resources: Resources,
    session: AsyncSession,
    ada: int,
    how: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if how == "late":
        monkeypatch.setattr(codes, "LIFETIME_SECONDS", -1.0)
    code = sign_in_codes(resources).issue(ada)
    headers = {"X-Forwarded-For": "127.0.0.1"} if how == "proxied" else {}
    if how == "elsewhere":
        visitor._transport.client = ("198.51.100.9", 1)  # type: ignore[attr-defined]  # as if from there
    answer = await visitor.post(CODE, data={"code": code}, headers=headers)
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


async def test_the_page_can_be_installed_as_an_app(visitor: httpx2.AsyncClient) -> None:
    shown = parse((await visitor.get("/sign-in", follow_redirects=True)).text)
    link = shown.one("link", rel="manifest").attributes["href"] or ""
    answer = await visitor.get(link)
    assert answer.headers["Content-Type"] == "application/manifest+json"
    manifest = answer.json()
    assert (manifest["start_url"], manifest["display"]) == ("/", "standalone")
    assert {icon["sizes"] for icon in manifest["icons"]} == {"192x192", "512x512"}
    for icon in manifest["icons"]:
        png = await visitor.get(icon["src"])
        assert png.content.startswith(b"\x89PNG")


async def test_the_icon_and_the_rules_for_robots(visitor: httpx2.AsyncClient) -> None:
    icon = await visitor.get("/favicon.ico")
    assert (icon.status_code, icon.headers["Content-Type"]) == (200, "image/x-icon")
    robots = await visitor.get("/robots.txt")
    assert robots.text == "User-agent: *\nDisallow: /\n"
    script = await visitor.get("/sign-in", follow_redirects=True)
    for one in parse(script.text).all("script"):
        answer = await visitor.get(one.attributes["src"] or "")
        assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
