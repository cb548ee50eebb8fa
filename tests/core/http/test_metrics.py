"""Access to `/metrics`, and the metrics of the process and its database."""

import httpx2
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from tests.conftest import Configure
from unwrapped.core.config import Settings
from unwrapped.core.http.state import state_of
from unwrapped.core.process_resources import Resources

TOKEN = "a token of sixteen or more"  # noqa: S105 - of no server
BEARER = {"Authorization": f"Bearer {TOKEN}"}


async def ask(
    app: FastAPI, resources: Resources, address: str, headers: dict[str, str]
) -> httpx2.Response:
    """Request the metrics from this address."""
    state_of(app).resources = resources
    transport = httpx2.ASGITransport(app=app, client=(address, 4711))
    async with httpx2.AsyncClient(
        transport=transport, base_url="https://testserver"
    ) as client:
        return await client.get("/metrics", headers=headers)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])  # fmt: skip
async def test_programs_on_this_machine_may_read(
    app: FastAPI, resources: Resources, address: str
) -> None:
    assert (await ask(app, resources, address, {})).status_code == 200


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("192.0.2.7", {}),
        ("::ffff:192.0.2.7", {}),
        ("testclient", {}),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}),
        ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}),
        ("127.0.0.1", {"Via": "1.1 proxy"}),
    ],
)
async def test_other_clients_need_the_token(
    app: FastAPI,
    resources: Resources,
    configure: Configure,
    address: str,
    headers: dict[str, str],
) -> None:
    unknown = await ask(app, resources, address, headers | BEARER)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
    configure(Settings, metrics_token=SecretStr(TOKEN))
    assert (await ask(app, resources, address, headers | BEARER)).status_code == 200
    for wrong in (
        {},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": "Bearer x"},
    ):
        refused = await ask(app, resources, address, headers | wrong)
        assert (refused.status_code, refused.json()["code"]) == (401, "metrics_token_needed")  # fmt: skip
        assert refused.headers["WWW-Authenticate"] == "Bearer"


async def test_process_pool_and_database_are_reported(
    app: FastAPI, resources: Resources
) -> None:
    said = (await ask(app, resources, "127.0.0.1", {})).text
    for name in (
        "process_resident_memory_bytes",
        "process_open_fds",
        "python_gc_collections_total",
        'unwrapped_database_connections{state="in_use"}',
        'unwrapped_database_connections{state="limit"}',
        "unwrapped_database_bytes",
    ):
        assert f"\n{name}" in said, name
    [size] = [line for line in said.splitlines() if line.startswith("unwrapped_database_bytes")]  # fmt: skip
    assert float(size.split()[-1]) > 1_000_000
