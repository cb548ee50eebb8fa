"""Parameters that an endpoint does not know, at every operation of the API."""

import httpx2
import pytest
from fastapi import FastAPI

from tests.auth.factories import sign_in
from tests.auth.operations import Operation, operations
from unwrapped.core.process_resources import Resources

TAKE_ANY = {
    "GET /api/v1/auth/callback",
    "GET /api/v1/auth/{provider}/callback",
    "GET /api/v1/public/shares/{token}",
}
"""Operations whose addresses others pass on, with parameters of their own."""


def of_the_api(app: FastAPI) -> list[Operation]:
    return [one for one in operations(app) if one.path.startswith("/api/v1/")]


def faults(answer: httpx2.Response) -> dict[str, str]:
    body = answer.json() if answer.status_code == 422 else {}
    return {fault["where"]: fault["message"] for fault in body.get("faults", [])}


@pytest.mark.sweep
async def test_unknown_parameters_are_refused_by_every_operation(
    app: FastAPI, client: httpx2.AsyncClient, subtests: pytest.Subtests
) -> None:
    for operation in of_the_api(app):
        with subtests.test(operation.name):
            request = operation.request()
            params = {**request.url.params, "fbclid": "1", "perod": "2025"}
            answer = await client.request(
                operation.method, request.url.path, params=params
            )
            said = faults(answer)
            if operation.name in TAKE_ANY:
                assert not said
                continue
            assert set(said) == {"query.fbclid", "query.perod"}
            for place in operation.of("query"):
                assert place.name in said["query.perod"]


@pytest.mark.sweep
async def test_the_parameters_of_the_document_are_known(
    app: FastAPI,
    client: httpx2.AsyncClient,
    resources: Resources,
    subtests: pytest.Subtests,
) -> None:
    ada = await sign_in(resources)
    for operation in of_the_api(app):
        with subtests.test(operation.name):
            query = {place.name: "1" for place in operation.of("query")}
            path = operation.request().url.path
            answer = await client.request(
                operation.method, path, params=query, headers=ada.headers
            )
            assert not [m for m in faults(answer).values() if "no such parameter" in m]


async def test_the_refusal_names_the_parameter_and_those_that_are_known(
    client: httpx2.AsyncClient,
) -> None:
    answer = await client.get("/api/v1/tasks?\u202ekid=a&limit=1&" + "x" * 300)
    assert answer.status_code == 422
    assert answer.json()["code"] == "malformed"
    [misspelled, long] = answer.json()["faults"]
    assert misspelled["where"] == "query.kid"
    assert misspelled["message"] == (
        "This endpoint has no such parameter: it takes kind, status, limit, cursor."
    )
    assert long["where"].endswith("…")
    assert len(long["where"]) < 100
    alone = await client.get("/api/v1/auth/me?fields=id")
    [fault] = alone.json()["faults"]
    assert fault["message"].endswith("it takes none.")
