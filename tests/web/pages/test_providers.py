"""Accounts at providers: signing in with them, linking, unlinking, and the sync."""

from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from tests.auth.factories import make_linked_account
from tests.auth.oauth.conftest import sandbox, spotify
from tests.sandbox.running import Running
from tests.web.parsed import parse
from unwrapped.auth.models import LinkedAccount
from unwrapped.auth.oauth.cookie import COOKIE

__all__ = ["sandbox", "spotify"]

ACCESS, SYNC = "/settings/access", "/settings/sync"
LINK = f"{ACCESS}/providers/spotify/link"


@pytest.mark.usefixtures("ada", "spotify")
async def test_signing_in_offers_providers_and_keeps_the_next_path(
    visitor: httpx2.AsyncClient,
) -> None:
    shown = parse((await visitor.get("/sign-in?next=/shares")).text)
    [way] = [one for one in shown.all("a") if "Spotify" in one.text]
    assert way.attributes["href"] == "/api/v1/auth/spotify/login?next=%2Fshares"


async def test_linking_shows_a_link_to_the_provider(
    browser: httpx2.AsyncClient, spotify: Running
) -> None:
    """The policy `form-action` would block a form that redirects to another service."""
    for form, goes_to in (({}, ACCESS), ({"access": "on"}, SYNC)):
        answer = await browser.post(LINK, data=form)
        assert answer.status_code == 200
        assert COOKIE in answer.headers["Set-Cookie"]
        [way] = [
            one.attributes["href"] or ""
            for one in parse(answer.text).all("a")
            if one.attributes.get("class") == "button"
        ]
        assert way.startswith(spotify.address)
        scope = parse_qs(urlsplit(way).query).get("scope", [""])
        assert ("user-read-recently-played" in scope[0]) == (goes_to == SYNC)
    unknown = await browser.post(LINK.replace("spotify", "nobody"))
    assert unknown.status_code == 404


@pytest.mark.usefixtures("spotify")
async def test_an_account_is_unlinked(
    browser: httpx2.AsyncClient, session: AsyncSession, ada: int
) -> None:
    await make_linked_account(session, ada, display_name="Ada \u202e elsewhere")
    shown = await browser.get(ACCESS)
    assert "Ada elsewhere" in parse(shown.text).text
    assert "\u202e" not in shown.text
    answer = await browser.post(f"{ACCESS}/providers/spotify/unlink")
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        f"{ACCESS}?done=unlinked",
    )
    left = await session.scalar(select(func.count()).select_from(LinkedAccount))
    assert left == 0


@pytest.mark.usefixtures("spotify")
async def test_the_sync_requires_access_and_agreement(
    browser: httpx2.AsyncClient,
) -> None:
    shown = parse((await browser.get(SYNC)).text)
    assert shown.one("form", action=LINK).one("input").attributes["name"] == "access"
    assert (await browser.post(SYNC)).status_code == 422
    refused = await browser.post(SYNC, data={"agreed": "on"})
    assert refused.status_code == 409
    assert "read your last plays first" in refused.text
    assert (await browser.post(f"{SYNC}/begin")).status_code == 409
    assert (await browser.post(f"{SYNC}/end")).status_code == 303
