"""Races between a change of the password and requests with the old one.

Both requests are held in the database, one behind the other, until both wait.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from sqlalchemy import select, text
from sqlmodel import SQLModel, col

from tests.attacks import attack
from tests.auth.factories import (
    HASHED,
    PASSWORD,
    bearer,
    cookie,
    make_session,
    make_user,
    make_web_session,
)
from tests.auth.origins import FROM_OWN_PAGE
from tests.conftest import MakeClient
from unwrapped.auth.models import SessionKind, User, UserSession
from unwrapped.auth.sessions.refreshing import add_refresh_token
from unwrapped.core.process_resources import Resources

ME, CHANGE = "/api/v1/auth/me", "/api/v1/auth/me/password"
TOKEN, TOKENS = "/api/v1/auth/token", "/api/v1/auth/tokens"
NEW = "another horse battery"
PATIENCE_SECONDS = 30
WAITING = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)

type Request = Coroutine[Any, Any, httpx2.Response]

ORDERS = pytest.mark.parametrize(
    "change_first", [False, True], ids=["change-last", "change-first"]
)


@dataclass
class Ada:
    """Somebody who is signed in with the old password, in two places."""

    client: httpx2.AsyncClient
    resources: Resources
    id: int
    username: str
    page: dict[str, str]
    """The headers of her browser."""

    program: dict[str, str]
    """The headers of her API client."""

    refresh_token: str

    def change(self, password: str = NEW) -> Request:
        """Her browser changes the password."""
        change = {"current_password": PASSWORD, "new_password": password}
        return self.client.post(CHANGE, json=change, headers=self.page)

    def sign_in(self, password: str = PASSWORD) -> Request:
        """An API client signs in."""
        form = {"username": self.username, "password": password}
        return self.client.post(TOKEN, data=form)

    async def status(self, token: str) -> int:
        """Return the status of a request with this token."""
        return (await self.client.get(ME, headers=bearer(token))).status_code

    @asynccontextmanager
    async def held(self, row: type[SQLModel]) -> AsyncIterator[None]:
        """Lock her account, or the session of her API client, so that requests wait."""
        account = select(User).where(col(User.id) == self.id)
        program = select(UserSession).where(
            col(UserSession.user_id) == self.id,
            col(UserSession.kind) == SessionKind.API,
        )
        async with self.resources.database.session() as session:
            await session.execute(
                (account if row is User else program).with_for_update()
            )
            yield

    async def in_order(
        self, row: type[SQLModel], *requests: Request
    ) -> list[httpx2.Response]:
        """Let requests wait for the row in this order; return their answers."""
        running: list[asyncio.Task[httpx2.Response]] = []
        async with asyncio.timeout(PATIENCE_SECONDS), self.held(row):
            for request in requests:
                running.append(asyncio.create_task(request))
                while await self._waiting() < len(running):  # noqa: ASYNC110 - in the server
                    await asyncio.sleep(0.005)
        return await asyncio.gather(*running)

    async def _waiting(self) -> int:
        async with self.resources.database.session() as session:
            return await session.scalar(WAITING) or 0


@pytest.fixture
async def ada(make_client: MakeClient, common_resources: Resources) -> Ada:
    """Somebody who is signed in."""
    async with common_resources.database.session() as session:
        user = await make_user(session, password_hash=HASHED)
        user_id = user.id or 0
        secret = await make_web_session(session, user_id)
        api = await make_session(session, user_id)
        refresh_token = add_refresh_token(session, api)
    access = common_resources.signer.create_access_token(user_id, api.id)
    return Ada(
        make_client(common_resources),
        common_resources,
        user_id,
        user.username,
        FROM_OWN_PAGE | cookie(secret),
        bearer(access),
        refresh_token,
    )


async def race(
    ada: Ada, row: type[SQLModel], other: Request, *, change_first: bool
) -> httpx2.Response:
    """Run a request against a change of the password; return its answer."""
    if change_first:
        changed, answer = await ada.in_order(row, ada.change(), other)
    else:
        answer, changed = await ada.in_order(row, other, ada.change())
    assert changed.status_code == 204, changed.text
    return answer


@attack(15, "sign-in-during-change")
@ORDERS
async def test_a_sign_in_with_the_old_password_does_not_survive(
    ada: Ada, change_first: bool
) -> None:
    answer = await race(ada, User, ada.sign_in(), change_first=change_first)
    assert answer.status_code == (401 if change_first else 200)
    if answer.is_success:
        assert await ada.status(answer.json()["access_token"]) == 401
    assert (await ada.sign_in()).status_code == 401
    assert (await ada.sign_in(NEW)).status_code == 200


@attack(15, "token-made-during-change")
@ORDERS
async def test_a_personal_token_of_the_old_session_does_not_survive(
    ada: Ada, change_first: bool
) -> None:
    wish = {"name": "survivor", "scopes": ["read"]}
    making = ada.client.post(TOKENS, json=wish, headers=ada.program)
    answer = await race(ada, UserSession, making, change_first=change_first)
    assert answer.status_code == (401 if change_first else 201)
    if answer.is_success:
        assert await ada.status(answer.json()["token"]) == 401


@attack(15, "refresh-during-change")
@ORDERS
async def test_a_refreshed_token_does_not_survive(ada: Ada, change_first: bool) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": ada.refresh_token}
    refreshing = ada.client.post(TOKEN, data=form)
    answer = await race(ada, UserSession, refreshing, change_first=change_first)
    assert answer.status_code == (401 if change_first else 200)
    if answer.is_success:
        assert await ada.status(answer.json()["access_token"]) == 401


@attack(15, "two-changes")
async def test_of_two_changes_the_second_has_the_wrong_password(ada: Ada) -> None:
    first, second = await ada.in_order(
        User, ada.change(NEW), ada.change("a thief's password")
    )
    assert (first.status_code, second.status_code) == (204, 401)
    assert "Set-Cookie" not in second.headers
    assert (await ada.sign_in(NEW)).status_code == 200
    assert (await ada.sign_in("a thief's password")).status_code == 401
