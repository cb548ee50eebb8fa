"""Lists: their pages, and their texts when they are empty."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx2
from sqlalchemy.ext.asyncio import AsyncSession

from tests.exports import extended_row
from tests.music.factories import (
    STORED_PORTRAIT,
    make_analysis,
    make_task,
    make_upload,
    store,
)
from tests.web.parsed import parse
from unwrapped.music.shares.models import Share


async def test_all_portraits_are_listed_page_by_page(
    browser: httpx2.AsyncClient, session: AsyncSession, ada: int
) -> None:
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(70):
        at = begin + timedelta(days=number)
        await make_analysis(session, ada, title=f"Verdict {number}", created_at=at)
    path, seen = "/portraits", list[str]()
    while path:
        page = parse((await browser.get(path)).text)
        links = list(page.all("a"))
        seen += [one.text for one in links if one.text.startswith("Verdict ")]
        more = [one for one in links if one.text == "Earlier portraits"]
        path = more[0].attributes["href"] or "" if more else ""
    assert seen == [f"Verdict {number}" for number in reversed(range(70))]
    assert (await browser.get("/portraits?cursor=x")).status_code == 400


async def test_home_shows_the_next_step(
    browser: httpx2.AsyncClient, session: AsyncSession, ada: int
) -> None:
    assert "Drop your zip here" in (await browser.get("/")).text
    await store(session, ada, [[extended_row()]])
    ready = parse((await browser.get("/")).text)
    assert ready.one("h1").text == "Your plays are in"
    assert ready.one("form", action="/portraits").text == "Judge all of it"
    task = await make_task(session, ada, kind="music.import")
    assert f"/import/{task.id}" in (await browser.get("/")).text
    made = await make_analysis(session, ada, portrait=STORED_PORTRAIT)
    nothing_shared = await browser.get("/")
    assert f"/portraits/{made.id}" in nothing_shared.text
    assert "Nobody sees a verdict until" in nothing_shared.text
    session.add(Share(user_id=ada, analysis_id=made.id, token_hash=uuid4().hex))
    await session.flush()
    assert "until you revoke it" in (await browser.get("/")).text


async def test_import_explains_at_any_time_where_histories_come_from(
    browser: httpx2.AsyncClient, session: AsyncSession, ada: int
) -> None:
    for folds in (0, 1):
        page = parse((await browser.get("/import")).text)
        assert len([*page.all("details")]) == folds
        assert "Where your history comes from" in page.text
        assert "lastfm-to-csv" in page.text
        await make_upload(session, ada)


async def test_times_are_those_of_the_account(
    browser: httpx2.AsyncClient, session: AsyncSession, ada: int
) -> None:
    at = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    await make_analysis(session, ada, created_at=at)
    form = {"display_name": "Ada", "time_zone": "Asia/Tokyo"}
    assert (await browser.post("/settings", data=form)).status_code == 303
    shown = parse((await browser.get("/portraits")).text)
    assert "judged 1 July 2026, 08:30" in shown.text
