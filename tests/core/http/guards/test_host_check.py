"""Requests for other hosts than the service's are refused."""

from collections.abc import AsyncIterator
from itertools import product

import httpx2
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from tests.attacks import attack
from tests.conftest import SECRET
from unwrapped.core.config import Settings
from unwrapped.main import create_app

PROBE = "/healthz"


@pytest.fixture(scope="module")
def named_app() -> FastAPI:
    """An application with these host names."""
    return create_app(
        Settings(
            secret_key=SecretStr(SECRET),
            backend_url="https://Music.example.org:8443",
            allowed_hosts=("nas", "*.lan.example.org"),
        )
    )


@pytest.fixture
async def named(named_app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """Its client."""
    transport = httpx2.ASGITransport(app=named_app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://x") as client:
        yield client


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "LOCALHOST:8000", "localhost.", "127.0.0.1", "192.168.1.5:8000"),
        *("[::1]", "[fe80::1]:8000", "203.0.113.9"),
        *("music.example.org", "music.example.org:8443", "Music.Example.Org.:1"),
        *("nas", "NAS:8000", "a.lan.example.org", "a.b.lan.example.org"),
    ],
)
async def test_a_name_of_the_service_passes(
    named: httpx2.AsyncClient, host: str
) -> None:
    answer = await named.get(PROBE, headers={"Host": host})
    assert answer.status_code == 200


@attack(43, "other-host")
async def test_another_name_is_misdirected(named: httpx2.AsyncClient) -> None:
    hosts = (
        *("evil.example", "evil.example:443", "127.0.0.1.evil.example", "x"),
        *("localhost.evil.example", "evil-localhost", "sub.localhost"),
        *("lan.example.org", "evillan.example.org", "sub.music.example.org", "example"),
        *("music.example.org.evil.example", "music.example.org.."),
        *("127.1", "0x7f.0.0.1", "2130706433", "0"),
    )
    paths = ("/readyz", "/docs", "/api/v1/auth/me", "/no")
    for host, path in (*product(hosts, [PROBE]), *product(hosts[:1], paths)):
        answer = await named.get(path, headers={"Host": host})
        assert answer.status_code == 421, (host, path)
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["code"] == "misdirected_request"
        assert "ALLOWED_HOSTS" in answer.json()["detail"]
        assert "evil" not in answer.text + str(answer.headers)


@attack(43, "malformed-host")
@pytest.mark.parametrize(
    "hosts",
    [
        [],
        [b""],
        [b"localhost", b"localhost"],
        [b"localhost", b"evil.example"],
        [b"localhost, evil.example"],
        [b"localhost evil.example"],
        [b"evil.example@localhost"],
        [b"localhost/evil.example"],
        [b"localhost\\evil"],
        [b"[::1"],
        [b"[localhost]"],
        [b"localhost:port"],
        [b"loc\xc3\xa4lhost"],
        [b"*.lan.example.org"],
    ],
    ids=lambda hosts: b" + ".join(hosts).decode("latin-1") or str(len(hosts)),
)
async def test_an_invalid_host_is_a_bad_request(
    named_app: FastAPI, named: httpx2.AsyncClient, hosts: list[bytes]
) -> None:
    request = named.build_request("GET", PROBE)
    request.headers = httpx2.Headers([(b"Host", host) for host in hosts])
    answer = await named.send(request)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    assert answer.headers["Content-Type"] == "application/problem+json"


@attack(43, "x-forwarded-host")
@pytest.mark.parametrize("path", ["/api/v1/auth/me/", "/docs/", "/docs", "/nowhere"])
async def test_no_answer_repeats_where_headers_say_that_we_are(
    client: httpx2.AsyncClient, path: str
) -> None:
    headers = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Server": "evil.example",
        "X-Host": "evil.example",
        "Forwarded": "host=evil.example",
        "X-Original-URL": "//evil.example/",
    }
    answer = await client.get(path, headers=headers)
    assert answer.status_code in {200, 404}
    assert "evil.example" not in str(answer.headers) + answer.text
