"""Limits of an account: sessions, personal tokens, used refresh tokens."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx2
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tests.auth.factories import (
    SignedIn,
    make_personal_token,
    make_session,
    make_user,
    sign_in,
)
from tests.conftest import Configure, MakeClient
from unwrapped.auth.models import (
    PersonalToken,
    RefreshToken,
    SessionKind,
    UserSession,
)
from unwrapped.auth.sessions.caller_lookup import IDLE
from unwrapped.auth.sessions.opening import open_session
from unwrapped.auth.sessions.refreshing import delete_used_tokens
from unwrapped.auth.settings import AuthSettings
from unwrapped.auth.tokens.service import delete_expired_tokens
from unwrapped.core.process_resources import Resources

TOKENS = "/api/v1/auth/tokens"


async def test_concurrent_sign_ins_leave_no_more_sessions_than_allowed(
    cloned_resources: Resources,
) -> None:
    async with cloned_resources.database.session() as session:
        user_id = (await make_user(session)).id or 0
        other = await make_session(session, (await make_user(session)).id or 0)

    async def open_one() -> None:
        async with cloned_resources.database.session() as session:
            await open_session(session, user_id, SessionKind.API, most=5)

    await asyncio.gather(*(open_one() for _ in range(12)))
    async with cloned_resources.database.session() as session:
        left = list(await session.scalars(select(UserSession)))
    assert len([one for one in left if one.user_id == user_id]) == 5
    assert other.id in {one.id for one in left}


async def test_the_session_that_was_unused_for_the_longest_ends(
    session: AsyncSession, resources: Resources
) -> None:
    user_id = (await make_user(session)).id or 0
    now = datetime.now(UTC)
    used = [
        (await make_session(session, user_id, last_used_at=now - timedelta(hours=n))).id
        for n in (3, 1, 2)
    ]
    new = await open_session(session, user_id, SessionKind.API, most=3)
    left = await session.scalars(
        select(col(UserSession.id)).where(col(UserSession.user_id) == user_id)
    )
    assert set(left) == {used[1], used[2], new.id}


async def create(client: httpx2.AsyncClient, ada: SignedIn, name: str) -> int:
    """Request a personal token; return the status."""
    wish = {"name": name, "scopes": ["read"]}
    answer = await client.post(TOKENS, json=wish, headers=ada.headers)
    if answer.status_code == 429:
        assert answer.json()["code"] == "too_many_tokens"
        assert "Revoke one first" in answer.json()["detail"]
    return answer.status_code


async def test_personal_tokens_of_a_person_are_limited(
    cloned_resources: Resources,
    make_client: MakeClient,
    configure: Configure,
) -> None:
    """Many sessions create them at once: one session would create them in turn."""
    configure(AuthSettings, tokens_per_user=4)
    client = make_client(cloned_resources)
    ada, bob = await sign_in(cloned_resources), await sign_in(cloned_resources)
    others = []
    async with cloned_resources.database.session() as session:
        for _ in range(12):
            signed = await make_session(session, ada.id)
            token = cloned_resources.signer.create_access_token(ada.id, signed.id)
            others.append(SignedIn(ada.id, {"Authorization": f"Bearer {token}"}))
    statuses = await asyncio.gather(
        *(create(client, one, str(n)) for n, one in enumerate(others))
    )
    assert sorted(statuses) == [201] * 4 + [429] * 8
    assert await create(client, bob, "bob's") == 201


async def test_expired_personal_tokens_do_not_count_and_are_deleted(
    client: httpx2.AsyncClient,
    resources: Resources,
    session: AsyncSession,
    configure: Configure,
) -> None:
    configure(AuthSettings, tokens_per_user=2)
    ada, bob = await sign_in(resources), await sign_in(resources)
    past = datetime.now(UTC) - timedelta(seconds=1)
    for _ in range(2):
        await make_personal_token(session, ada.id, expires_at=past)
    await make_personal_token(session, bob.id, expires_at=past)
    await make_personal_token(session, bob.id, expires_at=past + timedelta(days=1))
    assert await create(client, ada, "new") == 201
    assert await delete_expired_tokens(resources) == 1
    left = await session.scalars(select(col(PersonalToken.user_id)))
    assert sorted(left) == sorted([ada.id, bob.id])


async def test_used_refresh_tokens_are_kept_for_as_long_as_their_reuse_means_theft(
    session: AsyncSession, resources: Resources
) -> None:
    signed = await make_session(session, (await make_user(session)).id or 0)
    now = datetime.now(UTC)
    little = timedelta(minutes=1)
    for name, used_at in (
        ("old", now - IDLE - little),
        ("kept", now - IDLE + little),
        ("unused", None),
    ):
        session.add(
            RefreshToken(token_hash=name, session_id=signed.id, used_at=used_at)
        )
    await session.flush()
    assert await delete_used_tokens(resources) == 1
    left = await session.scalars(select(col(RefreshToken.token_hash)))
    assert set(left) == {"kept", "unused"}
