"""One other origin may call the API, by its own pages and with access tokens."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from tests.attacks import attack
from tests.auth.factories import (
    HASHED,
    PASSWORD,
    SignedIn,
    cookie,
    make_web_session,
    sign_in,
)
from tests.conftest import SECRET
from unwrapped.core.config import Settings
from unwrapped.core.http.state import AppState, attach_state, state_of
from unwrapped.core.process_resources import Resources
from unwrapped.main import DOMAINS, create_app

FRONT_END = "https://app.example.org"
ME, REGISTER, TOKEN = (f"/api/v1/auth/{name}" for name in ("me", "register", "token"))
ASKS = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization, content-type",
}


@pytest.fixture(scope="module")
def open_app() -> FastAPI:
    """An application that another front end may call."""
    return create_app(
        Settings(
            secret_key=SecretStr(SECRET),
            allowed_hosts=("testserver",),
            frontend_url=FRONT_END,
        )
    )


@pytest.fixture
async def page(
    open_app: FastAPI, resources: Resources
) -> AsyncIterator[httpx2.AsyncClient]:
    """A page of the front end."""
    state_of(open_app).resources = resources
    transport = httpx2.ASGITransport(app=open_app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(
        transport=transport,
        base_url="https://testserver",
        headers={"Origin": FRONT_END, "Sec-Fetch-Site": "cross-site"},
    ) as client:
        yield client


@pytest.fixture
async def ada(resources: Resources) -> SignedIn:
    """Somebody with an account."""
    return await sign_in(resources, username="ada", password_hash=HASHED)


def permissions(answer: httpx2.Response) -> dict[str, str]:
    """Return what the answer permits pages of other origins."""
    return {
        name: value
        for name, value in answer.headers.items()
        if name.startswith("access-control-")
    }


def varies(answer: httpx2.Response) -> list[str]:
    """Return the members of `Vary`."""
    return answer.headers["Vary"].split(", ")


async def test_a_preflight_is_answered(page: httpx2.AsyncClient) -> None:
    answer = await page.options(REGISTER, headers=ASKS)
    assert answer.status_code == 204
    reply = permissions(answer)
    assert reply.pop("access-control-expose-headers")
    assert reply == {
        "access-control-allow-origin": FRONT_END,
        "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
        "access-control-allow-headers": "Authorization, Content-Type",
        "access-control-max-age": "3600",
    }
    assert "Origin" in varies(answer)


async def test_pages_of_the_front_end_sign_in_and_use_the_token(
    page: httpx2.AsyncClient, ada: SignedIn
) -> None:
    form = {"username": "ada", "password": PASSWORD}
    signed = await page.post(TOKEN, data=form)
    assert signed.status_code == 200, signed.text
    bearer = {"Authorization": f"Bearer {signed.json()['access_token']}"}
    for answer in (signed, await page.get(ME, headers=bearer)):
        assert answer.status_code == 200
        reply = permissions(answer)
        assert reply.pop("access-control-allow-origin") == FRONT_END
        exposed = reply.pop("access-control-expose-headers").split(", ")
        assert {"Retry-After", "X-Request-ID"} <= set(exposed)
        assert reply == {}
        assert "Origin" in varies(answer)
    assert ada.id


async def test_errors_can_be_read(open_app: FastAPI, page: httpx2.AsyncClient) -> None:
    too_large = {"Content-Length": "1000000"}
    refused = [
        await page.get(ME),
        await page.get("/api/v1/nowhere"),
        await page.options(REGISTER),
        await page.post(REGISTER, content=b"x", headers=too_large),
        await page.get(ME, headers={"Host": "evil.example"}),
    ]
    kept = state_of(open_app)
    attach_state(open_app, AppState(DOMAINS))  # it has not started: a crash
    refused.append(await page.get(ME))
    attach_state(open_app, kept)
    assert [answer.status_code for answer in refused] == [401, 404, 405, 413, 421, 500]
    for answer in refused:
        assert answer.json()["code"]
        assert permissions(answer)["access-control-allow-origin"] == FRONT_END


@attack(18, "cookie-of-the-front-end")
async def test_a_cookie_opens_nothing_there(
    page: httpx2.AsyncClient, resources: Resources, ada: SignedIn
) -> None:
    async with resources.database.session() as session:
        signed_in = cookie(await make_web_session(session, ada.id))
    answer = await page.patch(ME, json={"display_name": "Eve"}, headers=signed_in)
    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")
    # What changes nothing is answered, and browsers keep it from the page.
    read = await page.get(ME, headers=signed_in)
    assert "access-control-allow-credentials" not in read.headers
    own = signed_in | {"Origin": "https://testserver", "Sec-Fetch-Site": "same-origin"}
    changed = await page.patch(ME, json={"display_name": "Ada"}, headers=own)
    assert changed.status_code == 200


@attack(20, "beside-the-front-end")
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("OPTIONS", REGISTER, 405), ("GET", ME, 401), ("GET", "/api/v1/nowhere", 404)],
)
async def test_pages_of_other_origins_are_allowed_nothing(
    page: httpx2.AsyncClient, method: str, path: str, status: int
) -> None:
    del page.headers["Origin"]
    for origins in (
        *(["https://evil.example"], ["null"], [""], ["*"]),
        *([f"{FRONT_END}.evil.example"], ["https://evil.app.example.org"]),
        *(["https://evilapp.example.org"], ["https://example.org"]),
        *([f"{FRONT_END}:8443"], [f"{FRONT_END}:443"], ["http://app.example.org"]),
        *([f"{FRONT_END}/"], ["https://APP.example.org"], [FRONT_END, FRONT_END]),
        *([f"{FRONT_END} https://evil.example"], [f"{FRONT_END}, null"]),
        ["https://testserver"],
    ):
        headers = [*ASKS.items(), *(("Origin", origin) for origin in origins)]
        answer = await page.request(method, path, headers=headers)
        assert answer.status_code == status, origins
        assert permissions(answer) == {}, origins
        # A cache must not keep what one origin got for the other.
        assert "Origin" in varies(answer), origins


@pytest.mark.parametrize("path", ["/healthz", "/docs", "/metrics"])
async def test_nothing_outside_the_api_is_open(
    page: httpx2.AsyncClient, path: str
) -> None:
    answer = await page.get(path)
    assert permissions(answer) == {}
    assert permissions(await page.options(path, headers=ASKS)) == {}


async def test_without_a_front_end_no_answer_depends_on_the_origin(
    client: httpx2.AsyncClient,
) -> None:
    for headers in (ASKS, {}):
        answer = await client.options(ME, headers=headers | {"Origin": FRONT_END})
        assert answer.status_code == 405
        assert permissions(answer) == {}
        assert "Origin" not in varies(answer)
