"""Headers of every answer, whatever the answer is."""

import httpx2
import pytest
from fastapi import FastAPI
from starlette.types import Message, Receive, Scope, Send

from tests.attacks import attack
from tests.auth.factories import sign_in
from tests.auth.operations import operations, send
from unwrapped.core.http.security_headers import SecurityHeaders
from unwrapped.core.process_resources import Resources

ME, REGISTER = "/api/v1/auth/me", "/api/v1/auth/register"
ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "private, no-store",
    "strict-transport-security": "max-age=31536000",
}
STRICT = {"default-src": "'none'", "base-uri": "'none'"}
FRAMELESS = {"frame-ancestors": "'none'", "form-action": "'none'"}


def assert_armoured(answer: httpx2.Response) -> None:
    reply = {name: answer.headers.get_list(name) for name in ALWAYS}
    assert reply == {name: [value] for name, value in ALWAYS.items()}
    varies = {name.strip() for name in answer.headers["Vary"].split(",")}
    assert varies >= {"Cookie", "Authorization"}
    assert len(answer.headers.get_list("Vary")) == 1
    assert "camera=()" in answer.headers["Permissions-Policy"]
    [policy] = answer.headers.get_list("Content-Security-Policy")
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules.items() >= (STRICT | FRAMELESS).items()
    if answer.headers.get("Content-Type", "").startswith("text/html"):
        assert "'unsafe-inline'" not in rules.get("script-src", "")
    else:
        assert rules == STRICT | FRAMELESS


@pytest.mark.sweep
@attack(45, "every-operation")
async def test_every_operation_answers_with_them(
    client: httpx2.AsyncClient, app: FastAPI, resources: Resources
) -> None:
    ada = await sign_in(resources)
    for operation in operations(app):
        answer = await send(client, operation.request(), ada.headers)
        assert_armoured(answer)
        if operation.method != "GET":
            ada = await sign_in(resources)  # some operations end the session


ANSWERS: dict[str, tuple[str, str, dict[str, str], bytes, int]] = {
    "400": ("GET", "/", {"Host": "a b"}, b"", 400),
    "404": ("GET", "/nowhere", {}, b"", 404),
    "404-below-a-path": ("GET", f"{ME}/x.css", {}, b"", 404),
    "404-share": ("GET", "/api/v1/public/shares/x", {"Accept": "text/html"}, b"", 404),
    "405": ("TRACE", ME, {}, b"", 405),
    "413": ("POST", REGISTER, {}, b"x" * 70_000, 413),
    "421": ("GET", ME, {"Host": "evil.example"}, b"", 421),
    "422": ("POST", REGISTER, {}, b"{", 422),
    "docs": ("GET", "/docs", {}, b"", 200),
    "document": ("GET", "/openapi.json", {}, b"", 200),
    "file": ("GET", "/static-offline-docs/swagger-ui.css", {}, b"", 200),
    "metrics": ("GET", "/metrics", {}, b"", 200),
}


@attack(44, "kept-by-nobody")
@attack(45, "framed-by-nobody")
@pytest.mark.parametrize("asked", ANSWERS.values(), ids=ANSWERS.keys())
async def test_every_other_answer_has_them(
    client: httpx2.AsyncClient, asked: tuple[str, str, dict[str, str], bytes, int]
) -> None:
    method, path, headers, content, status = asked
    answer = await client.request(method, path, headers=headers, content=content)
    assert answer.status_code == status
    assert_armoured(answer)
    assert "Set-Cookie" not in answer.headers


@attack(48, "hsts-on-https-only")
async def test_answers_over_plain_http_have_no_header_about_https(app: FastAPI) -> None:
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://localhost"
    ) as client:
        answer = await client.get("/healthz")
    assert answer.status_code == 200
    assert "Strict-Transport-Security" not in answer.headers
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def headers_of(*own: tuple[bytes, bytes]) -> list[tuple[bytes, bytes]]:
    """Return the headers that an answer with these headers is sent with."""
    sent: list[Message] = []

    async def endpoint(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": own})

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def keep(message: Message) -> None:
        sent.append(message)

    await SecurityHeaders(endpoint)({"type": "http", "scheme": "wss"}, receive, keep)
    return list(sent[0]["headers"])


@pytest.mark.parametrize(
    "name", ["content-security-policy", "cache-control", "x-frame-options"]
)
async def test_headers_that_an_endpoint_sets_stay(name: str) -> None:
    reply = await headers_of((name.encode(), b"its own"))
    assert [value for key, value in reply if key == name.encode()] == [b"its own"]


@pytest.mark.parametrize(
    ("own", "reply"),
    [
        ([], b"Cookie, Authorization"),
        ([b"Accept"], b"Accept, Cookie, Authorization"),
        ([b"Accept, Cookie"], b"Accept, Cookie, Authorization"),
        ([b"Accept", b"Range"], b"Accept, Range, Cookie, Authorization"),
    ],
)
async def test_an_answer_has_a_single_vary_header(
    own: list[bytes], reply: bytes
) -> None:
    headers = await headers_of(*((b"vary", value) for value in own))
    assert [value for name, value in headers if name == b"vary"] == [reply]


@attack(20, "no-cross-origin-reading")
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("OPTIONS", REGISTER, 405),
        ("OPTIONS", ME, 405),
        ("OPTIONS", "/healthz", 405),
        ("OPTIONS", "/nowhere", 404),
        ("GET", ME, 401),
        ("GET", "/healthz", 200),
        ("GET", "/openapi.json", 200),
    ],
)
async def test_no_page_of_another_origin_may_read(
    client: httpx2.AsyncClient, method: str, path: str, status: int
) -> None:
    for origin in (
        *("https://evil.example", "null", "https://testserver.evil.example"),
        *("https://testserver", "http://testserver", "https://evil.testserver"),
    ):
        headers = {
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization, content-type",
            "Access-Control-Request-Private-Network": "true",
        }
        answer = await client.request(method, path, headers=headers)
        assert answer.status_code == status, origin
        assert not [n for n in answer.headers if n.startswith("access-control-")]
