"""Tasks over HTTP."""

from uuid import uuid4

import httpx2
import pytest

from tests.auth.factories import SignedIn, sign_in
from tests.tasks.workplace import begin_as
from unwrapped.core.process_resources import Resources

MEDIA_TYPE = "application/problem+json"


@pytest.fixture
async def ada(resources: Resources) -> SignedIn:
    """A user, signed in."""
    return await sign_in(resources)


async def test_a_task_is_read_as_it_is(
    client: httpx2.AsyncClient, resources: Resources, ada: SignedIn
) -> None:
    task_id = await begin_as(
        resources, ada.id, status="processing", progress=0.4, stage="reading", attempt=2
    )
    answer = await client.get(f"/api/v1/tasks/{task_id}", headers=ada.headers)
    assert answer.status_code == 200
    read = answer.json()
    assert read.pop("created_at")
    assert read == {
        "id": str(task_id),
        "kind": "tests.work",
        "status": "processing",
        "stage": "reading",
        "progress": 0.4,
        "attempt": 2,
        "next_attempt_at": None,
        "error_code": None,
        "error_message": None,
        "retryable": False,
        "started_at": None,
        "completed_at": None,
    }


async def test_a_completed_task_has_its_result(
    client: httpx2.AsyncClient, resources: Resources, ada: SignedIn
) -> None:
    task_id = await begin_as(
        resources, ada.id, status="completed", result_data={"stored": 3}
    )
    answer = await client.get(f"/api/v1/tasks/{task_id}/result", headers=ada.headers)
    assert (answer.status_code, answer.json()) == (200, {"stored": 3})


@pytest.mark.parametrize("status", ["pending", "processing"])
async def test_a_result_that_is_not_there_yet_is_a_conflict_that_says_so(
    client: httpx2.AsyncClient, resources: Resources, ada: SignedIn, status: str
) -> None:
    task_id = await begin_as(resources, ada.id, status=status)
    answer = await client.get(f"/api/v1/tasks/{task_id}/result", headers=ada.headers)
    assert answer.status_code == 409
    assert answer.headers["content-type"] == MEDIA_TYPE
    problem = answer.json()
    assert problem["code"] == "task_not_completed"
    assert status in problem["detail"]


async def test_the_result_of_a_failed_task_is_a_conflict_with_the_reason(
    client: httpx2.AsyncClient, resources: Resources, ada: SignedIn
) -> None:
    task_id = await begin_as(
        resources,
        ada.id,
        status="failed",
        error_code="damaged_zip",
        error_message="The zip is damaged.",
    )
    answer = await client.get(f"/api/v1/tasks/{task_id}/result", headers=ada.headers)
    assert answer.status_code == 409
    problem = answer.json()
    assert problem["code"] == "task_failed"
    assert "The zip is damaged." in problem["detail"]
    read = (await client.get(f"/api/v1/tasks/{task_id}", headers=ada.headers)).json()
    assert (read["error_code"], read["error_message"]) == (
        "damaged_zip",
        "The zip is damaged.",
    )


async def test_a_cancelled_task_has_no_result(
    client: httpx2.AsyncClient, resources: Resources, ada: SignedIn
) -> None:
    task_id = await begin_as(resources, ada.id, status="cancelled")
    answer = await client.get(f"/api/v1/tasks/{task_id}/result", headers=ada.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "task_failed")


@pytest.mark.parametrize("path", ["", "/result"])
async def test_a_missing_task_and_one_of_somebody_else_look_the_same(
    client: httpx2.AsyncClient,
    resources: Resources,
    ada: SignedIn,
    path: str,
) -> None:
    somebody = await sign_in(resources)
    theirs = await begin_as(resources, somebody.id, status="completed", result_data={})
    answers = [
        await client.get(f"/api/v1/tasks/{task_id}{path}", headers=ada.headers)
        for task_id in (theirs, uuid4())
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["code"] == "task_not_found"


@pytest.mark.parametrize("path", ["", "/result"])
async def test_a_stranger_gets_no_task(
    client: httpx2.AsyncClient, resources: Resources, ada: SignedIn, path: str
) -> None:
    task_id = await begin_as(resources, ada.id)
    answer = await client.get(f"/api/v1/tasks/{task_id}{path}")
    assert answer.status_code == 401


async def test_an_invalid_id_is_malformed(
    client: httpx2.AsyncClient, ada: SignedIn
) -> None:
    answer = await client.get("/api/v1/tasks/7", headers=ada.headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
