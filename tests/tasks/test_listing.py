"""The listing of a user's tasks: pages, filters, the latest first."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest

from tests.auth.factories import SignedIn, make_session, sign_in
from tests.music.factories import make_task
from unwrapped.core.process_resources import Resources
from unwrapped.tasks.models import TaskStatus

URL = "/api/v1/tasks"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
IMPORT, ANALYSIS = "music.import", "music.analysis"
SECRET = "the listener's secret"  # noqa: S105 - what must not be shown


class Listener:
    """Somebody who looks at their tasks."""

    def __init__(
        self, client: httpx2.AsyncClient, resources: Resources, signed: SignedIn
    ) -> None:
        self._client = client
        self._resources = resources
        self.signed = signed

    async def make(self, minute: int, **columns: Any) -> str:
        """A task that was begun `minutes` after noon."""
        begun = {"created_at": NOON + timedelta(minutes=minute)}
        async with self._resources.database.session() as session:
            task = await make_task(session, self.signed.id, **begun | columns)
        return str(task.id)

    async def get(self, **params: str) -> httpx2.Response:
        """Request the listing."""
        return await self._client.get(URL, params=params, headers=self.signed.headers)

    async def ids(self, **params: str) -> list[str]:
        """The tasks of all pages."""
        seen: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            more = {"cursor": cursor} if cursor else {}
            page = (await self.get(**params | more)).json()
            assert len(page["items"]) <= int(params.get("limit", 50))
            seen += [task["id"] for task in page["items"]]
            cursor = page["next_cursor"]
        return seen


@pytest.fixture
async def ada(client: httpx2.AsyncClient, resources: Resources) -> Listener:
    """A user with an empty list."""
    return Listener(client, resources, await sign_in(resources))


async def test_a_person_without_tasks_gets_an_empty_page(ada: Listener) -> None:
    assert (await ada.get()).json() == {"items": [], "next_cursor": None}


async def test_pages_hold_each_task_once_the_latest_first(ada: Listener) -> None:
    made = [await ada.make(minute) for minute in (3, 1, 2, 0)]
    # Begun in the same moment: the id decides.
    twins = sorted((await ada.make(5), await ada.make(5), await ada.make(5)))
    latest_first = [*reversed(twins), made[0], made[2], made[1], made[3]]
    for limit in ("1", "3", "7", "50"):
        assert await ada.ids(limit=limit) == latest_first


async def test_a_task_that_is_begun_between_two_pages_moves_no_other(
    ada: Listener,
) -> None:
    made = [await ada.make(minute) for minute in range(4)]
    first = (await ada.get(limit="2")).json()
    await ada.make(9)
    second = (await ada.get(limit="2", cursor=first["next_cursor"])).json()
    seen = [task["id"] for task in first["items"] + second["items"]]
    assert seen == list(reversed(made))


async def test_kinds_and_statuses_filter_the_listing(ada: Listener) -> None:
    made: dict[tuple[str, TaskStatus], list[str]] = {}
    both = list(itertools.product((IMPORT, ANALYSIS), TaskStatus))
    for minute, (kind, status) in enumerate(both * 2):
        task_id = await ada.make(minute, kind=kind, status=status)
        made.setdefault((kind, status), []).insert(0, task_id)
    for (kind, status), ids in made.items():
        assert await ada.ids(kind=kind, status=status) == ids
    assert len(await ada.ids(kind=ANALYSIS, limit="4")) == 10
    assert len(await ada.ids(status="failed")) == 4
    assert await ada.ids(kind="tests.other") == []
    assert len(await ada.ids(limit="6")) == 20


@pytest.mark.parametrize(
    "params",
    [
        {"status": "lost"},
        {"status": ""},
        {"kind": "x" * 101},
        {"kind": "a\x00b"},
        {"limit": "0"},
        {"limit": "100000"},
    ],
    ids=str,
)
async def test_an_invalid_filter_is_malformed(
    ada: Listener, params: dict[str, str]
) -> None:
    answer = await ada.get(**params)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")


async def test_a_cursor_of_another_listing_is_refused(
    ada: Listener, client: httpx2.AsyncClient, resources: Resources
) -> None:
    async with resources.database.session() as session:
        for _ in range(2):
            await make_session(session, ada.signed.id)
    sessions = await client.get(
        "/api/v1/auth/sessions", params={"limit": 1}, headers=ada.signed.headers
    )
    answer = await ada.get(cursor=sessions.json()["next_cursor"])
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")


async def test_the_listing_shows_of_a_task_what_its_own_address_shows(
    ada: Listener, client: httpx2.AsyncClient
) -> None:
    task_id = await ada.make(
        1,
        status="completed",
        params={"name": SECRET},
        result_data={"title": SECRET},
        request_id=SECRET,
        key=SECRET,
    )
    listed = await ada.get()
    read = await client.get(f"{URL}/{UUID(task_id)}", headers=ada.signed.headers)
    assert listed.json()["items"] == [read.json()]
    assert SECRET not in listed.text


async def test_the_tasks_of_others_are_not_listed(
    ada: Listener, client: httpx2.AsyncClient, resources: Resources
) -> None:
    await ada.make(1)
    bob = Listener(client, resources, await sign_in(resources))
    theirs = await bob.make(2)
    assert await bob.ids() == [theirs]
    assert theirs not in await ada.ids()
    assert (await client.get(URL)).status_code == 401
