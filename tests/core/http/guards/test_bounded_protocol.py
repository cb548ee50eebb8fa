"""A real server gets hostile bytes, before and around the application."""

import json

import httpx2
import pytest
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from tests.attacks import attack
from tests.cli.service import NO_TLS
from tests.core.served import exchange, served
from unwrapped.core.config import Settings
from unwrapped.core.http.guards.proxies import ProxyCheck

POST = "POST /api/v1/auth/register HTTP/1.1\r\nHost: localhost\r\n"
GET = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
SMUGGLED = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
CHUNKED = "Transfer-Encoding: chunked\r\n"
LENGTH = "Content-Length: 5\r\n"

AMBIGUOUS = {
    "length-and-chunked": f"{POST}Content-Length: 6\r\n{CHUNKED}\r\n0\r\n\r\n",
    "chunked-and-length": f"{POST}{CHUNKED}Content-Length: 6\r\n\r\n0\r\n\r\n",
    "two-lengths": f"{POST}{LENGTH}Content-Length: 0\r\n\r\n",
    "one-length-twice": f"{POST}{LENGTH}{LENGTH}\r\n12345",
    "lengths-in-one-line": f"{POST}Content-Length: 5, 5\r\n\r\n12345",
    "length-with-sign": f"{POST}Content-Length: +5\r\n\r\n12345",
    "negative-length": f"{POST}Content-Length: -5\r\n\r\n12345",
    "length-in-hex": f"{POST}Content-Length: 0x5\r\n\r\n12345",
    "endless-length": f"{POST}Content-Length: {'9' * 30}\r\n\r\n12345",
    "unknown-coding": f"{POST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunked-not-last": f"{POST}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "chunked-twice": f"{POST}{CHUNKED}{CHUNKED}\r\n0\r\n\r\n",
    "space-before-colon": f"{POST}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "folded": f"{POST}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    "line-feeds-alone": f"{POST}{LENGTH}\r\n12345".replace("\r", ""),
    "chunk-of-no-size": f"{POST}{CHUNKED}\r\nzz\r\n\r\n",
    "chunk-of-negative-size": f"{POST}{CHUNKED}\r\n-1\r\n\r\n",
    "chunk-in-c": f"{POST}{CHUNKED}\r\n0x0\r\n\r\n",
    "line-feed-in-path": GET.replace("/healthz", "/heal\nthz") + "\r\n",
    "return-in-header": f"{GET}X-Request-Id: aaaaaaaa\rbbbbbbbb\r\n\r\n",
    "nul-in-header": f"{GET}X-Request-Id: aaaaaaaa\0bbbbbbbb\r\n\r\n",
    "unknown-method": GET.replace("GET", "ANYTHING") + "\r\n",
    "connect": "CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n",
}
"""Requests that two programs in a row could read in two ways."""


@attack(47, "refused-and-closed")
async def test_a_request_that_can_be_read_in_two_ways_ends_the_connection(
    app: FastAPI, client: httpx2.AsyncClient, settings: Settings
) -> None:
    async with served(app, settings) as port:
        for name, request in AMBIGUOUS.items():
            answer = await exchange(port, (request + SMUGGLED).encode())
            assert answer.startswith(b"HTTP/1.1 400 "), name
            assert b"\r\nconnection: close\r\n" in answer, name
            assert answer.count(b"HTTP/1.1 ") == 1, name


@attack(31, "false-length")
async def test_a_body_shorter_than_it_said_is_no_request(
    app: FastAPI, client: httpx2.AsyncClient, settings: Settings
) -> None:
    """The bytes that follow belong to the body, and are not another request."""
    body = b'{"username": "ada", "password": "correct horse"}'
    head = f"{POST}Content-Type: application/json\r\nConnection: close\r\n"
    async with served(app, settings) as port:
        short = f"{head}Content-Length: {len(body) - 1}\r\n\r\n".encode() + body
        assert (await exchange(port, short)).startswith(b"HTTP/1.1 422 ")
        padded = body + SMUGGLED.encode()
        long = f"{head}Content-Length: {len(padded)}\r\n\r\n".encode() + padded
        answer = await exchange(port, long)
        assert answer.startswith(b"HTTP/1.1 422 ")
        assert answer.count(b"HTTP/1.1 ") == 1


@attack(46, "trace")
async def test_trace_repeats_nothing(
    app: FastAPI, client: httpx2.AsyncClient, settings: Settings
) -> None:
    cookie = "Cookie: session=xylophone\r\nConnection: close\r\n\r\n"
    async with served(app, settings) as port:
        answer = await exchange(port, f"{GET}{cookie}".replace("GET", "TRACE").encode())
    assert answer.startswith(b"HTTP/1.1 405 ")
    assert b"application/problem+json" in answer
    assert b"xylophone" not in answer


@attack(46, "upgrade")
@pytest.mark.parametrize("protocol", ["websocket", "h2c"])
async def test_no_connection_becomes_another(
    app: FastAPI, client: httpx2.AsyncClient, settings: Settings, protocol: str
) -> None:
    asked = f"{GET}Connection: Upgrade, close\r\nUpgrade: {protocol}\r\n\r\n"
    async with served(app, settings) as port:
        assert (await exchange(port, asked.encode())).startswith(b"HTTP/1.1 200 ")


async def splitting(scope: Scope, receive: Receive, send: Send) -> None:
    """An endpoint that passes on what it should not."""
    value = b"a.zip\r\nSet-Cookie: a=b\r\n\r\n<script>"
    headers = [(b"content-disposition", value)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


@attack(36, "split-answer")
async def test_a_line_break_in_a_header_never_goes_out(settings: Settings) -> None:
    async with served(splitting, settings) as port:
        answer = await exchange(port, f"{GET}\r\n".encode())
    assert b"Set-Cookie" not in answer
    assert b"<script>" not in answer


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the address and scheme that the request seems to have."""
    reply = json.dumps([scope["client"][0], scope["scheme"]]).encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": reply})


async def seen(settings: Settings, *headers: tuple[str, str]) -> list[str]:
    """Address and scheme, as seen behind the server."""
    checked = ProxyCheck(echo, settings.trusted_proxies)
    async with (
        served(checked, settings) as port,
        httpx2.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", verify=NO_TLS
        ) as client,
    ):
        reply: list[str] = (await client.get("/", headers=list(headers))).json()
    return reply


FOR, PROTO = "X-Forwarded-For", "X-Forwarded-Proto"
FORGED = [
    [(FOR, "203.0.113.9"), (PROTO, "https")],
    [(FOR, "203.0.113.9"), (FOR, "203.0.113.8")],
    [(FOR, "127.0.0.1, 203.0.113.9")],
    [("Forwarded", "for=203.0.113.9;proto=https")],
    [("X-Real-IP", "203.0.113.9"), ("X-Client-IP", "203.0.113.9")],
    [("X-Forwarded-Scheme", "https"), ("Front-End-Https", "on")],
]


@attack(42, "forged-by-anybody")
@pytest.mark.parametrize("headers", FORGED, ids=lambda headers: headers[0][0])
@pytest.mark.parametrize("proxies", [(), ("192.0.2.1/32",)], ids=["none", "another"])
async def test_only_a_proxy_of_the_settings_is_trusted(
    settings: Settings, proxies: tuple[str, ...], headers: list[tuple[str, str]]
) -> None:
    trusting = settings.model_copy(update={"trusted_proxies": proxies})
    assert await seen(trusting, *headers) == ["127.0.0.1", "http"]


@attack(42, "forged-through-a-proxy")
@pytest.mark.parametrize(
    ("headers", "address", "scheme"),
    [
        ([], "127.0.0.1", "http"),
        ([(FOR, "203.0.113.9"), (PROTO, "https")], "203.0.113.9", "https"),
        ([(FOR, "6.6.6.6, 203.0.113.9")], "203.0.113.9", "http"),
        ([(FOR, "6.6.6.6"), (FOR, "203.0.113.9")], "203.0.113.9", "http"),
        ([(FOR, "6.6.6.6, 203.0.113.9, 10.1.2.3")], "203.0.113.9", "http"),
        ([(FOR, "6.6.6.6, 203.0.113.9:4711")], "203.0.113.9", "http"),
        ([(FOR, "6.6.6.6, 2001:db8::9")], "2001:db8::9", "http"),
        ([("Forwarded", "for=6.6.6.6"), ("X-Real-IP", "6.6.6.6")], "127.0.0.1", "http"),
        ([(PROTO, "gopher")], "127.0.0.1", "http"),
    ],
    ids=["none", "one", "list", "doubled", "two proxies", "port", "v6", "other", "odd"],
)
async def test_the_last_address_from_a_trusted_proxy_that_is_no_proxys_counts(
    settings: Settings, headers: list[tuple[str, str]], address: str, scheme: str
) -> None:
    proxies = ("127.0.0.1/32", "10.0.0.0/8")
    trusting = settings.model_copy(update={"trusted_proxies": proxies})
    assert await seen(trusting, *headers) == [address, scheme]
