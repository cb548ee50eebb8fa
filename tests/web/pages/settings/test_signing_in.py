"""The settings of signing in: which sessions there are."""

from datetime import UTC, datetime, timedelta

import httpx2
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tests.auth.factories import make_web_session
from tests.web.parsed import parse
from unwrapped.auth.models import SessionKind, UserSession
from unwrapped.auth.sessions.opening import open_session


async def test_this_browser_is_first_and_then_the_latest_used(
    browser: httpx2.AsyncClient, session: AsyncSession, ada: int
) -> None:
    await make_web_session(session, ada)
    program = await open_session(session, ada, SessionKind.API)
    for kind, hours in ((SessionKind.WEB, 5), (SessionKind.API, 3)):
        at = datetime.now(UTC) - timedelta(hours=hours)
        await session.execute(
            update(UserSession)
            .where(col(UserSession.kind) == kind)
            .values(last_used_at=at)
        )
    assert program.kind == SessionKind.API
    page = parse((await browser.get("/settings/access")).text)
    names = [
        one.text for one in page.all("span") if one.attributes.get("class") == "name"
    ]
    assert names[:3] == ["This browser", "A program", "A browser"]
    assert page.text.count("in use now") == 1


async def test_tokens_lead_on_to_scrobblers(browser: httpx2.AsyncClient) -> None:
    page = parse((await browser.get("/settings/tokens")).text)
    assert "For a player, see Scrobblers" in page.text
