"""The sender of a request, behind proxies."""

import httpx2
import pytest
from starlette.types import Receive, Scope, Send

from tests.auth.logs import written_log
from unwrapped.core.config import Settings
from unwrapped.core.http.guards.proxies import (
    ProxyCheck,
    Sender,
    TrustedProxies,
    sender_of,
)

PROXIES = ("10.0.0.0/8", "127.0.0.1/32", "2001:db8::1/128")


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the sender of the request."""
    answer = sender_of(scope).name.encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": answer})


async def sender(app: ProxyCheck, peer: str | None, **headers: str) -> Sender:
    client = (peer, 4711) if peer else None
    transport = httpx2.ASGITransport(app=app, client=client)  # type: ignore[arg-type]  # a socket of the file system has no address
    async with httpx2.AsyncClient(transport=transport, base_url="http://x") as asking:
        return Sender[(await asking.get("/", headers=headers)).text]


@pytest.mark.parametrize(
    ("peer", "headers", "expected"),
    [
        ("203.0.113.9", {}, Sender.CLIENT),
        ("203.0.113.9", {"X-Forwarded-For": "127.0.0.1"}, Sender.UNKNOWN_PROXY),
        ("203.0.113.9", {"x-forwarded-prefix": "/a"}, Sender.UNKNOWN_PROXY),
        ("203.0.113.9", {"Forwarded": ""}, Sender.UNKNOWN_PROXY),
        ("203.0.113.9", {"Via": "1.1 a"}, Sender.UNKNOWN_PROXY),
        ("203.0.113.9", {"X-Real-IP": "127.0.0.1"}, Sender.UNKNOWN_PROXY),
        ("203.0.113.9", {"X-Client-IP": "127.0.0.1"}, Sender.UNKNOWN_PROXY),
        ("203.0.113.9", {"True-Client-IP": "127.0.0.1"}, Sender.UNKNOWN_PROXY),
        ("203.0.113.9", {"CF-Connecting-IP": "127.0.0.1"}, Sender.UNKNOWN_PROXY),
        ("203.0.113.9", {"Viaduct": "a", "X-Forwarded": "b"}, Sender.CLIENT),
        ("127.0.0.1", {}, Sender.PROXY),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, Sender.PROXY),
        ("127.0.0.1", {"X-Real-IP": "203.0.113.9"}, Sender.PROXY),
        ("127.0.0.2", {"Via": "1.1 a"}, Sender.UNKNOWN_PROXY),
        ("::1", {"Via": "1.1 a"}, Sender.UNKNOWN_PROXY),
        (None, {"Via": "1.1 a"}, Sender.UNKNOWN_PROXY),
        ("2001:db8::1", {"Via": "1.1 a"}, Sender.PROXY),
        # As a socket for IPv6 sees them.
        ("::ffff:10.1.2.3", {"Via": "1.1 a"}, Sender.PROXY),
        ("::ffff:11.1.2.3", {"Via": "1.1 a"}, Sender.UNKNOWN_PROXY),
    ],
)
async def test_headers_of_proxies_are_trusted_from_trusted_addresses_only(
    peer: str | None, headers: dict[str, str], expected: Sender
) -> None:
    assert await sender(ProxyCheck(echo, PROXIES), peer, **headers) is expected


async def test_an_unknown_proxy_is_logged_once(settings: Settings) -> None:
    app = ProxyCheck(echo, ())
    with written_log(settings) as log:
        await sender(app, "127.0.0.1")
        assert log.of("proxy.unknown") == []
        for _ in range(3):
            await sender(app, "127.0.0.1", Via="1.1 secret.example")
    [line] = log.of("proxy.unknown")
    assert line["header"] == "via"
    assert "TRUSTED_PROXIES" in line["advice"]
    assert "127.0.0.1" not in log.text
    assert "secret" not in log.text


def test_networks_are_spelled_for_sockets_of_both_kinds() -> None:
    mapped = ["::ffff:10.0.0.0/104", "::ffff:127.0.0.1/128"]
    assert TrustedProxies(PROXIES).spelled() == [*PROXIES, *mapped]
