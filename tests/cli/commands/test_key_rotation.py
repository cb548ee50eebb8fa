"""A new key: stored texts are encrypted with it before the old key is dropped."""

import asyncio
from datetime import date
from pathlib import Path
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy import select, update

from tests.auth.factories import make_linked_account, make_user
from tests.cli.service import Place
from tests.conftest import make_resources
from tests.waiting import until_blocked
from unwrapped.auth.models import ProviderToken
from unwrapped.auth.oauth.clients.client import OAuthToken
from unwrapped.auth.oauth.provider_tokens.encrypted_columns import SEALED, context_of
from unwrapped.auth.oauth.provider_tokens.stored_tokens import ProviderTokens
from unwrapped.core.config import Settings
from unwrapped.core.postgres.embedded import start_embedded
from unwrapped.core.process_resources import Resources, open_resources
from unwrapped.core.secrets.encryption import Cipher
from unwrapped.core.secrets.key_file import KeyFile
from unwrapped.core.secrets.key_ring import KeyRing, kept_ring, secret_ring
from unwrapped.main import configuration_of

FIRST = "HU3b0Wk7yQ1mXo5sJ9eRz2LtVp8nCd4f"
SECOND = "Zq4vN8tYw2LrXb7KcP1sDm6HfGj3aE5u"
TOKEN = OAuthToken(
    access_token=SecretStr("an access token"),
    token_type="Bearer",  # noqa: S106 - its name
    refresh_token=SecretStr("a refresh token"),
)


async def store_token(resources: Resources, subject: str = "ada") -> UUID:
    """Create a person with a token; return the id of their linked account."""
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
                row.refresh_token or "", context_of("refresh_token", row.account_id)
            ),
        )
        for row in rows
    }


async def change(resources: Resources, **values: object) -> None:
    """Change all stored tokens."""
    async with resources.database.session() as session:
        await session.execute(update(ProviderToken).values(**values))


def with_ring(resources: Resources, ring: str) -> Resources:
    """The resources of a process with these keys, on the same database."""
    settings = resources.settings.model_copy(update={"secret_key": SecretStr(ring)})
    return make_resources(settings, resources.database)


def test_no_token_is_lost_with_its_key(settled: Place) -> None:
    settings = Settings(unwrapped_home=settled.home)

    async def keep_one() -> None:
        async with open_resources(configuration_of(settings)) as resources:
            await store_token(resources)

    async def look() -> set[tuple[str, str]]:
        async with open_resources(configuration_of(settings)) as resources:
            return await opened(resources, resources.cipher)

    with start_embedded(settled.home):
        asyncio.run(keep_one())
        done = settled.run("keys", "rotate", "--keep", "1")
        assert done.code == 0, done.err
        assert "Secrets that were encrypted again, with the new key: 1." in done.out
        [(kid, text)] = asyncio.run(look())
    assert kid.startswith("k2")
    assert text == "a refresh token"


def test_a_key_that_a_token_needs_is_kept(settled: Place) -> None:
    settings = Settings(unwrapped_home=settled.home)

    async def keep_one_that_nothing_opens() -> None:
        async with open_resources(configuration_of(settings)) as resources:
            await store_token(resources)
            await change(resources, access_token="v1.k1.AAAA.AAAA")  # noqa: S106

    with start_embedded(settled.home):
        asyncio.run(keep_one_that_nothing_opens())
        done = settled.run("keys", "rotate", "--keep", "1")
    assert done.code == 0, done.err
    assert "Kept, since stored secrets still need it: k1." in done.out
    assert list(kept_ring(settings).keys)[1:] == ["k1"]


def test_without_the_database_a_key_is_added_and_none_is_dropped(
    settled: Place,
) -> None:
    settings = Settings(unwrapped_home=settled.home)
    secret_ring(settings)
    (settled.cluster() / "data" / "PG_VERSION").write_text("9\n")
    done = settled.run("keys", "rotate", "--keep", "1")
    assert done.code == 0, done.err
    assert "Nothing is encrypted again yet, and no key was dropped: " in done.err
    assert "Traceback" not in done.err
    new, *older = kept_ring(settings).keys
    assert new.startswith("k2")
    assert older == ["k1"]


async def test_a_running_process_does_not_use_the_old_key_again(
    resources: Resources, tmp_path: Path
) -> None:
    settings = Settings(unwrapped_home=tmp_path / "home")
    running = make_resources(settings, resources.database)
    await store_token(running, "before")
    KeyFile(settings.home / "secret_key").change(
        lambda text: KeyRing.parse(text).rotated(date(2026, 11, 23), keep=2).text
    )
    await store_token(running, "after")
    assert await SEALED.reencrypt(running) == 1
    alone = Cipher(kept_ring(settings).shortened(1))
    assert await opened(resources, alone) == {("k2-20261123", "a refresh token")}
    # The process reads what it wrote, although it started without the key.
    assert await opened(resources, running.cipher)


async def test_a_worker_encrypts_again_with_the_new_key(
    resources: Resources,
) -> None:
    for number in range(5):
        await store_token(resources, f"subject {number}")
    renewed = with_ring(resources, f"k2:{SECOND},k1:{FIRST}")
    assert await SEALED.keys_in_use(renewed) == {"k1"}
    assert await SEALED.reencrypt(renewed, rows_at_once=2) == 5
    assert await SEALED.reencrypt(renewed, rows_at_once=2) == 0
    assert await SEALED.keys_in_use(renewed) == {"k2"}
    alone = Cipher(KeyRing.parse(f"k2:{SECOND}"))
    assert await opened(resources, alone) == {("k2", "a refresh token")}


async def test_a_text_that_no_key_decrypts_is_left_unchanged(
    resources: Resources,
) -> None:
    await store_token(resources)
    renewed = with_ring(resources, f"k2:{SECOND}")
    assert await SEALED.reencrypt(renewed) == 0
    assert await opened(resources, resources.cipher) == {("k1", "a refresh token")}


async def test_a_row_that_changes_in_the_meantime_is_left_for_the_next_run(
    cloned_resources: Resources,
) -> None:
    account_id = await store_token(cloned_resources)
    newer = cloned_resources.cipher.encrypt(
        "a newer token", context_of("refresh_token", account_id)
    )
    renewed = with_ring(cloned_resources, f"k2:{SECOND},k1:{FIRST}")
    async with renewed.database.session() as session:
        await session.execute(update(ProviderToken).values(refresh_token=newer))
        renewing = asyncio.create_task(SEALED.reencrypt(renewed))
        await until_blocked(renewed.database)
    assert await renewing == 0
    assert await opened(renewed, renewed.cipher) == {("k1", "a newer token")}
    assert await SEALED.reencrypt(renewed) == 1
    assert await opened(renewed, renewed.cipher) == {("k2", "a newer token")}
