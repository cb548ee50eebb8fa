"""Refresh tokens: each is exchanged once; a second use means that it was stolen."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import Update, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tests.attacks import attack
from tests.auth.factories import bearer, make_session, make_user
from tests.conftest import Configure, MakeClient
from unwrapped.auth.models import RefreshToken, User, UserSession
from unwrapped.auth.sessions.caller_lookup import COOKIE_SECRET, PERSONAL_TOKEN
from unwrapped.auth.sessions.refreshing import (
    LOST_ANSWER,
    REFRESH_TOKEN,
    Use,
    add_refresh_token,
    judge_use,
)
from unwrapped.auth.settings import AuthSettings
from unwrapped.core.process_resources import Resources
from unwrapped.core.secrets.tokens import hash_token

ME, TOKEN = "/api/v1/auth/me", "/api/v1/auth/token"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
AGES = [timedelta(0), timedelta(seconds=5), LOST_ANSWER]


def token_of(
    used: timedelta | None = None, retried: timedelta | None = None
) -> RefreshToken:
    """A token that was used and retried so long ago."""
    return RefreshToken(
        token_hash="",
        session_id=uuid4(),
        used_at=None if used is None else NOW - used,
        retried_at=None if retried is None else NOW - retried,
    )


FRESH, USED = token_of(), token_of(timedelta(seconds=1))


@pytest.mark.parametrize("successor", [None, FRESH, USED], ids=["none", "new", "used"])
def test_the_first_use_of_a_token_is_recognised(
    successor: RefreshToken | None,
) -> None:
    assert judge_use(FRESH, successor, NOW) is Use.FIRST


@pytest.mark.parametrize("age", [*AGES, -timedelta(seconds=1)], ids=str)
def test_a_lost_answer_is_a_retry(age: timedelta) -> None:
    assert judge_use(token_of(age), FRESH, NOW) is Use.RETRY


@pytest.mark.parametrize("age", [*AGES, timedelta(days=1)], ids=str)
@pytest.mark.parametrize("successor", [None, USED], ids=["none", "used"])
def test_use_is_theft_if_somebody_has_used_the_answer(
    age: timedelta, successor: RefreshToken | None
) -> None:
    assert judge_use(token_of(age), successor, NOW) is Use.THEFT


@pytest.mark.parametrize("age", AGES, ids=str)
def test_use_is_theft_after_a_retry(age: timedelta) -> None:
    assert judge_use(token_of(age, timedelta(0)), FRESH, NOW) is Use.THEFT


def test_use_is_theft_if_it_comes_too_late() -> None:
    late = LOST_ANSWER + timedelta(microseconds=1)
    assert judge_use(token_of(late), FRESH, NOW) is Use.THEFT


@dataclass
class Party:
    """Somebody with tokens of a session, who may be its owner or a thief."""

    client: httpx2.AsyncClient
    session_id: UUID
    first: str

    async def refresh(self, token: str) -> httpx2.Response:
        """Send a refresh token; return the answer."""
        form = {"grant_type": "refresh_token", "refresh_token": token}
        return await self.client.post(TOKEN, data=form)

    async def exchange(self, token: str) -> str:
        """Exchange a refresh token for the next one."""
        answer = await self.refresh(token)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["refresh_token"])

    async def assert_refused(self, token: str) -> None:
        """Check that a token is refused exactly as nonsense is."""
        answer, nonsense = await self.refresh(token), await self.refresh("nonsense")
        assert (answer.status_code, answer.content) == (401, nonsense.content)
        assert answer.json()["code"] == "invalid_token"


async def opened(client: httpx2.AsyncClient, resources: Resources) -> Party:
    """A new session."""
    async with resources.database.session() as session:
        user = await make_user(session)
        signed_in = await make_session(session, user.id or 0)
        return Party(client, signed_in.id, add_refresh_token(session, signed_in))


@pytest.fixture
async def party(client: httpx2.AsyncClient, resources: Resources) -> Party:
    """A party with the tokens of a session."""
    return await opened(client, resources)


async def is_alive(session: AsyncSession, party: Party) -> bool:
    """Whether the session of the tokens exists."""
    found = select(UserSession).where(col(UserSession.id) == party.session_id)
    return await session.scalar(found) is not None


async def test_a_token_is_exchanged_for_the_next_two(
    party: Party, session: AsyncSession
) -> None:
    answer = await party.refresh(party.first)
    assert answer.headers["Content-Type"] == "application/json"
    reply = answer.json()
    assert set(reply) == {"access_token", "token_type", "expires_in", "refresh_token"}
    assert (reply["token_type"], reply["expires_in"]) == ("bearer", 15 * 60)
    me = await party.client.get(ME, headers=bearer(reply["access_token"]))
    assert me.status_code == 200
    token = reply["refresh_token"]
    for _ in range(3):
        token = await party.exchange(token)
    assert await is_alive(session, party)


async def test_a_used_token_keeps_the_session_from_falling_idle(
    party: Party, session: AsyncSession
) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=29)
    await session.execute(update(UserSession).values(last_used_at=long_ago))
    await party.exchange(party.first)
    used = await session.scalar(select(col(UserSession.last_used_at)))
    assert used is not None
    assert used > long_ago + timedelta(days=28)


@attack(16, "reuse-is-committed")
async def test_a_token_used_again_ends_the_session(
    make_client: MakeClient, cloned_resources: Resources
) -> None:
    client = make_client(cloned_resources)
    party = await opened(client, cloned_resources)
    second = await party.exchange(party.first)
    reply = (await party.refresh(second)).json()
    await party.assert_refused(party.first)
    async with cloned_resources.database.session() as other:
        assert not await is_alive(other, party)
        assert await other.scalar(select(func.count()).select_from(RefreshToken)) == 0
    await party.assert_refused(reply["refresh_token"])
    me = await client.get(ME, headers=bearer(reply["access_token"]))
    assert me.status_code == 401


@attack(16, "at-once")
async def test_of_concurrent_uses_two_get_tokens_and_the_session_ends(
    make_client: MakeClient, cloned_resources: Resources
) -> None:
    client = make_client(cloned_resources)
    party = await opened(client, cloned_resources)
    answers = await asyncio.gather(*(party.refresh(party.first) for _ in range(8)))
    statuses = [answer.status_code for answer in answers]
    assert set(statuses) == {200, 401}
    assert statuses.count(200) <= 2, "the second could be that of a lost answer"
    async with cloned_resources.database.session() as other:
        assert not await is_alive(other, party)
    for answer in answers:
        if answer.is_success:
            await party.assert_refused(answer.json()["refresh_token"])


async def test_a_client_that_lost_the_answer_can_ask_again(
    party: Party, session: AsyncSession
) -> None:
    await party.exchange(party.first)  # the answer that nobody reads
    token = await party.exchange(party.first)
    await party.exchange(token)
    assert await is_alive(session, party)


@attack(16, "lost-answer-comes-back")
async def test_the_lost_token_ends_the_session(
    party: Party, session: AsyncSession
) -> None:
    lost = await party.exchange(party.first)
    token = await party.exchange(party.first)
    await party.assert_refused(lost)
    assert not await is_alive(session, party)
    await party.assert_refused(token)


@attack(16, "second-retry")
async def test_asking_again_twice_ends_the_session(
    party: Party, session: AsyncSession
) -> None:
    await party.exchange(party.first)
    token = await party.exchange(party.first)
    await party.assert_refused(party.first)
    assert not await is_alive(session, party)
    await party.assert_refused(token)


@attack(16, "successor-used")
async def test_asking_again_after_the_answer_was_used_ends_the_session(
    party: Party, session: AsyncSession
) -> None:
    token = await party.exchange(await party.exchange(party.first))
    await party.assert_refused(party.first)
    assert not await is_alive(session, party)
    await party.assert_refused(token)


@attack(16, "too-late")
async def test_asking_again_late_ends_the_session(
    party: Party, session: AsyncSession
) -> None:
    token = await party.exchange(party.first)
    earlier = col(RefreshToken.used_at) - LOST_ANSWER - timedelta(milliseconds=1)
    await session.execute(update(RefreshToken).values(used_at=earlier))
    await party.assert_refused(party.first)
    assert not await is_alive(session, party)
    await party.assert_refused(token)


async def test_only_the_session_of_the_token_ends(
    client: httpx2.AsyncClient, resources: Resources, party: Party
) -> None:
    other = await opened(client, resources)
    await party.exchange(await party.exchange(party.first))
    await party.assert_refused(party.first)
    await other.exchange(other.first)


@attack(15, "refresh")
@pytest.mark.parametrize(
    "ending",
    [
        update(UserSession).values(expires_at=datetime.now(UTC)),
        update(UserSession).values(
            last_used_at=datetime.now(UTC) - timedelta(days=30, seconds=1)
        ),
        update(User).values(disabled_at=datetime.now(UTC)),
    ],
    ids=["expired", "idle", "disabled"],
)
async def test_an_ended_session_is_not_refreshed(
    party: Party, session: AsyncSession, ending: Update
) -> None:
    await session.execute(ending)
    await party.assert_refused(party.first)


@attack(14, "as-refresh-token")
async def test_other_tokens_are_refused(party: Party, resources: Resources) -> None:
    reply = (await party.refresh(party.first)).json()
    newest = reply["refresh_token"]
    for token in (
        reply["access_token"][:200],
        COOKIE_SECRET.create(),
        PERSONAL_TOKEN.create(),
        REFRESH_TOKEN.create(),
        hash_token(newest),
        newest[:-1],
        newest + " ",
        newest.upper(),
        "' OR 1=1 --",
        "\x00",
    ):
        await party.assert_refused(token)
    await party.exchange(newest)


@attack(41, "refresh")
async def test_refreshing_is_limited_by_session(
    client: httpx2.AsyncClient,
    resources: Resources,
    party: Party,
    configure: Configure,
) -> None:
    configure(AuthSettings, refreshes_per_session=2)
    token = await party.exchange(await party.exchange(party.first))
    limited = await party.refresh(token)
    assert (limited.status_code, limited.json()["code"]) == (429, "rate_limited")
    assert 0 < int(limited.headers["Retry-After"]) <= 450
    other = await opened(client, resources)
    await other.exchange(other.first)
