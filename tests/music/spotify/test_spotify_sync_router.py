"""The sync from Spotify over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from tests.auth.factories import SignedIn, make_linked_account, sign_in
from tests.conftest import Configure, MakeClient
from tests.music.factories import count_jobs
from tests.music.spotify.syncing import (
    change_tokens,
    exported,
    give_access,
    synced,
    use_sandbox,
)
from tests.sandbox.running import Running
from unwrapped.core.process_resources import Resources
from unwrapped.music.spotify.models import SpotifySync
from unwrapped.music.spotify.terms import TERMS

URL = "/api/v1/music/spotify-sync"
NOWHERE = "http://127.0.0.1:1"
TOKENS = {"access_token": "a", "refresh_token": "r", "expires_in": 3600}
AGREED = {"agreed": True}
OFF = {
    "configured": True,
    "linked": False,
    "access": False,
    "reconnect_needed": False,
    "access_ends_at": None,
    "enabled": False,
    "agreed_at": None,
    "last_synced_at": None,
    "next_sync_at": None,
    "last_error_code": None,
    "terms": TERMS,
}


@pytest.fixture
async def ada(resources: Resources) -> SignedIn:
    return await sign_in(resources)


@pytest.fixture
def configured(configure: Configure) -> None:
    use_sandbox(configure, NOWHERE)


async def state(client: httpx2.AsyncClient, signed: SignedIn) -> dict[str, Any]:
    answer = await client.get(URL, headers=signed.headers)
    assert answer.status_code == 200, answer.text
    reply: dict[str, Any] = answer.json()
    return reply


def refusal(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_a_server_without_an_app_at_spotify(
    client: httpx2.AsyncClient, ada: SignedIn
) -> None:
    assert await state(client, ada) == OFF | {"configured": False}
    refused = (404, "sync_not_configured")
    put = await client.put(URL, json=AGREED, headers=ada.headers)
    assert refusal(put) == refused
    begun = await client.post(f"{URL}/begin", headers=ada.headers)
    assert refusal(begun) == refused


@pytest.mark.usefixtures("configured")
async def test_the_sync_requires_access(
    client: httpx2.AsyncClient,
    resources: Resources,
    session: AsyncSession,
    ada: SignedIn,
) -> None:
    async def refused() -> bool:
        put = await client.put(URL, json=AGREED, headers=ada.headers)
        begun = await client.post(f"{URL}/begin", headers=ada.headers)
        return refusal(put) == refusal(begun) == (409, "access_needed")

    assert await state(client, ada) == OFF
    assert await refused()
    await make_linked_account(session, ada.id)
    assert await state(client, ada) == OFF | {"linked": True}
    assert await refused()
    await give_access(resources, ada.id, TOKENS, scopes="user-top-read")
    assert await state(client, ada) == OFF | {"linked": True}
    assert await refused()
    await give_access(resources, ada.id, TOKENS)
    reply = await state(client, ada)
    assert (reply["linked"], reply["access"], reply["enabled"]) == (True, True, False)
    ends_at = datetime.fromisoformat(reply["access_ends_at"])
    in_six_months = datetime.now(UTC) + timedelta(days=180)
    assert abs(ends_at - in_six_months) < timedelta(minutes=5)
    await change_tokens(resources, ada.id, reconnect_since=datetime.now(UTC))
    reply = await state(client, ada)
    assert (reply["access"], reply["reconnect_needed"]) == (False, True)
    assert await refused()


@pytest.mark.usefixtures("configured")
async def test_the_sync_is_turned_on_and_off(
    client: httpx2.AsyncClient, resources: Resources, ada: SignedIn
) -> None:
    await give_access(resources, ada.id, TOKENS)
    answer = await client.put(URL, json=AGREED, headers=ada.headers)
    assert answer.status_code == 200
    reply = answer.json()
    assert reply["enabled"]
    assert reply["agreed_at"] == reply["next_sync_at"] is not None
    assert await state(client, ada) == reply
    again = await client.put(URL, json=AGREED, headers=ada.headers)
    assert again.json() == reply
    off = await client.delete(URL, headers=ada.headers)
    assert (off.status_code, off.json()) == (200, {"deleted": 0})
    reply = await state(client, ada)
    assert (reply["enabled"], reply["agreed_at"], reply["access"]) == (
        False,
        None,
        True,
    )
    off = await client.delete(URL, headers=ada.headers)
    assert off.json() == {"deleted": 0}


@pytest.mark.usefixtures("configured")
async def test_nobody_turns_it_on_without_agreeing(
    client: httpx2.AsyncClient, resources: Resources, ada: SignedIn
) -> None:
    await give_access(resources, ada.id, TOKENS)
    for body in ({}, {"agreed": False}, {"agreed": None}, {"agreed": "yes"}, [True]):
        answer = await client.put(URL, json=body, headers=ada.headers)
        assert answer.status_code == 422, body
    assert not (await state(client, ada))["enabled"]


@pytest.mark.usefixtures("configured")
async def test_a_request_begins_one_sync(
    client: httpx2.AsyncClient,
    resources: Resources,
    session: AsyncSession,
    ada: SignedIn,
) -> None:
    await give_access(resources, ada.id, TOKENS)
    early = await client.post(f"{URL}/begin", headers=ada.headers)
    assert refusal(early) == (409, "sync_not_enabled")
    await client.put(URL, json=AGREED, headers=ada.headers)
    answers = [await client.post(f"{URL}/begin", headers=ada.headers) for _ in range(2)]
    assert {answer.status_code for answer in answers} == {202}
    first, second = (answer.json() for answer in answers)
    assert first == second
    assert (first["kind"], first["status"]) == ("music.spotify_sync", "pending")
    assert await count_jobs(session) == 1


@pytest.mark.usefixtures("configured")
async def test_the_state_shows_why_the_sync_fails(
    client: httpx2.AsyncClient,
    resources: Resources,
    session: AsyncSession,
    ada: SignedIn,
) -> None:
    await give_access(resources, ada.id, TOKENS)
    await client.put(URL, json=AGREED, headers=ada.headers)
    row = await session.get_one(SpotifySync, ada.id)
    row.last_error_code = "reconnect_needed"
    await session.flush()
    await change_tokens(resources, ada.id, reconnect_since=datetime.now(UTC))
    reply = await state(client, ada)
    assert reply["enabled"]
    assert reply["reconnect_needed"]
    assert reply["last_error_code"] == "reconnect_needed"
    assert reply["next_sync_at"] is None
    await session.execute(delete(SpotifySync))


async def test_turning_the_sync_off_keeps_or_deletes_plays(
    make_client: MakeClient,
    common_resources: Resources,
    sandbox: Running,
    configure: Configure,
) -> None:
    use_sandbox(configure, sandbox.address)
    client = make_client(common_resources)
    one, other = [await synced(common_resources, sandbox) for _ in range(2)]
    for listener in (one, other):
        await listener.sync()
    kept = await client.delete(URL, headers=one.signed.headers)
    assert kept.json() == {"deleted": 0}
    assert await one.counted() == {3: 50}
    gone = await client.delete(URL, params={"forget": True}, headers=one.signed.headers)
    assert gone.json() == {"deleted": 50}
    assert await one.counted() == {}
    # Unlinking deletes the plays in any case.
    before = len((await other.stored()).listens)
    assert before == 50
    unlinked = await client.delete(
        "/api/v1/auth/spotify/link", headers=other.signed.headers
    )
    assert unlinked.status_code == 204, unlinked.text
    state = await other.stored()
    assert not any(
        (state.listens, state.recordings, state.spellings, state.artists, state.tracks)
    )
    async with common_resources.database.session() as session:
        assert await session.get(SpotifySync, other.id) is None


async def test_unlinking_keeps_plays_of_an_export(
    make_client: MakeClient,
    common_resources: Resources,
    sandbox: Running,
    configure: Configure,
) -> None:
    use_sandbox(configure, sandbox.address)
    client = make_client(common_resources)
    one, other = [await synced(common_resources, sandbox) for _ in range(2)]
    rows = exported(one.plays())[:20]
    for listener in (one, other):
        await listener.import_file(rows)
    before = await one.stored()
    for listener in (one, other):
        await listener.sync()
    of_other = await other.stored()
    await client.delete("/api/v1/auth/spotify/link", headers=one.signed.headers)
    assert await one.stored() == before
    assert await other.stored() == of_other
