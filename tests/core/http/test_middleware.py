"""Every request has an id, a line in the log and a limit for its body."""

import json
from collections.abc import AsyncIterator

import httpx2
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text

from tests.attacks import attack
from tests.auth.factories import SignedIn, sign_in
from tests.auth.logs import written_log
from tests.auth.operations import operations, send
from tests.conftest import SECRET, Configure
from unwrapped.core.config import Settings
from unwrapped.core.dependencies import SessionDep
from unwrapped.core.http.state import state_of
from unwrapped.core.process_resources import Resources
from unwrapped.main import create_app
from unwrapped.music.settings import MusicSettings

ME, REGISTER = "/api/v1/auth/me", "/api/v1/auth/register"
TOKEN = "/api/v1/auth/token"  # noqa: S105 - a path
ADDRESS = "ada@example.org"
LIMIT = 64 * 1024
CHUNK = 1000


@pytest.fixture
async def ada(resources: Resources) -> SignedIn:
    """Somebody who is signed in."""
    return await sign_in(resources, email=ADDRESS)


@pytest.fixture(scope="module")
def proxied_app() -> FastAPI:
    """The application behind a proxy on this machine."""
    return create_app(
        Settings(
            secret_key=SecretStr(SECRET),
            allowed_hosts=("testserver",),
            trusted_proxies=("127.0.0.0/8",),
        )
    )


@pytest.fixture
async def proxied(
    proxied_app: FastAPI, resources: Resources
) -> AsyncIterator[httpx2.AsyncClient]:
    """The proxy, as a client."""
    state_of(proxied_app).resources = resources
    transport = httpx2.ASGITransport(app=proxied_app)
    async with httpx2.AsyncClient(
        transport=transport, base_url="https://testserver"
    ) as client:
        yield client


@pytest.mark.parametrize("given", ["abcdefgh", "a" * 64, "0a-9Z_.x", "." * 8])
async def test_a_sound_id_of_a_trusted_proxy_is_taken_over(
    proxied: httpx2.AsyncClient, settings: Settings, given: str
) -> None:
    # The client that the proxy names.
    headers = {"X-Request-Id": given, "X-Forwarded-For": "203.0.113.9"}
    with written_log(settings) as log:
        answer = await proxied.get("/metrics", headers=headers)
    assert answer.headers.get_list("X-Request-Id") == [given]
    assert [line["request_id"] for line in log.of("request.done")] == [given]


@attack(37, "forged-request-id")
@pytest.mark.parametrize("more", [{}, {"X-Forwarded-For": "127.0.0.1"}])
async def test_nobody_else_chooses_an_id(
    client: httpx2.AsyncClient, settings: Settings, more: dict[str, str]
) -> None:
    with written_log(settings) as log:
        answer = await client.get("/metrics", headers=more | {"X-Request-Id": "a" * 16})
    [own] = answer.headers.get_list("X-Request-Id")
    assert own != "a" * 16
    assert [line["request_id"] for line in log.of("request.done")] == [own]


@attack(36, "request-id")
@pytest.mark.parametrize(
    "given",
    ["", "short", "a" * 65, "with a space", '{"a": 1}', "line\nline", b"\xff" * 9],
)
async def test_an_invalid_id_is_replaced(
    proxied: httpx2.AsyncClient, settings: Settings, given: str | bytes
) -> None:
    raw = given if isinstance(given, bytes) else given.encode()
    with written_log(settings) as log:
        answer = await proxied.get("/metrics", headers=[(b"X-Request-Id", raw)])
    [own] = answer.headers.get_list("X-Request-Id")
    assert len(own) == 16
    assert [line["request_id"] for line in log.of("request.done")] == [own]


async def test_no_two_requests_have_one_id(client: httpx2.AsyncClient) -> None:
    answers = [await client.get("/healthz") for _ in range(20)]
    assert len({answer.headers["X-Request-Id"] for answer in answers}) == 20


@pytest.mark.sweep
async def test_each_request_is_one_line_with_the_template_of_its_route(
    client: httpx2.AsyncClient, app: FastAPI, resources: Resources, settings: Settings
) -> None:
    everything = settings.model_copy(update={"log_level": "DEBUG"})
    ada = await sign_in(resources)
    for operation in operations(app):
        with written_log(everything) as log:
            answer = await send(client, operation.request(), ada.headers)
        [line] = log.of("request.done")
        assert f"{line['method']} {line['route']}" == operation.name
        assert line["status"] == answer.status_code
        assert line["request_id"] == answer.headers["X-Request-Id"]
        assert line["user_id"] == (ada.id if "security" in operation.spec else None)
        assert 0 <= line["ms"] < 60_000
        assert line.keys() == {
            *("method", "route", "status", "ms", "user_id", "request_id"),
            *("event", "level", "timestamp"),
        }
        if operation.method != "GET":
            ada = await sign_in(resources)  # some operations end the session


@pytest.mark.parametrize(
    ("method", "path", "status", "route"),
    [
        ("GET", "/nowhere", 404, "unmatched"),
        ("GET", "/api/v1/tasks/%0a%0d/x", 404, "unmatched"),
        ("DELETE", ME, 405, ME),
        ("GET", "/metrics", 200, "/metrics"),
    ],
)
async def test_a_request_of_no_operation_is_logged_as_well(
    client: httpx2.AsyncClient,
    settings: Settings,
    method: str,
    path: str,
    status: int,
    route: str,
) -> None:
    with written_log(settings) as log:
        await client.request(method, path)
    [line] = log.of("request.done")
    assert (line["route"], line["status"], line["user_id"]) == (route, status, None)


async def test_a_log_holds_no_token_no_address_and_no_query(
    client: httpx2.AsyncClient, settings: Settings, ada: SignedIn
) -> None:
    asked = {"artist": "The Quiet Tides", "period": "nonsense"}
    with written_log(settings) as log:
        await client.get("/api/v1/music/listens", params=asked, headers=ada.headers)
        await client.patch(ME, json={"email": "eve@example.org"}, headers=ada.headers)
    assert len(log.of("request.done")) == 2
    for secret in (
        ada.headers["Authorization"][7:],
        "example.org",
        "Tides",
        "nonsense",
    ):
        assert secret not in log.text


async def in_chunks(body: bytes, sent: list[int]) -> AsyncIterator[bytes]:
    for begin in range(0, len(body), CHUNK):
        chunk = body[begin : begin + CHUNK]
        sent.append(len(chunk))
        yield chunk


def json_of(size: int) -> bytes:
    account = json.dumps({"username": "ada", "password": "correct horse"})
    return account.ljust(size).encode()


def form_of(size: int) -> bytes:
    return b"username=ada&password=".ljust(size, b"x")


@pytest.mark.parametrize("sized", [True, False], ids=["Content-Length", "chunked"])
async def test_a_body_may_be_as_large_as_the_limit(
    client: httpx2.AsyncClient, sized: bool
) -> None:
    body, kind = json_of(LIMIT), {"Content-Type": "application/json"}
    content = body if sized else in_chunks(body, [])
    answer = await client.post(REGISTER, content=content, headers=kind)
    assert answer.status_code == 201


@attack(31, "no-or-false-length")
@pytest.mark.parametrize(
    "length", [None, "", "12", "-1", "1e9", "x"], ids=lambda length: f"length {length}"
)
@pytest.mark.parametrize(
    ("path", "kind", "make"),
    [
        (REGISTER, "application/json", json_of),
        (TOKEN, "application/x-www-form-urlencoded", form_of),
    ],
    ids=["json", "form"],
)
async def test_a_body_that_does_not_show_its_size_is_cut_at_the_limit(
    client: httpx2.AsyncClient, path: str, kind: str, make: object, length: str | None
) -> None:
    assert callable(make)
    sent: list[int] = []
    headers = {"Content-Type": kind} | ({"Content-Length": length} if length else {})
    content = in_chunks(make(LIMIT * 10), sent)
    answer = await client.post(path, content=content, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "content_too_large")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Connection"] == "close"
    assert sum(sent) <= LIMIT + 2 * CHUNK


@attack(31, "length-over-the-limit")
@pytest.mark.parametrize("size", [LIMIT + 1, 10**12, 10**40])
async def test_a_body_that_shows_it_is_too_large_is_not_read(
    client: httpx2.AsyncClient, size: int
) -> None:
    sent: list[int] = []
    answer = await client.post(
        REGISTER,
        content=in_chunks(json_of(LIMIT + 1), sent),
        headers={"Content-Type": "application/json", "Content-Length": str(size)},
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "content_too_large")
    assert answer.headers["X-Request-Id"]
    assert answer.headers["Connection"] == "close"
    assert sent == []


@attack(31, "length-of-an-upload-over-the-limit")
async def test_an_upload_that_shows_it_is_too_large_is_not_read(
    client: httpx2.AsyncClient, configure: Configure
) -> None:
    configure(MusicSettings, upload_max_bytes=1024 * 1024)
    sent: list[int] = []
    answer = await client.post(
        "/api/v1/music/uploads?name=export.zip",
        content=in_chunks(b"x", sent),
        headers={"Content-Length": str(1024 * 1024 + 1)},
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "upload_too_large")
    assert "1 MiB" in answer.json()["detail"]
    assert answer.headers["Connection"] == "close"
    assert sent == []


@pytest.mark.parametrize("sized", [True, False], ids=["Content-Length", "chunked"])
async def test_an_upload_has_a_limit_of_its_own(
    client: httpx2.AsyncClient, ada: SignedIn, sized: bool
) -> None:
    body = b"x" * (LIMIT * 3)
    answer = await client.post(
        "/api/v1/music/uploads?name=export.zip",
        content=body if sized else in_chunks(body, []),
        headers=ada.headers,
    )
    assert (answer.status_code, answer.json()["size"]) == (201, len(body))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/api/v1/music/uploads"),
        ("POST", "/api/v1/music/uploads/"),
        ("POST", "/api/v1/music/uploads/x"),
        ("POST", "/healthz"),
        ("POST", "/nowhere"),
    ],
)
async def test_only_the_upload_itself_has_that_limit(
    client: httpx2.AsyncClient, method: str, path: str
) -> None:
    answer = await client.request(method, path, content=b"x" * (LIMIT + 1))
    assert answer.status_code == 413


@pytest.fixture(scope="module")
def failing_app(proxied_app: FastAPI) -> FastAPI:
    """An application with endpoints that crash."""
    app = proxied_app

    @app.get("/crash")
    async def crash() -> None:
        raise RuntimeError("nobody thought of this")

    @app.get("/divide")
    async def divide(session: SessionDep) -> None:
        await session.execute(text("SELECT 1 / 0 WHERE :who <> ''"), {"who": ADDRESS})

    return app


@pytest.fixture
async def failing(
    failing_app: FastAPI, resources: Resources
) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the application that crashes."""
    state_of(failing_app).resources = resources
    transport = httpx2.ASGITransport(app=failing_app)
    async with httpx2.AsyncClient(
        transport=transport, base_url="https://testserver"
    ) as client:
        yield client


@attack(39, "crash")
async def test_a_crash_is_shown_by_the_id_of_the_request_and_logged(
    failing: httpx2.AsyncClient, settings: Settings
) -> None:
    with written_log(settings) as log:
        answer = await failing.get("/crash")
    assert answer.status_code == 500
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["code"]) == (500, "internal_error")
    assert answer.headers["X-Request-Id"] in problem["detail"]
    assert "nobody thought" not in answer.text
    [crashed], [done] = log.of("request.crashed"), log.of("request.done")
    assert "RuntimeError: nobody thought of this" in crashed["exception"]
    assert crashed["request_id"] == done["request_id"] == answer.headers["X-Request-Id"]
    assert (done["status"], done["route"]) == (500, "/crash")


@attack(39, "crash-in-the-database")
async def test_a_crash_in_the_database_does_not_log_the_values_of_the_request(
    failing: httpx2.AsyncClient, settings: Settings
) -> None:
    with written_log(settings) as log:
        answer = await failing.get("/divide")
    assert answer.status_code == 500
    assert "SELECT" not in answer.text
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "division by zero" in log.text
    assert ADDRESS not in log.text


async def test_invented_methods_make_no_new_series(
    failing: httpx2.AsyncClient,
) -> None:
    for number in range(20):
        await failing.request(f"METHOD{number}", "/crash")
        await failing.request(f"METHOD{number}", f"/nowhere/{number}")
    assert "METHOD" not in (await failing.get("/metrics")).text
