"""The screen of tasks: running and ended ones, canceling and retrying."""

from datetime import UTC, datetime, timedelta

import httpx2
from sqlalchemy.ext.asyncio import AsyncSession

from tests.music.factories import make_task
from tests.web.parsed import Element, parse
from unwrapped.tasks.models import TaskStatus

AT = datetime(2026, 5, 1, 12, tzinfo=UTC)


async def read(browser: httpx2.AsyncClient, path: str = "/tasks") -> Element:
    answer = await browser.get(path)
    assert answer.status_code == 200, answer.text
    return parse(answer.text)


async def test_a_list_without_tasks_has_a_text(browser: httpx2.AsyncClient) -> None:
    page = await read(browser)
    assert "Nothing. An import, a verdict" in page.text
    assert "None yet." in page.text
    assert "refresh" not in page.text
    assert (await browser.get("/tasks?cursor=x")).status_code == 400


async def test_running_tasks_are_shown_before_waiting_ones(
    browser: httpx2.AsyncClient, session: AsyncSession, ada: int
) -> None:
    running = await make_task(session, ada, status=TaskStatus.PROCESSING, stage="storing", progress=0.4)  # fmt: skip
    before = datetime.now(UTC) - timedelta(minutes=1)
    waiting = await make_task(session, ada, kind="music.analysis", created_at=before)
    page = await read(browser)
    followed = [one for one in page.all("li") if "data-task" in one.attributes]
    assert [one.attributes["data-task"] for one in followed] == [str(running.id)]
    assert "Storing the plays" in followed[0].text
    assert "Waiting for a free worker" in page.text
    cancel = page.one("form", action=f"/tasks/{waiting.id}/cancel")
    assert cancel.text == "Cancel A verdict"
    answer = await browser.post(f"/tasks/{waiting.id}/cancel", data={"listed": "true"})
    assert answer.headers["Location"] == "/tasks?done=task_cancelled"
    assert "Cancelled: nothing of it is stored." in (await read(browser)).text
    # The button on the screen of the task leads back to that screen.
    own = await browser.post(f"/tasks/{waiting.id}/cancel")
    assert own.headers["Location"] == f"/portraits/{waiting.id}"


async def test_ended_tasks_show_their_outcome(
    browser: httpx2.AsyncClient, session: AsyncSession, ada: int
) -> None:
    times = {"started_at": AT, "completed_at": AT + timedelta(seconds=90)}
    done = await make_task(session, ada, status=TaskStatus.COMPLETED, **times)
    failed = {
        "status": TaskStatus.FAILED,
        "error_message": "The zip is damaged.",
        **times,
    }
    hopeless = await make_task(session, ada, **failed)
    again = await make_task(session, ada, kind="music.spotify_sync", attempt=3, retryable=True, **failed)  # fmt: skip
    page = await read(browser)
    assert page.one("a", href=f"/import/{done.id}").text == "An import"
    assert "Done 1 May 2026, 12:01, took 1.5 minutes." in page.text
    assert "Failed: The zip is damaged." in page.text
    assert "It would fail in the same way again." in page.text
    assert page.one("a", href="/settings/sync").text == "A sync from Spotify"
    assert page.one("form", action=f"/tasks/{again.id}/retry").text
    # The list is shown again, with the reason.
    refused = await browser.post(f"/tasks/{hopeless.id}/retry", data={"listed": "true"})
    assert refused.status_code == 409
    assert "It would fail in the same way again: The zip" in refused.text
    ended = await browser.post(f"/tasks/{done.id}/cancel")
    assert (ended.status_code, "completed already" in ended.text) == (409, True)


async def test_earlier_tasks_are_on_later_pages(
    browser: httpx2.AsyncClient, session: AsyncSession, ada: int
) -> None:
    for number in range(31):
        at = AT + timedelta(minutes=number)
        await make_task(session, ada, status=TaskStatus.CANCELLED, created_at=at, completed_at=at)  # fmt: skip
    more = next(one for one in (await read(browser)).all("a") if one.text == "Earlier tasks")  # fmt: skip
    earlier = await read(browser, more.attributes["href"] or "")
    assert earlier.text.count("Cancelled:") == 1
    assert "Under way" not in earlier.text
