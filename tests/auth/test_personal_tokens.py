"""Personal tokens: created, shown once, used, revoked."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import Update, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tests.attacks import attack
from tests.auth.factories import SignedIn, bearer, make_personal_token, sign_in
from unwrapped.auth.models import PersonalToken, Scope, User
from unwrapped.auth.sessions.caller_lookup import PERSONAL_TOKEN
from unwrapped.core.process_resources import Resources
from unwrapped.core.secrets.tokens import hash_token

ME, TOKENS = "/api/v1/auth/me", "/api/v1/auth/tokens"
READ = {"name": "reader", "scopes": ["read"]}


@pytest.fixture
async def ada(resources: Resources) -> SignedIn:
    """Somebody who is signed in."""
    return await sign_in(resources, username="ada")


async def make(
    client: httpx2.AsyncClient, ada: SignedIn, **over: object
) -> httpx2.Response:
    """Request a token for her; return the answer."""
    return await client.post(TOKENS, json=READ | over, headers=ada.headers)


async def listed(client: httpx2.AsyncClient, ada: SignedIn) -> list[dict[str, Any]]:
    """Her tokens in the list."""
    items: list[dict[str, Any]] = (
        await client.get(TOKENS, headers=ada.headers)
    ).json()["items"]
    return items


async def test_a_token_is_shown_once_and_allows_what_its_scopes_name(
    client: httpx2.AsyncClient, session: AsyncSession, ada: SignedIn
) -> None:
    answer = await make(client, ada, scopes=["write", "read"])
    assert answer.status_code == 201
    reply = answer.json()
    token = reply.pop("token")
    assert PERSONAL_TOKEN.is_sound(token)
    assert reply == {
        "id": reply["id"],
        "name": "reader",
        "scopes": ["read", "write"],
        "ending": token[-4:],
        "created_at": reply["created_at"],
        "expires_at": None,
        "last_used_at": None,
    }
    assert await listed(client, ada) == [reply]
    [kept] = await session.scalars(select(col(PersonalToken.token_hash)))
    assert kept == hash_token(token)
    changed = await client.patch(
        ME, json={"display_name": "By a script"}, headers=bearer(token)
    )
    assert changed.json()["display_name"] == "By a script"


async def test_tokens_are_listed_the_latest_first_in_pages(
    client: httpx2.AsyncClient, session: AsyncSession, ada: SignedIn
) -> None:
    now = datetime.now(UTC)
    for age in (3, 1, 2):
        made = now - timedelta(minutes=age)
        await make_personal_token(session, ada.id, name=f"{age}", created_at=made)
    first = (await client.get(f"{TOKENS}?limit=2", headers=ada.headers)).json()
    params = {"cursor": first["next_cursor"]}
    rest = (await client.get(TOKENS, params=params, headers=ada.headers)).json()
    names = [one["name"] for one in first["items"] + rest["items"]]
    assert (names, rest["next_cursor"]) == (["1", "2", "3"], None)


async def test_each_person_can_use_a_name_once(
    client: httpx2.AsyncClient, resources: Resources, ada: SignedIn
) -> None:
    other = await sign_in(resources)
    assert (await make(client, ada)).status_code == 201
    again = await make(client, ada)
    assert (again.status_code, again.json()["code"]) == (409, "token_name_taken")
    assert (await make(client, other)).status_code == 201
    assert len(await listed(client, ada)) == 1


MALFORMED: tuple[dict[str, object], ...] = (
    {"name": ""},
    {"name": "  "},
    {"name": "a\x00"},
    {"name": "a" * 201},
    {"name": None},
    {"scopes": []},
    {"scopes": ["admin"]},
    {"scopes": ["read", "READ"]},
    {"scopes": ["read", "write", "read"]},
    {"scopes": "read"},
    {"scopes": None},
    {"expires_at": "tomorrow"},
    {"expires_at": "2100-01-01T00:00:00"},
    {"expires_at": "9999-12-31T23:59:59-12:00"},
    {"expires_at": "10000-01-01T00:00:00Z"},
    {"user_id": 1},
    {"token": "unwrapped_pat_x"},
    {"last_used_at": None},
)


async def test_an_invalid_request_is_refused(
    client: httpx2.AsyncClient, ada: SignedIn, subtests: pytest.Subtests
) -> None:
    for over in MALFORMED:
        with subtests.test(over=over):
            answer = await make(client, ada, **over)
            assert answer.status_code == 422
            where = answer.json()["faults"][0]["where"]
            assert where.startswith(f"body.{next(iter(over))}")
    assert await listed(client, ada) == []


@pytest.mark.parametrize("end", ["0001-01-01T00:00:00+14:00", "2000-01-01T00:00:00Z"])
async def test_an_expiry_in_the_past_is_refused(
    client: httpx2.AsyncClient, ada: SignedIn, end: str
) -> None:
    answer = await make(client, ada, expires_at=end)
    assert (answer.status_code, answer.json()["code"]) == (400, "expiry_passed")


@attack(15, "personal-token")
@pytest.mark.parametrize(
    "ending",
    [
        update(PersonalToken).values(expires_at=datetime.now(UTC)),
        update(User).values(disabled_at=datetime.now(UTC)),
    ],
    ids=["expired", "disabled"],
)
async def test_an_expired_or_disabled_token_is_refused_at_once(
    client: httpx2.AsyncClient, session: AsyncSession, ada: SignedIn, ending: Update
) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    token = await make_personal_token(session, ada.id, expires_at=tomorrow)
    assert (await client.get(ME, headers=bearer(token))).status_code == 200
    await session.execute(ending)
    after = await client.get(ME, headers=bearer(token))
    assert (after.status_code, after.content) == (401, (await client.get(ME)).content)


async def test_a_revoked_token_ends_at_once_and_others_stay_valid(
    client: httpx2.AsyncClient, ada: SignedIn
) -> None:
    revoked, other = [(await make(client, ada, name=name)).json() for name in "ab"]
    path = f"{TOKENS}/{revoked['id']}"
    assert (await client.delete(path, headers=ada.headers)).status_code == 204
    statuses = [
        (await client.get(ME, headers=bearer(made["token"]))).status_code
        for made in (revoked, other)
    ]
    assert statuses == [401, 200]
    again = await client.delete(path, headers=ada.headers)
    assert (again.status_code, again.json()["code"]) == (
        404,
        "personal_token_not_found",
    )
    unknown = await client.delete(f"{TOKENS}/{uuid4()}", headers=ada.headers)
    assert unknown.content == again.content


async def test_a_token_outlives_the_session_that_made_it(
    client: httpx2.AsyncClient, ada: SignedIn
) -> None:
    token = (await make(client, ada)).json()["token"]
    await client.delete("/api/v1/auth/session", headers=ada.headers)
    assert (await client.get(ME, headers=bearer(token))).status_code == 200


@attack(50, "hash-as-token")
async def test_stored_hashes_are_no_credentials(
    client: httpx2.AsyncClient, session: AsyncSession, ada: SignedIn
) -> None:
    token = await make_personal_token(session, ada.id)
    wrong = (
        hash_token(token),
        PERSONAL_TOKEN.prefix + hash_token(token),
        PERSONAL_TOKEN.prefix,
        PERSONAL_TOKEN.create(),
        token[:-1],
        token + "x",
        token.swapcase(),
    )
    for text in wrong:
        answer = await client.get(ME, headers=bearer(text))
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")


@pytest.mark.parametrize(
    ("unused_for", "is_noted"),
    [
        (None, True),
        (timedelta(seconds=30), False),
        (timedelta(seconds=61), True),
    ],
    ids=["never used", "within the minute", "after it"],
)
async def test_the_last_use_is_known_to_the_minute(
    client: httpx2.AsyncClient,
    session: AsyncSession,
    ada: SignedIn,
    unused_for: timedelta | None,
    is_noted: bool,
) -> None:
    before = None if unused_for is None else datetime.now(UTC) - unused_for
    token = await make_personal_token(session, ada.id, Scope.READ, last_used_at=before)
    await client.get(ME, headers=bearer(token))
    noted = await session.scalar(select(col(PersonalToken.last_used_at)))
    assert (noted != before) == is_noted
    assert noted is not None
