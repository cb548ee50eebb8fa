"""What all paths of ListenBrainz share: the form, CORS, rate limits, and stored outcomes."""

import json
import socket
from typing import Any

import httpx2
import pytest

from tests.attacks import attack
from tests.auth.factories import cookie, make_web_session
from tests.auth.logs import written_log
from tests.conftest import Configure, MakeClient
from tests.music.scrobbles.players import Player, listen_of, make_token
from unwrapped.core.config import Settings
from unwrapped.core.database import Database
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.music.scrobbles.settings import ScrobbleSettings
from unwrapped.music.scrobbles.tokens import SCROBBLING_TOKEN

RATES = ("limit", "remaining", "reset-in", "reset")


def assert_readable(answer: httpx2.Response) -> None:
    """Check that browser extensions can read an answer, and that it has rate-limit headers."""
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert (
        answer.headers["Access-Control-Allow-Headers"] == "Authorization, Content-Type"
    )
    assert answer.headers["Access-Control-Max-Age"] == "21600"
    assert "access-control-allow-credentials" not in answer.headers
    for name in RATES:
        assert int(answer.headers[f"X-RateLimit-{name}"]) >= 0
    assert answer.headers["Cache-Control"] == "private, no-store"
    if answer.status_code != 204:
        assert answer.headers["Content-Type"] == "application/json"
        reply = answer.json()
        if answer.is_error:
            assert set(reply) == {"code", "error"}
            assert reply["code"] == answer.status_code


async def test_every_answer_is_in_the_form_of_the_dialect(
    player: Player, subtests: pytest.Subtests
) -> None:
    browser = {"Accept": "text/html,*/*;q=0.1", "Origin": "https://elsewhere.example"}
    token = browser | player.headers
    for method, path, headers, status in (
        ("OPTIONS", "/submit-listens", browser, 204),
        ("OPTIONS", "/no/such/path", browser, 204),
        ("GET", "", browser, 404),
        ("GET", "/", browser, 404),
        ("GET", "/metadata/lookup", token, 404),
        ("GET", "/user/ada/similar-users", token, 404),
        ("GET", "/submit-listens", token, 404),
        ("POST", "/submit-listens", browser, 401),
        ("POST", "/submit-listens", token, 400),
        ("GET", "/user/ada/listens", token, 200),
    ):
        with subtests.test(f"{method} {path}"):
            answer = await player.client.request(method, f"/1{path}", headers=headers)
            assert answer.status_code == status, answer.text
            assert_readable(answer)
    other = await player.client.get("/apis/listenbrainz/1/", headers=browser)
    assert other.status_code == 404
    assert_readable(other)
    foreign = await player.client.get(
        "/1/user/ada/listens", headers=token | {"Host": "evil.example"}
    )
    assert foreign.status_code == 421
    assert_readable(foreign)
    # A path that only begins with the same letters is not below the prefix.
    outside = await player.client.get("/10/listens", headers={"Accept": "text/html"})
    assert outside.headers["Content-Type"].startswith("text/html")


@attack(76, "a scrobbler that reads too often")
async def test_reads_are_limited_and_submissions_are_not(
    player: Player, configure: Configure
) -> None:
    configure(ScrobbleSettings, scrobble_reads_per_minute=3)
    answer = await player.get("/user/ada/listens")
    for left in (True, True, True, False):
        assert_readable(answer)
        assert answer.headers["X-RateLimit-Limit"] == "3"
        assert (int(answer.headers["X-RateLimit-Remaining"]) > 0) is left
        assert answer.status_code == (200 if left else 429)
        answer = await player.get("/user/ada/listens")
    assert int(answer.headers["X-RateLimit-Reset-In"]) >= 1
    for n in range(5):
        assert (await player.submit(listen_of(f"Song {n}"))).status_code == 200


@attack(77, "a page of another origin that would scrobble with a cookie")
async def test_cookies_are_ignored(player: Player) -> None:
    async with player.resources.database.session() as session:
        secret = await make_web_session(session, player.owner.id)
    for headers in (
        cookie(secret),
        {**cookie(secret), "Sec-Fetch-Site": "same-origin"},
    ):
        answer = await player.submit(listen_of(), headers=headers)
        assert answer.status_code == 401


async def test_a_token_shows_the_outcome_of_its_last_request(player: Player) -> None:
    assert await _noted(player) == (None, None, None, None)
    await player.submit(listen_of())
    assert await _noted(player) == ("POST /1/submit-listens", "200", None, None)
    reason = "JSON document does not contain any listens"
    await player.submit()
    assert await _noted(player) == ("POST /1/submit-listens", "400", reason, reason)
    await player.get("/user/Bea/listens")
    other = "Cannot find user: Bea"
    assert await _noted(player) == ("GET /1/user/Bea/listens", "404", other, other)
    await player.get("/user/Ada/listens", count="5")
    assert await _noted(player) == ("GET /1/user/Ada/listens", "200", None, other)


async def _noted(player: Player) -> tuple[object, ...]:
    reply = await player.client.get(
        "/api/v1/music/scrobbles/tokens", headers=player.owner.headers
    )
    [token] = reply.json()["items"]
    members = ("last_request", "last_answer", "last_reason", "last_refusal")
    assert (token["last_used_at"] is None) is (token["last_request"] is None)
    return tuple(token[member] for member in members)


async def test_requests_with_the_same_outcome_are_noted_once_a_minute(
    player: Player,
) -> None:
    async def used_at() -> object:
        reply = await player.client.get(
            "/api/v1/music/scrobbles/tokens", headers=player.owner.headers
        )
        return reply.json()["items"][0]["last_used_at"]

    await player.submit(listen_of("One"))
    first = await used_at()
    await player.submit(listen_of("Two"))
    assert await used_at() == first
    await player.submit()
    assert await used_at() != first


async def test_a_revoked_token_has_no_holder(player: Player) -> None:
    url = "/api/v1/music/scrobbles/tokens"
    other = await make_token(player.resources, player.owner.id, "other")
    items = (await player.client.get(url, headers=player.owner.headers)).json()["items"]
    mine = next(item["id"] for item in items if item["name"] == "kitchen")
    gone = await player.client.delete(f"{url}/{mine}", headers=player.owner.headers)
    assert gone.status_code == 204
    assert (await player.submit(listen_of())).status_code == 401
    left = await player.submit(listen_of(), headers={"Authorization": f"Token {other}"})
    assert left.status_code == 200


async def test_no_token_is_logged(player: Player) -> None:
    with written_log(player.resources.settings) as log:
        for path in ("/validate-token", "/submit-listens", "/user/x/listens"):
            await player.get(path, token=player.token, sk=player.token)
            await player.client.get(f"/1{path}/{player.token}?t={player.token}")
    assert "/1/validate-token" in log.text
    assert player.token not in log.text


async def test_an_outage_of_the_database_is_answered_in_the_protocol(
    make_client: MakeClient, configure: Configure, settings: Settings
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        address = DatabaseAddress.parse(f"postgresql://u:p@127.0.0.1:{port}/x")
        database = Database(address)
        client = make_client(configure.resources(database))
        body: dict[str, Any] = {"listen_type": "single", "payload": [listen_of()]}
        answer = await client.post(
            "/1/submit-listens",
            headers={"Authorization": f"Token {SCROBBLING_TOKEN.create()}"},
            content=json.dumps(body),
        )
        await database.dispose()
    assert answer.status_code == 503
    assert_readable(answer)
