"""The stream of a task's events over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

import fastapi.routing
import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import event

from tests.auth.factories import SignedIn, sign_in
from tests.conftest import MakeClient
from tests.core.served import served
from tests.tasks.events import Event, events_of
from tests.tasks.workplace import Workplace, kind_of
from unwrapped.core.config import Settings
from unwrapped.core.process_resources import Resources
from unwrapped.tasks.execution.runner import TaskRunner
from unwrapped.tasks.execution.running_task import RunningTask
from unwrapped.tasks.serving import feed as feeds
from unwrapped.tasks.serving.web_process import web_tasks

KIND = "tests.work"
SECRET = "the listener's secret"  # noqa: S105 - what must not be shown
MEDIA_TYPE = "application/problem+json"
PATIENCE_SECONDS = 30.0
LONG, MANY = "x" * 1_000_000, 14
"""Stages and changes too large for all buffers on the way."""


@dataclass(frozen=True, slots=True)
class Served:
    """The service on a socket of its own, with somebody who is signed in."""

    workplace: Workplace
    ada: SignedIn
    client: httpx2.AsyncClient

    def path(self, task_id: UUID) -> str:
        """The path of a task's events."""
        return f"/api/v1/tasks/{task_id}/events"

    @asynccontextmanager
    async def watch(
        self, task_id: UUID, **headers: str
    ) -> AsyncIterator[AsyncIterator[Event]]:
        """The events of a task; the client leaves with the context."""
        stream = self.client.stream(
            "GET", self.path(task_id), headers=self.ada.headers | headers
        )
        async with asyncio.timeout(PATIENCE_SECONDS), stream as answer:
            assert answer.status_code == 200
            yield events_of(answer)


@pytest.fixture
async def service(
    app: FastAPI,
    settings: Settings,
    cloned_resources: Resources,
    make_client: MakeClient,
    workplace: Workplace,
) -> AsyncIterator[Served]:
    """The service on loopback, on the test's database."""
    make_client(cloned_resources)  # gives the application its resources
    ada = await sign_in(cloned_resources)
    mine = Workplace(cloned_resources, ada.id)
    async with (
        served(app, settings) as port,
        httpx2.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_SECONDS
        ) as client,
    ):
        yield Served(mine, ada, client)
        web_tasks(cloned_resources).feed.stop()


async def test_a_stream_shows_the_current_state_each_change_and_the_end(
    service: Served,
) -> None:
    task_id = await service.workplace.begin(KIND)
    steps = [
        "status = 'processing', attempt = 1, started_at = now()",
        "progress = 0.25, stage = 'reading'",
        "progress = 0.5, stage = 'storing'",
        "status = 'completed', progress = 1, stage = NULL, completed_at = now()",
    ]
    path = f"/api/v1/tasks/{task_id}"
    reply, read = [], []
    async with service.watch(task_id) as events:
        reply.append(await anext(events))
        for step in steps:
            answer = await service.client.get(path, headers=service.ada.headers)
            read.append(answer.json())
            await service.workplace.change(task_id, step)
            reply.append(await anext(events))
        # The stream ends by itself.
        assert [event async for event in events] == []
    answer = await service.client.get(path, headers=service.ada.headers)
    read.append(answer.json())
    assert [event.id for event in reply] == ["1", "2", "3", "4", "5"]
    assert [event.task for event in reply] == read
    progress = [(event.task["progress"], event.task["stage"]) for event in reply]
    assert progress == [(0, None), (0, None), (0.25, "reading"), (0.5, "storing"), (1, None)]  # fmt: skip


async def test_a_client_that_reconnects_gets_the_current_state(
    service: Served,
) -> None:
    task_id = await service.workplace.begin(KIND)
    async with service.watch(task_id) as events:
        assert (await anext(events)).id == "1"
    await service.workplace.change(task_id, "progress = 0.5")
    for seen in ("1", "2", "nonsense"):
        async with service.watch(task_id, **{"Last-Event-ID": seen}) as events:
            now = await anext(events)
        assert (now.id, now.task["progress"]) == ("2", 0.5)
    await service.workplace.change(
        task_id, "status = 'completed', completed_at = now()"
    )
    answer = await service.client.get(
        service.path(task_id), headers=service.ada.headers
    )
    # It is not cached or buffered on the way.
    assert answer.headers["content-type"].split(";")[0] == "text/event-stream"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["x-accel-buffering"] == "no"
    assert answer.text.count("data: ") == 1


async def test_the_events_of_a_task_are_its_owner_s_alone(service: Served) -> None:
    somebody = await sign_in(service.workplace.resources)
    theirs = await Workplace(service.workplace.resources, somebody.id).begin(KIND)
    answers = [
        await service.client.get(service.path(task_id), headers=service.ada.headers)
        for task_id in (theirs, uuid4())
    ]
    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (404, "task_not_found")
        assert answer.headers["content-type"] == MEDIA_TYPE
    assert answers[0].json() == answers[1].json()
    for headers in ({}, {"Authorization": "Bearer nonsense"}):
        answer = await service.client.get(service.path(theirs), headers=headers)
        assert answer.status_code == 401
        assert answer.headers["content-type"] == MEDIA_TYPE


async def test_a_stream_says_now_and_then_that_it_is_there_for_ten_minutes(
    service: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert feeds.LONGEST_STREAM_SECONDS == 600
    monkeypatch.setattr(feeds, "LONGEST_STREAM_SECONDS", 0.5)
    monkeypatch.setattr(fastapi.routing, "_PING_INTERVAL", 0.05)
    task_id = await service.workplace.begin(KIND)
    answer = await service.client.get(
        service.path(task_id), headers=service.ada.headers
    )
    lines = answer.text.splitlines()
    assert ": ping" in lines
    assert [line for line in lines if line.startswith("id: ")] == ["id: 1"]


async def test_a_stream_ends_when_the_account_is_deleted(service: Served) -> None:
    task_id = await service.workplace.begin(KIND)
    async with service.watch(task_id) as events:
        await anext(events)
        await service.workplace.execute(
            'DELETE FROM "user" WHERE id = :id', id=service.ada.id
        )
        assert [event async for event in events] == []


async def test_a_client_that_does_not_read_delays_nobody(
    service: Served,
) -> None:
    """A client that stops reading: the buffers on the way fill, and then it is skipped."""
    slow_one, lively_one = [await service.workplace.begin(KIND, key) for key in "ab"]
    async with service.watch(slow_one) as slow, service.watch(lively_one) as lively:
        await anext(slow)
        await anext(lively)
        for number in range(1, MANY + 1):
            await service.workplace.change(slow_one, f"stage = '{number} {LONG}'")
            await service.workplace.change(lively_one, f"progress = {number / 100}")
            assert (await anext(lively)).task["progress"] == number / 100
        await service.workplace.change(
            slow_one, "status = 'failed', completed_at = now()"
        )
        reply = [int(event.id) async for event in slow]
    assert reply == sorted(reply)
    assert reply[-1] == MANY + 2
    assert len(reply) < MANY


@pytest.mark.parametrize("changes", [0, MANY], ids=["idle", "that stopped reading"])
async def test_nothing_is_kept_of_clients_that_have_left(
    service: Served, changes: int
) -> None:
    left, kept = [await service.workplace.begin(KIND, key) for key in "ab"]
    async with AsyncExitStack() as leaving:
        for _ in range(3):
            await anext(await leaving.enter_async_context(service.watch(left)))
        for number in range(changes):
            await service.workplace.change(left, f"stage = '{number} {LONG}'")
    reads: list[object] = []
    engine = service.workplace.resources.database.engine.sync_engine
    event.listen(engine, "checkout", lambda *_: reads.append(object()))
    async with service.watch(kept) as events:
        await anext(events)
        # The server learns of it a moment later: then one of these is read, and not both.
        while len(reads) != 3:
            reads.clear()
            await service.workplace.change(left, "progress = 0.5")
            await service.workplace.change(kept, "progress = 0.5")
            await anext(events)


async def test_an_unexpected_error_is_shown_to_nobody(service: Served) -> None:
    async def work(task: RunningTask) -> None:
        raise ValueError(SECRET)

    task_id = await service.workplace.begin(KIND)
    async with service.watch(task_id) as events:
        reply = [await anext(events)]
        await TaskRunner(service.workplace.resources).run(kind_of(work), task_id)
        reply += [event async for event in events]
    assert reply[-1].task["error_code"] == "internal_error"
    path = f"/api/v1/tasks/{task_id}"
    for answer in (path, f"{path}/result", "/api/v1/tasks"):
        read = await service.client.get(answer, headers=service.ada.headers)
        assert SECRET not in read.text
        assert "ValueError" not in read.text
    assert SECRET not in repr(reply)
    assert SECRET not in repr(await service.workplace.row(task_id))
