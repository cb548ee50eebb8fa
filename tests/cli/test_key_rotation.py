"""A new key: what the old one encrypted is encrypted anew before it goes."""

import asyncio
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy import select

from tests.auth.factories import make_linked_account, make_user
from tests.cli.service import Place
from unwrapped.auth.models import ProviderToken
from unwrapped.auth.oauth.client import OAuthToken
from unwrapped.auth.oauth.places import place_of
from unwrapped.auth.oauth.reencryption import reencrypt_tokens
from unwrapped.auth.oauth.tokens import ProviderTokens
from unwrapped.core.config import Settings
from unwrapped.core.encryption import Cipher
from unwrapped.core.resources import Resources, open_resources
from unwrapped.core.security import KeyRing

FIRST = "HU3b0Wk7yQ1mXo5sJ9eRz2LtVp8nCd4f"
SECOND = "Zq4vN8tYw2LrXb7KcP1sDm6HfGj3aE5u"
TOKEN = OAuthToken(
    access_token=SecretStr("an access token"),
    token_type="Bearer",  # noqa: S106 - its name
    refresh_token=SecretStr("a refresh token"),
)


async def store_token(resources: Resources, subject: str = "ada") -> UUID:
    """Somebody with a token; the id of their account."""
    async with resources.database.session() as session:
        user = await make_user(session)
        account = await make_linked_account(session, user.id or 0, subject=subject)
        tokens = ProviderTokens(session, resources.cipher)
        await tokens.store(account.id, TOKEN, ("read",))
        return account.id


async def opened(resources: Resources, cipher: Cipher) -> set[tuple[str, str]]:
    """The key and the text of every refresh token."""
    async with resources.database.session() as session:
        rows = list(await session.scalars(select(ProviderToken)))
    return {
        (
            (row.refresh_token or "").split(".")[1],
            cipher.decrypt(
                row.refresh_token or "", place_of("refresh_token", row.account_id)
            ),
        )
        for row in rows
    }


def test_no_token_is_lost_with_its_key(settled: Place) -> None:
    settings = Settings(unwrapped_home=settled.home)

    async def keep_one() -> None:
        async with open_resources(settings) as resources:
            await store_token(resources)

    async def look() -> set[tuple[str, str]]:
        async with open_resources(settings) as resources:
            return await opened(resources, resources.cipher)

    asyncio.run(keep_one())
    done = settled.run("keys", "rotate", "--keep", "1")
    assert done.code == 0, done.err
    assert "The tokens of 1 linked accounts are encrypted anew." in done.out
    [(kid, text)] = asyncio.run(look())
    assert kid.startswith("k2")
    assert text == "a refresh token"


async def test_a_worker_encrypts_anew_what_an_old_key_holds(
    resources: Resources,
) -> None:
    for number in range(5):
        await store_token(resources, f"subject {number}")
    resources.signer = type(resources.signer)(
        KeyRing.parse(f"k2:{SECOND},k1:{FIRST}"),
        resources.signer.algorithm,
        resources.signer.lifetime,
    )
    assert await reencrypt_tokens(resources, rows_at_once=2) == 5
    assert await reencrypt_tokens(resources, rows_at_once=2) == 0
    alone = Cipher(KeyRing.parse(f"k2:{SECOND}"))
    assert await opened(resources, alone) == {("k2", "a refresh token")}


async def test_what_no_key_opens_is_left_as_it_is(resources: Resources) -> None:
    await store_token(resources)
    before = resources.cipher
    resources.signer = type(resources.signer)(
        KeyRing.parse(f"k2:{SECOND}"),
        resources.signer.algorithm,
        resources.signer.lifetime,
    )
    assert await reencrypt_tokens(resources) == 0
    assert await opened(resources, before) == {("k1", "a refresh token")}
