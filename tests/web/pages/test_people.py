"""The screens of accounts: what an administrator can do there, and others cannot."""

import httpx2
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.auth.factories import PASSWORD, make_user
from tests.conftest import Configure
from tests.exports import extended_row
from tests.music.factories import store
from tests.web.parsed import Element, parse
from unwrapped.auth.models import User
from unwrapped.auth.settings import AuthSettings

NEW = "four odd words apart"


@pytest.fixture
async def administrator(session: AsyncSession, ada: int) -> int:
    """Make Ada an administrator of the server."""
    user = await session.get(User, ada)
    assert user is not None
    user.role = "administrator"  # type: ignore[assignment]  # as the column takes it
    await session.flush()
    return ada


async def read(browser: httpx2.AsyncClient, path: str = "/people") -> Element:
    answer = await browser.get(path)
    assert answer.status_code == 200, answer.text
    return parse(answer.text)


async def test_others_cannot_open_the_screens(browser: httpx2.AsyncClient) -> None:
    refused = await browser.get("/people")
    assert refused.status_code == 403
    assert "Only an administrator" in refused.text
    assert 'href="/people"' not in (await browser.get("/")).text


async def test_an_account_is_made_listed_and_disabled(
    browser: httpx2.AsyncClient, session: AsyncSession, administrator: int
) -> None:
    await store(session, administrator, [[extended_row()]])
    assert 'href="/people"' in (await browser.get("/")).text
    form = {"username": "bob", "password": "short", "time_zone": "UTC"}
    refused = await browser.post("/people", data=form)
    assert refused.status_code == 422
    page = parse(refused.text)
    assert page.one("p", id="password-note").text == "At least 10 characters, please."
    assert page.one("input", id="username").attributes["value"] == "bob"
    made = await browser.post("/people", data=form | {"password": NEW})
    path, _, done = made.headers["Location"].partition("?")
    assert done == "done=account_created"
    lines = [one.text for one in (await read(browser)).all("li")]
    [bob] = [one for one in lines if one.startswith("bob")]
    assert "no sign-in recorded" in bob
    assert "0 listens" in bob
    [own] = [one for one in lines if one.startswith("ada you")]
    assert "Administrator." in own
    assert "1 listen about" in own
    taken = await browser.post("/people", data=form | {"password": NEW})
    assert (taken.status_code, "is taken" in taken.text) == (409, True)
    disabled = await browser.post(f"{path}/disable")
    assert disabled.headers["Location"] == f"{path}?done=disabled"
    assert "Let them in again" in (await read(browser, path)).text
    await browser.post(f"{path}/enable")
    assert "Disable the account" in (await read(browser, path)).text
    assert (await browser.get("/people/999999")).status_code == 404


async def test_setting_a_password_or_a_role_requires_ones_own_password(
    browser: httpx2.AsyncClient, session: AsyncSession, administrator: int
) -> None:
    bob = await make_user(session, username="bob")
    path = f"/people/{bob.id}"
    form = {"new_password": NEW}
    refused = await browser.post(f"{path}/password", data=form)
    assert (refused.status_code, "password is wrong" in refused.text) == (401, True)
    assert NEW not in refused.text
    given = await browser.post(f"{path}/password", data=form | {"your_password": PASSWORD})  # fmt: skip
    assert "The new password is set." in (await read(browser, given.headers["Location"])).text  # fmt: skip
    role = {"role": "administrator", "your_password": PASSWORD}
    handed = await browser.post(f"{path}/role", data=role)
    assert handed.headers["Location"] == f"{path}?done=role"
    assert "An administrator of this server." in (await read(browser, path)).text
    # Ada gives up the role, and is redirected to a screen that she may see.
    own = f"/people/{administrator}"
    assert "Yours is changed in" in (await read(browser, own)).text
    up = await browser.post(f"{own}/role", data=role | {"role": "listener"})
    assert up.headers["Location"] == "/"
    assert (await browser.get("/people")).status_code == 403


async def test_the_last_administrator_cannot_be_disabled_or_give_up_the_role(
    browser: httpx2.AsyncClient, administrator: int
) -> None:
    own = f"/people/{administrator}"
    refused = await browser.post(f"{own}/disable")
    assert refused.status_code == 409
    assert "the only administrator who can sign in" in refused.text
    assert "Disable the account" in refused.text


async def test_registration_can_be_switched_unless_a_setting_decides(
    browser: httpx2.AsyncClient, administrator: int, configure: Configure
) -> None:
    configure(AuthSettings, registration="")
    assert "others can reach the server" in (await read(browser)).text
    opened = await browser.post("/people/registration", data={"is_open": "true"})
    assert opened.headers["Location"] == "/people?done=registration"
    page = await read(browser)
    assert "Anybody who reaches this server" in page.text
    assert page.one("form", action="/people/registration").text == "Close registration"
    configure(AuthSettings, registration="closed")
    page = await read(browser)
    assert "no button changes it" in page.text
    refused = await browser.post("/people/registration", data={"is_open": "true"})
    assert (refused.status_code, "Unset it" in refused.text) == (409, True)
