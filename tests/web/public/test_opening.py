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
from unwrapped.core.postgres.rate_limits import network_of, rate_limit
from unwrapped.core.process_resources import Resources
from unwrapped.core.secrets.tokens import hash_token
from unwrapped.music.shares.models import Share
from unwrapped.web.public.opening import MISSES

LINK, PUBLIC = "/s", "/api/v1/public/shares"
OPENS, OPENS_NOTHING = "a" * 32, "b" * 32


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


async def guess(resources: Resources, times: int) -> None:
    """Count this many guesses of the clients' address."""
    assert MISSES.hits == 60
    for _ in range(times):
        await resources.limiter.hit(MISSES, network_of("127.0.0.1"))


@attack(24, "limit")
@pytest.mark.usefixtures("share")
@pytest.mark.parametrize(
    ("path", "accept"),
    [(PUBLIC, "application/json"), (LINK, "text/html")],
)
async def test_guesses_are_limited_and_the_share_stays_open(
    client: httpx2.AsyncClient,
    app: FastAPI,
    resources: Resources,
    session: AsyncSession,
    path: str,
    accept: str,
) -> None:
    client.headers["Accept"] = accept
    await guess(resources, MISSES.hits - 2)
    # An incomplete link also counts as a guess.
    for token in (OPENS_NOTHING, OPENS_NOTHING[:-1]):
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
    client: httpx2.AsyncClient, resources: Resources, share: str
) -> None:
    await guess(resources, MISSES.hits - 1)
    for _ in range(3):
        assert (await client.get(share)).status_code == 200
    assert (await client.get(f"{PUBLIC}/{OPENS_NOTHING}")).status_code == 404
    assert (await client.get(share)).status_code == 200
