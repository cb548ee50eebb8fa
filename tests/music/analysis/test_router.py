"""Analyses over HTTP: begin, status, result."""

import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
import jsonschema
import pytest
from sqlalchemy import func, select, update
from sqlmodel import col

from tests.auth.factories import SignedIn, sign_in
from tests.conftest import MakeClient
from tests.exports import Row, account_row, as_json, track
from tests.music.factories import (
    analysed,
    count_jobs,
    imported,
    make_analysis,
    make_task,
    store,
)
from unwrapped.core.process_resources import Resources
from unwrapped.main import DOMAINS
from unwrapped.music.analysis.models import Analysis
from unwrapped.music.history.period import Period
from unwrapped.music.listens.filters import ListenFilter
from unwrapped.music.listens.service import ListenService
from unwrapped.shared.zones import parse_zone
from unwrapped.tasks.execution.runner import TaskRunner
from unwrapped.tasks.kinds import kinds_of
from unwrapped.tasks.models import BackgroundTask

URL = "/api/v1/music/analysis"
VALID = jsonschema.Draft202012Validator(
    json.loads(
        Path(__file__).parents[3].joinpath("docs/verdict.schema.json").read_text()
    )
)

ROWS: list[Row] = [
    track(
        f"Artist {n % 7}",
        f"Song {n % 31}",
        f"uri:{n % 31}",
        ts=f"{2023 + n % 2}-05-{1 + n % 28:02}T{n % 24:02}:{n % 60:02}:00Z",
        ms_played=200_000,
    )
    for n in range(200)
]


class Listener:
    """A listener who is signed in and requests analyses."""

    def __init__(
        self, client: httpx2.AsyncClient, resources: Resources, signed: SignedIn
    ) -> None:
        self.client = client
        self.resources = resources
        self.id = signed.id
        self.headers = signed.headers

    async def begin(self, **params: str) -> httpx2.Response:
        return await self.client.post(
            f"{URL}/begin", params=params, headers=self.headers
        )

    async def get(self, what: str, **params: str) -> httpx2.Response:
        return await self.client.get(
            f"{URL}/{what}", params=params, headers=self.headers
        )

    async def store(self, rows: list[Row]) -> None:
        async with self.resources.database.session() as session:
            await store(session, self.id, [rows])

    async def tasks(self) -> int:
        async with self.resources.database.session() as session:
            count = select(func.count()).where(col(BackgroundTask.user_id) == self.id)
            return await session.scalar(count) or 0


@pytest.fixture
async def ada(client: httpx2.AsyncClient, resources: Resources) -> Listener:
    """A listener, in the transaction that is rolled back."""
    return Listener(client, resources, await sign_in(resources))


@pytest.fixture
async def cy(common_resources: Resources, make_client: MakeClient) -> Listener:
    """A listener on a database of their own, so that tasks can run."""
    signed = await sign_in(common_resources, time_zone="America/Lima")
    return Listener(make_client(common_resources), common_resources, signed)


async def test_without_listens_there_is_nothing_to_analyse(ada: Listener) -> None:
    refused = await ada.begin()
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing_to_analyse")
    assert await ada.tasks() == 0
    for what in ("status", "result"):
        missing = await ada.get(what)
        assert (missing.status_code, missing.json()["code"]) == (404, "task_not_found")


async def test_listens_of_others_are_not_analysed(ada: Listener) -> None:
    bob = Listener(ada.client, ada.resources, await sign_in(ada.resources))
    await bob.store(ROWS[:1])
    assert (await ada.begin()).status_code == 409


async def test_beginning_is_idempotent_for_the_same_period_and_zone(
    ada: Listener,
) -> None:
    await ada.store(ROWS[:1])
    begun = await ada.begin()
    assert begun.status_code == 202
    assert (begun.json()["kind"], begun.json()["status"]) == (
        "music.analysis",
        "pending",
    )
    same: list[dict[str, str]] = [{"period": "all"}, {"tz": "UTC"}, {}]
    for params in same:
        assert (await ada.begin(**params)).json() == begun.json()
    others: list[dict[str, str]] = [
        {"period": "2023"},
        {"tz": "Europe/Berlin"},
        {"period": "2023-05"},
    ]
    ids = {(await ada.begin(**params)).json()["id"] for params in others}
    assert len(ids | {begun.json()["id"]}) == 4
    whole = await ada.begin(period="2023-01-01..2023-12-31")
    assert whole.json()["id"] in ids
    async with ada.resources.database.session() as session:
        assert await count_jobs(session) == await ada.tasks() == 4


async def test_many_requests_at_once_begin_one_task(cy: Listener) -> None:
    await cy.store(ROWS[:1])
    async with cy.resources.database.session() as session:
        before = await count_jobs(session)
    answers = await asyncio.gather(*(cy.begin() for _ in range(10)))
    assert len({answer.json()["id"] for answer in answers}) == 1
    async with cy.resources.database.session() as session:
        assert (await count_jobs(session) - before, await cy.tasks()) == (1, 1)


BAD: list[tuple[dict[str, str], int]] = [
    ({"period": "yesterday"}, 400),
    ({"period": "2023-02-30..2023-03-01"}, 400),
    ({"tz": "Mars/Olympus"}, 400),
    ({"tz": "Europe/Berlin\x00"}, 422),
    ({"period": "x" * 201}, 422),
]


async def test_invalid_input_begins_no_task(ada: Listener) -> None:
    await ada.store(ROWS[:1])
    for params, status in BAD:
        assert (await ada.begin(**params)).status_code == status, params
        assert await ada.tasks() == 0


async def test_analyses_of_others_are_not_found(ada: Listener) -> None:
    bob = Listener(ada.client, ada.resources, await sign_in(ada.resources))
    await bob.store(ROWS[:1])
    theirs = (await bob.begin()).json()["id"]
    async with ada.resources.database.session() as session:
        other_kind = (await make_task(session, ada.id, status="completed")).id
    for what in ("status", "result"):
        for task in (theirs, str(other_kind), str(uuid4())):
            missing = await ada.get(what, task=task)
            assert missing.status_code == 404
            assert missing.json()["code"] == "task_not_found"
        assert (await ada.get(what, task="x")).status_code == 422
        assert (await ada.get(what)).status_code == 404


async def test_an_unfinished_task_has_no_result_yet(ada: Listener) -> None:
    await ada.store(ROWS[:1])
    task = (await ada.begin()).json()["id"]
    for status in ("pending", "processing"):
        change = {"status": status, "stage": "judging", "progress": 0.4}
        async with ada.resources.database.session() as session:
            await session.execute(update(BackgroundTask).values(change))
        refused = await ada.get("result", task=task)
        assert refused.status_code == 409
        assert refused.json()["code"] == "task_not_completed"
        assert status in refused.json()["detail"]
        reply = (await ada.get("status")).json()
        assert (reply["id"], reply["status"]) == (task, status)
        assert (reply["stage"], reply["progress"]) == ("judging", 0.4)


@pytest.mark.parametrize("status", ["failed", "cancelled"])
async def test_the_result_of_a_failed_task_is_its_reason(
    ada: Listener, status: str
) -> None:
    async with ada.resources.database.session() as session:
        await make_task(
            session,
            ada.id,
            kind="music.analysis",
            status=status,
            error_code="why",
            error_message="There was no play.",
        )
    refused = await ada.get("result")
    assert (refused.status_code, refused.json()["code"]) == (409, "task_failed")
    reason = "There was no play." if status == "failed" else "cancelled"
    assert reason in refused.json()["detail"]


async def test_a_period_without_plays_fails_with_its_reason(cy: Listener) -> None:
    await cy.store(ROWS)
    task = UUID((await cy.begin(period="2019")).json()["id"])
    await TaskRunner(cy.resources).run(kinds_of(DOMAINS)["music.analysis"], task)
    reply = (await cy.get("status")).json()
    assert reply["status"] == "failed"
    refused = await cy.get("result")
    assert refused.status_code == 409
    assert "2023, 2024" in refused.json()["detail"]
    assert reply["error_message"] in refused.json()["detail"]
    again = await cy.begin(period="2019")
    assert again.json()["id"] != str(task)


async def test_a_portrait_from_the_import_to_the_stored_result(cy: Listener) -> None:
    files = {"my name.json": as_json(ROWS), "b.json": as_json([account_row()])}
    await imported(cy.resources, cy.id, files)
    begun = (await cy.begin(period="2024")).json()
    task = UUID(begun["id"])
    await TaskRunner(cy.resources).run(kinds_of(DOMAINS)["music.analysis"], task)
    reply = (await cy.get("status", task=str(task))).json()
    assert (reply["status"], reply["progress"]) == ("completed", 1.0), reply
    result = await cy.get("result")
    assert result.status_code == 200
    assert result.headers["content-type"] == "application/json"
    portrait: dict[str, Any] = result.json()
    VALID.validate(portrait)
    assert portrait["period"]["text"] == "2024"
    assert portrait["zone"] == "America/Lima"
    assert [file["path"] for file in portrait["books"]["files"]] == [
        "b.json",
        "my name.json",
    ]
    short = await cy.client.get(f"/api/v1/tasks/{task}/result", headers=cy.headers)
    assert short.json() == {"title": portrait["verdict"]["title"]}
    async with cy.resources.database.session() as session:
        analysis = await session.get_one(Analysis, task)
    assert (analysis.period, analysis.zone) == ("2024", "America/Lima")
    assert analysis.title == portrait["verdict"]["title"]
    public = json.loads(analysis.public_portrait)
    VALID.validate(public)
    assert public.pop("books") == {
        "total": portrait["books"]["total"],
        "files": [],
        "skipped": [],
        "more_skipped": 0,
        "warnings": [],
    }
    del portrait["books"]
    assert public == portrait


async def test_later_imports_and_removals_do_not_change_an_analysis(
    cy: Listener,
) -> None:
    await cy.store(ROWS)
    task = str(await analysed(cy.resources, cy.id, "2023"))
    before = (await cy.get("result")).content
    later = track("New", "Newer", "uri:new", ts="2025-01-01T00:00:00Z")
    await cy.store([later] * 3)
    assert (await cy.get("result")).content == before
    # The latest analysis is the default.
    second = await analysed(cy.resources, cy.id, "2025")
    assert (await cy.get("result")).json()["period"]["text"] == "2025"
    assert (await cy.get("status")).json()["id"] == str(second)
    assert (await cy.get("result", task=task)).content == before
    async with cy.resources.database.session() as session:
        everything = ListenFilter(period=Period(), zone=parse_zone("UTC"))
        await ListenService(session).delete_listens(cy.id, everything)
    assert (await cy.get("result", task=task)).content == before
    assert (await cy.begin()).status_code == 409


async def test_the_portrait_of_another_listener_is_never_returned(
    ada: Listener,
) -> None:
    """This holds even if ids coincide."""
    bob = await sign_in(ada.resources)
    async with ada.resources.database.session() as session:
        task = await make_task(
            session, ada.id, kind="music.analysis", status="completed", result_data={}
        )
        await make_analysis(session, bob.id, id=task.id)
    missing = await ada.get("result")
    assert missing.status_code == 404


@pytest.mark.parametrize("path", ["begin", "status", "result"])
async def test_requests_without_a_session_are_refused(
    client: httpx2.AsyncClient, path: str
) -> None:
    method = "POST" if path == "begin" else "GET"
    assert (await client.request(method, f"{URL}/{path}")).status_code == 401
