"""Parameters that an endpoint does not know, at every operation of the API."""

import httpx2
import pytest
from fastapi import FastAPI

from tests.auth.operations import Operation, operations

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
    app: FastAPI, client: httpx2.AsyncClient
) -> None:
    for operation in of_the_api(app):
        request = operation.request()
        params = {**request.url.params, "fbclid": "1", "perod": "2025"}
        answer = await client.request(operation.method, request.url.path, params=params)
        said = faults(answer)
        if operation.name in TAKE_ANY:
            assert not said
            continue
        assert set(said) == {"query.fbclid", "query.perod"}, operation.name
        for place in operation.of("query"):
            assert place.name in said["query.perod"], operation.name


@pytest.mark.sweep
async def test_the_parameters_of_the_document_are_known(
    app: FastAPI, client: httpx2.AsyncClient
) -> None:
    for operation in of_the_api(app):
        query = {place.name: "1" for place in operation.of("query")}
        if query:
            path = operation.request().url.path
            answer = await client.request(operation.method, path, params=query)
            unknown = [m for m in faults(answer).values() if "no such parameter" in m]
            assert unknown == [], operation.name


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
