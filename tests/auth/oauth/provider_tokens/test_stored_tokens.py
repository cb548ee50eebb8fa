"""Tokens that cannot be stored, and stored ones that cannot be read."""

import pytest
from pydantic import ValidationError
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from tests.auth.factories import HASHED, make_user, make_web_session
from tests.auth.oauth.browser import Browser
from unwrapped.auth.models import ProviderToken
from unwrapped.auth.oauth.clients.client import OAuthToken
from unwrapped.auth.sessions.cookie import COOKIE

MOVED = "v1.k1.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA"


@pytest.mark.parametrize("kid", ["k1", "k9"], ids=["undecryptable", "unknown-key"])
async def test_unreadable_tokens_keep_nobody_from_unlinking(
    browser: Browser, session: AsyncSession, kid: str
) -> None:
    user = await make_user(session, password_hash=HASHED)
    browser.carry(COOKIE, await make_web_session(session, user.id or 0))
    await browser.link(access=True)
    unreadable = MOVED.replace(".k1.", f".{kid}.")
    await session.execute(update(ProviderToken).values(refresh_token=unreadable))
    assert (await browser.delete("spotify/link")).status_code == 204
    assert (await session.scalars(select(ProviderToken))).all() == []


@pytest.mark.parametrize(
    "answer",
    [
        {"access_token": "broken \ud800"},
        {"refresh_token": "with a NUL \x00"},
        {"scope": "read \x00"},
        {"access_token": ""},
        {"expires_in": -1},
    ],
    ids=str,
)
def test_a_token_that_cannot_be_sent_is_refused(answer: dict[str, object]) -> None:
    good = {"access_token": "a token", "token_type": "Bearer", "scope": "read"}
    assert OAuthToken.model_validate(good).scope == "read"
    with pytest.raises(ValidationError):
        OAuthToken.model_validate(good | answer)
