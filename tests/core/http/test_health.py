"""`/healthz` and `/readyz`: a process that runs, and one that can serve."""

import asyncio
import time
from contextlib import suppress
from dataclasses import replace

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.auth.factories import sign_in
from tests.auth.logs import written_log
from tests.conftest import MakeClient, make_resources
from tests.servers import Handler, listening, refusing
from unwrapped.core.config import Settings
from unwrapped.core.database import Database
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.process_resources import Resources

WELL = {"status": "ok", "came_by": "client", "scheme": "https"}
READY = {"status": "ready", "database": True, "room": True, "worker": None}
NOT_READY = READY | {"status": "not ready", "database": False}


async def test_a_process_with_a_database_is_ready(client: httpx2.AsyncClient) -> None:
    well, ready = await client.get("/healthz"), await client.get("/readyz")
    assert (well.status_code, well.json()) == (200, WELL)
    assert (ready.status_code, ready.json()) == (200, READY)


async def say_nothing(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    await reader.read(-1)
    writer.close()


async def test_a_process_says_how_a_request_came(client: httpx2.AsyncClient) -> None:
    passed_on = {"X-Forwarded-For": "192.0.2.7"}
    answer = await client.get("/healthz", headers=passed_on)
    assert answer.json() == WELL | {"came_by": "unknown_proxy"}


SERVERS = {
    "says nothing": say_nothing,
    "is starting": refusing("57P03"),
    "is stopping": refusing("57P01"),
    "is full": refusing("53300"),
    "lacks the database": refusing("3D000"),
}


async def test_a_probe_that_is_well_is_no_news(
    client: httpx2.AsyncClient, settings: Settings
) -> None:
    with written_log(settings) as log:
        await client.get("/healthz")
        await client.get("/readyz")
        await client.get("/metrics")
    assert [line["route"] for line in log.of("request.done")] == ["/metrics"]
    with written_log(settings.model_copy(update={"log_level": "DEBUG"})) as log:
        await client.get("/healthz")
        await client.get("/readyz")
    assert [line["route"] for line in log.of("request.done")] == ["/healthz", "/readyz"]


async def assert_not_ready(client: httpx2.AsyncClient) -> None:
    begun = time.monotonic()
    answer = await client.get("/readyz")
    assert time.monotonic() - begun < 3
    assert (answer.status_code, answer.json()) == (503, NOT_READY)
    assert answer.headers["Content-Type"] == "application/json"
    assert (await client.get("/healthz")).status_code == 200


@pytest.mark.parametrize("handler", SERVERS.values(), ids=SERVERS.keys())
async def test_a_process_is_not_ready_while_its_server(
    make_client: MakeClient, settings: Settings, handler: Handler
) -> None:
    async with listening(handler) as port:
        database = Database(DatabaseAddress("ada", "127.0.0.1", "music", port))
        with written_log(settings) as log:
            await assert_not_ready(make_client(make_resources(settings, database)))
        await database.dispose()
    assert [line["route"] for line in log.of("request.done")] == ["/readyz"]


@pytest.mark.parametrize("name", ["is starting", "is stopping", "is full"])
async def test_an_endpoint_answers_503_while_its_server(
    make_client: MakeClient, resources: Resources, settings: Settings, name: str
) -> None:
    ada = await sign_in(resources)
    async with listening(SERVERS[name]) as port:
        database = Database(DatabaseAddress("ada", "127.0.0.1", "music", port))
        client = make_client(make_resources(settings, database))
        answer = await client.get("/api/v1/auth/me", headers=ada.headers)
        await database.dispose()
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Retry-After"]


def passing_on_to(address: DatabaseAddress) -> Handler:
    """Return a handler that forwards connections to the server at the address."""

    async def copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while chunk := await source.read(65536):
                sink.write(chunk)
        sink.close()

    async def pass_on(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        socket = f"{address.host}/.s.PGSQL.{address.port}"
        there = (
            asyncio.open_unix_connection(socket)
            if address.is_socket
            else asyncio.open_connection(address.host, address.port)
        )
        back, forth = await there
        await asyncio.gather(copy(reader, forth), copy(back, writer))

    return pass_on


async def test_a_process_is_ready_again_when_its_database_is_back(
    make_client: MakeClient, settings: Settings, clone: DatabaseAddress
) -> None:
    handler = passing_on_to(clone)
    async with listening(handler) as port:
        plain = (("sslmode", "disable"),)
        way = replace(clone, host="127.0.0.1", port=port, parameters=plain)
        database = Database(way)
        resources = make_resources(settings, database)
        client = make_client(resources)
        ada = await sign_in(resources)
        assert (await client.get("/readyz")).status_code == 200
    await assert_not_ready(client)
    me = await client.get("/api/v1/auth/me", headers=ada.headers)
    assert (me.status_code, me.json()["code"]) == (503, "unavailable")
    async with listening(handler, port):
        assert (await client.get("/readyz")).json() == READY
        me = await client.get("/api/v1/auth/me", headers=ada.headers)
        assert me.status_code == 200
        await database.dispose()


async def counted(client: httpx2.AsyncClient) -> dict[tuple[str, str, str], float]:
    """Requests by method, route and status."""
    answer = await client.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain")
    return {
        (sample.labels["method"], sample.labels["route"], sample.labels["status"]): (
            sample.value
        )
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if sample.name == "unwrapped_http_requests_total"
    }


async def test_requests_are_counted_by_the_template_of_their_route(
    client: httpx2.AsyncClient,
) -> None:
    before = await counted(client)
    for number in range(3):
        await client.get(f"/api/v1/tasks/{number}")
        await client.get(f"/nowhere/{number}")
    after = await counted(client)
    grown = {
        key: after[key] - before.get(key, 0) for key in after if key[1] != "/metrics"
    }
    assert {key: by for key, by in grown.items() if by} == {
        ("GET", "/api/v1/tasks/{task_id}", "401"): 3,
        ("-", "unmatched", "404"): 3,
    }
