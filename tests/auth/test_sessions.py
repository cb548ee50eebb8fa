"""Sessions of a person are listed, ended and, once expired, deleted."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tests.auth.factories import (
    SignedIn,
    cookie,
    make_session,
    make_user,
    make_web_session,
    sign_in,
)
from unwrapped.auth.models import UserSession
from unwrapped.auth.sessions.service import delete_dead_sessions
from unwrapped.core.process_resources import Resources

ME, SESSIONS = "/api/v1/auth/me", "/api/v1/auth/sessions"
LONG_AGO = datetime.now(UTC) - timedelta(days=30, minutes=1)


@pytest.fixture
async def ada(resources: Resources) -> SignedIn:
    """Somebody who is signed in."""
    return await sign_in(resources, username="ada")


async def listed(client: httpx2.AsyncClient, ada: SignedIn) -> list[dict[str, Any]]:
    """Her sessions in the list."""
    items: list[dict[str, Any]] = (
        await client.get(SESSIONS, headers=ada.headers)
    ).json()["items"]
    return items


async def test_live_sessions_are_listed(
    client: httpx2.AsyncClient, session: AsyncSession, ada: SignedIn
) -> None:
    await make_web_session(session, ada.id)
    await make_session(session, ada.id, expires_at=datetime.now(UTC))
    await make_session(session, ada.id, last_used_at=LONG_AGO)
    items = await listed(client, ada)
    assert sorted((one["kind"], one["is_current"]) for one in items) == [
        ("api", True),
        ("web", False),
    ]
    assert set(items[0]) == {
        *("id", "kind", "created_at", "last_used_at", "expires_at", "is_current")
    }


async def test_the_list_comes_in_pages_the_latest_first(
    client: httpx2.AsyncClient, session: AsyncSession, ada: SignedIn
) -> None:
    now = datetime.now(UTC)
    made = [
        await make_session(session, ada.id, created_at=now - timedelta(minutes=age))
        for age in (1, 2, 2, 3)
    ]
    ids: list[str] = []
    params: dict[str, str | None] = {"limit": "2"}
    for size in (2, 2, 1):
        page = (await client.get(SESSIONS, params=params, headers=ada.headers)).json()
        assert len(page["items"]) == size
        ids += [one["id"] for one in page["items"]]
        params["cursor"] = page["next_cursor"]
    assert params["cursor"] is None
    assert len(ids) == len(set(ids)) == 5
    assert [ids[1], ids[4]] == [str(made[0].id), str(made[3].id)]


async def test_one_of_several_sessions_ends_at_once(
    client: httpx2.AsyncClient, session: AsyncSession, ada: SignedIn
) -> None:
    secret = await make_web_session(session, ada.id)
    [web] = [one for one in await listed(client, ada) if one["kind"] == "web"]
    assert (await client.get(ME, headers=cookie(secret))).status_code == 200
    path = f"{SESSIONS}/{web['id']}"
    assert (await client.delete(path, headers=ada.headers)).status_code == 204
    assert (await client.get(ME, headers=cookie(secret))).status_code == 401
    again = await client.delete(path, headers=ada.headers)
    assert (again.status_code, again.json()["code"]) == (404, "session_not_found")
    assert len(await listed(client, ada)) == 1


async def test_all_other_sessions_end_at_once(
    client: httpx2.AsyncClient, session: AsyncSession, ada: SignedIn
) -> None:
    secrets = [await make_web_session(session, ada.id) for _ in range(2)]
    stranger = await make_user(session)
    other = await make_web_session(session, stranger.id or 0)
    answer = await client.delete(SESSIONS, headers=ada.headers)
    assert (answer.status_code, answer.content) == (204, b"")
    for secret in secrets:
        assert (await client.get(ME, headers=cookie(secret))).status_code == 401
    [left] = await listed(client, ada)
    assert left["is_current"]
    assert (await client.get(ME, headers=cookie(other))).status_code == 200


async def test_an_unknown_session_is_not_found(
    client: httpx2.AsyncClient, ada: SignedIn
) -> None:
    unknown = await client.delete(f"{SESSIONS}/{uuid4()}", headers=ada.headers)
    malformed = await client.delete(f"{SESSIONS}/1", headers=ada.headers)
    assert (unknown.status_code, malformed.status_code) == (404, 422)


async def test_the_sweep_deletes_expired_sessions(
    resources: Resources, session: AsyncSession
) -> None:
    user = await make_user(session)
    now = datetime.now(UTC)
    for minutes in (-60, -1, 1, 60):
        ends = now + timedelta(minutes=minutes)
        await make_session(session, user.id or 0, expires_at=ends)
    await make_session(session, user.id or 0, last_used_at=LONG_AGO)
    assert await delete_dead_sessions(resources) == 3
    left = await session.scalars(select(col(UserSession.expires_at)))
    assert all(ends > now for ends in left)
    assert await delete_dead_sessions(resources) == 0
    assert await session.scalar(select(func.count()).select_from(UserSession)) == 2
