"""Opening shares: clients that try many invalid links are limited."""

from datetime import timedelta

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncSession

from tests.attacks import attack
from tests.auth.factories import sign_in
from tests.declared import checked
from tests.music.factories import make_analysis
from unwrapped.core.postgres.rate_limits import rate_limit
from unwrapped.core.process_resources import Resources
from unwrapped.core.secrets.tokens import hash_token
from unwrapped.music.shares.models import Share

LINK, PUBLIC = "/s", "/api/v1/public/shares"
OPENS, OPENS_NOTHING = "a" * 32, "b" * 32
MOST = 60


@pytest.fixture
async def share(resources: Resources) -> str:
    """The address of a share."""
    owner = await sign_in(resources)
    async with resources.database.session() as session:
        analysis = await make_analysis(session, owner.id)
        token_hash = hash_token(OPENS)
        session.add(
            Share(user_id=owner.id, analysis_id=analysis.id, token_hash=token_hash)
        )
    return f"{LINK}/{OPENS}"


@attack(24, "limit")
@pytest.mark.usefixtures("share")
@pytest.mark.parametrize(
    ("path", "accept"),
    [(PUBLIC, "application/json"), (LINK, "text/html")],
)
async def test_guesses_are_limited_and_the_share_stays_open(
    client: httpx2.AsyncClient,
    app: FastAPI,
    session: AsyncSession,
    path: str,
    accept: str,
) -> None:
    client.headers["Accept"] = accept
    for number in range(MOST):
        # An incomplete link also counts as a guess.
        token = OPENS_NOTHING[: -1 if number % 2 else None]
        assert (await client.get(f"{path}/{token}")).status_code == 404
    # Simulates that all came at once: each second allows one more.
    at_once = func.clock_timestamp() + timedelta(minutes=1)
    await session.execute(update(rate_limit).values(theoretical_arrival=at_once))
    limited = await client.get(f"{path}/{OPENS_NOTHING}")
    assert limited.status_code == 429
    assert "rate_limited" in limited.text
    assert limited.headers["Retry-After"] == "1"
    assert (await client.get(f"{path}/{OPENS}")).status_code == 200
    transport = httpx2.ASGITransport(app=checked(app), client=("198.51.100.9", 1))
    async with httpx2.AsyncClient(
        transport=transport, base_url="https://testserver"
    ) as elsewhere:
        answer = await elsewhere.get(f"{path}/{OPENS_NOTHING}")
        assert answer.status_code == 404


@attack(24, "popular")
async def test_valid_links_are_never_counted(
    client: httpx2.AsyncClient, share: str
) -> None:
    for _ in range(MOST + 1):
        assert (await client.get(share)).status_code == 200
    assert (await client.get(f"{PUBLIC}/{OPENS_NOTHING}")).status_code == 404
