"""What the application makes of what domains plug in."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx2
import pytest
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import PlainTextResponse
from pydantic import SecretStr
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.attacks import attack
from tests.conftest import SECRET
from unwrapped.application import build_app
from unwrapped.auth.dependencies import CurrentUser
from unwrapped.core.config import Settings
from unwrapped.core.domain import Domain, Mount
from unwrapped.core.exceptions import TooManyRequests
from unwrapped.core.http.problems import Problem
from unwrapped.core.http.routing import PageRouter
from unwrapped.core.http.state import state_of
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.process_resources import Resources
from unwrapped.main import DOMAINS, configuration_of
from unwrapped.tasks.serving.web_process import web_tasks
from unwrapped.tasks.settings import TaskSettings

BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"
FORMS = {"Content-Type": "application/json"}


def in_the_dialect(problem: Problem, headers: Mapping[str, str]) -> Response:
    """Render a problem in the form of an old protocol: a word, and the code."""
    words = f"FAILED {problem.code}\n"
    return PlainTextResponse(words, problem.status, headers=dict(headers))


def load_dialect() -> APIRouter:
    router = APIRouter()

    @router.get("/hello")
    async def hello(request: Request) -> Response:
        assert state_of(request).resources is not None
        return PlainTextResponse("OK\n")

    @router.get("/mine")
    async def mine(user: CurrentUser) -> Response:
        raise AssertionError(user)

    @router.get("/number/{number}")
    async def number(number: int) -> Response:
        raise TooManyRequests("Slower.", retry_after=7)

    @router.post("/submit")
    async def submit(listens: list[int]) -> Response:
        raise RuntimeError("nobody thought of this")

    return router


def load_application() -> ASGIApp:
    app = FastAPI(openapi_url=None)

    @app.get("/hello")
    async def hello(request: Request) -> Response:
        return PlainTextResponse(str(state_of(request).resources.settings.home))

    return app


def load_stranger() -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("of no framework")(scope, receive, send)

    return answer


def load_pages() -> APIRouter:
    router = PageRouter()

    @router.get("/look")
    async def look() -> Response:
        return PlainTextResponse("here")

    return router


SCROBBLES = Domain(
    name="scrobbles",
    load_pages=load_pages,
    mounts=(
        Mount(prefix="/9.0", load=load_dialect, error_form=in_the_dialect),
        Mount(prefix="/apis/other", load=load_application),
        Mount(prefix="/apis/strange", load=load_stranger),
    ),
)


@pytest.fixture(scope="module")
def scrobbling() -> FastAPI:
    """The application with a domain that answers in another protocol."""
    settings = Settings(secret_key=SecretStr(SECRET), allowed_hosts=("testserver",))
    return build_app(configuration_of(settings), (*DOMAINS, SCROBBLES))


@pytest.fixture
async def client(
    scrobbling: FastAPI, resources: Resources
) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of that application."""
    state_of(scrobbling).resources = resources
    transport = httpx2.ASGITransport(app=scrobbling)
    async with httpx2.AsyncClient(
        transport=transport, base_url="https://testserver"
    ) as client:
        yield client


@pytest.mark.parametrize(
    ("method", "path", "headers", "content", "status", "code"),
    [
        ("GET", "/9.0", {}, b"", 404, "not_found"),
        ("GET", "/9.0/nowhere", {}, b"", 404, "not_found"),
        ("GET", "/9.0/submit", {}, b"", 405, "method_not_allowed"),
        ("GET", "/9.0/mine", {}, b"", 401, "invalid_token"),
        ("GET", "/9.0/number/x", {}, b"", 422, "malformed"),
        ("GET", "/9.0/number/1", {}, b"", 429, "too_many_requests"),
        ("POST", "/9.0/submit", FORMS, b"{", 422, "malformed"),
        ("POST", "/9.0/submit", FORMS, b"[1]", 500, "internal_error"),
        ("POST", "/9.0/submit", FORMS, b"x" * 70_000, 413, "content_too_large"),
        ("GET", "/9.0/hello", {"Host": "evil.example"}, b"", 421, "misdirected_request"),
    ],
)  # fmt: skip
async def test_every_error_below_a_mount_is_in_its_own_form(
    client: httpx2.AsyncClient,
    method: str,
    path: str,
    headers: dict[str, str],
    content: bytes,
    status: int,
    code: str,
) -> None:
    for accept in ("*/*", "application/json", BROWSER):
        answer = await client.request(
            method, path, headers={"Accept": accept} | headers, content=content
        )
        assert (answer.status_code, answer.text) == (status, f"FAILED {code}\n")
        assert answer.headers["Content-Type"].startswith("text/plain")
        assert ("WWW-Authenticate" in answer.headers) == (status == 401)
        assert answer.headers.get("Retry-After") == ("7" if status == 429 else None)


@pytest.mark.parametrize("path", ["/9.00", "/9.0x/hello", "/apis", "/apis/other/x/y"])
async def test_errors_beside_a_mount_are_not_in_its_form(
    client: httpx2.AsyncClient, path: str
) -> None:
    answer = await client.get(path)
    assert answer.status_code == 404
    assert "FAILED" not in answer.text


async def test_a_mount_answers_and_works_with_what_the_application_holds(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    assert (await client.get("/9.0/hello")).text == "OK\n"
    other = await client.get("/apis/other/hello")
    assert other.text == str(resources.settings.home)
    strange = await client.get("/apis/strange/x")
    assert strange.text == "of no framework"
    assert strange.headers["X-Content-Type-Options"] == "nosniff"


async def test_pages_have_no_prefix_and_are_no_part_of_the_document(
    client: httpx2.AsyncClient, scrobbling: FastAPI
) -> None:
    assert (await client.get("/look")).text == "here"
    assert (await client.get("/api/v1/look")).status_code == 404
    paths = scrobbling.openapi()["paths"]
    assert not [path for path in paths if path.startswith(("/look", "/9.0", "/s/"))]


async def test_a_domain_says_whether_it_is_ready(
    settings: Settings, resources: Resources
) -> None:
    asked: list[Resources] = []
    answers: list[bool | None] = [True, None, False]

    def check(of: Resources) -> bool | None:
        asked.append(of)
        return answers[len(asked) - 1]

    domain = replace(SCROBBLES, mounts=(), readiness={"scrobbler": check})
    app = build_app(configuration_of(settings), (*DOMAINS, domain))
    state_of(app).resources = resources
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=app), base_url="https://localhost"
    ) as client:
        for answer, status in zip(answers, (200, 200, 503), strict=True):
            ready = await client.get("/readyz")
            assert ready.status_code == status
            assert ready.json() == {
                "status": "ready" if status == 200 else "not ready",
                "database": True,
                "room": True,
                "worker": None,
                "scrobbler": answer,
            }
    assert asked == [resources] * 3
    schema = app.openapi()["components"]["schemas"]["Readiness"]
    members = ["status", "database", "room", "worker", "scrobbler"]
    assert schema["required"] == members


async def test_a_domains_lifespan_lasts_while_the_application_runs(
    settings: Settings, clone: DatabaseAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKER", "false")
    seen: list[str] = []

    @asynccontextmanager
    async def lifespan(resources: Resources) -> AsyncIterator[None]:
        await resources.database.ping()
        seen.append("open")
        yield
        await resources.database.ping()  # which is closed later
        seen.append("closed")

    external = settings.model_copy(
        update={"database_url": SecretStr(clone.for_asyncpg())}
    )
    domain = Domain(name="scrobbles", lifespan=lifespan)
    app = build_app(
        configuration_of(external).replace(TaskSettings, worker=False),
        (*DOMAINS, domain),
    )
    with pytest.raises(RuntimeError, match="has not started"):
        _ = state_of(app).resources
    async with app.router.lifespan_context(app):
        assert seen == ["open"]
        assert web_tasks(state_of(app).resources).worker is None
    assert seen == ["open", "closed"]


@attack(39, "page-of-a-crash")
async def test_a_crash_shows_a_browser_nothing_of_itself(
    settings: Settings, resources: Resources
) -> None:
    app = build_app(configuration_of(settings), DOMAINS)
    state_of(app).resources = resources

    @app.get("/crash")
    async def crash() -> None:
        raise RuntimeError("nobody thought of <this>")

    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=app), base_url="https://localhost"
    ) as client:
        answer = await client.get("/crash", headers={"Accept": BROWSER})
    assert answer.status_code == 500
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.headers["X-Request-Id"] in answer.text
    assert "nobody thought" not in answer.text
