"""Valid access tokens, for concurrent requests in any number of processes."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from pydantic import SecretStr
from sqlalchemy import event, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from tests.attacks import attack
from tests.auth.factories import make_linked_account, make_user
from tests.auth.logs import written_log
from tests.conftest import Configure
from tests.sandbox.running import Running
from unwrapped.auth.models import ProviderToken
from unwrapped.auth.oauth.clients.client import OAuthToken
from unwrapped.auth.oauth.provider_tokens.refresh import (
    NotConnected,
    ReconnectNeeded,
    TokenRefreshService,
    refresh_service_of,
)
from unwrapped.auth.oauth.provider_tokens.stored_tokens import ProviderTokens
from unwrapped.auth.oauth.providers import providers_of
from unwrapped.auth.oauth.settings import OAuthSettings
from unwrapped.core.database import Database
from unwrapped.core.exceptions import ExternalAPIError
from unwrapped.core.process_resources import Resources
from unwrapped.core.secrets.encryption import Cipher, UnknownKey
from unwrapped.core.secrets.key_ring import KeyRing
from unwrapped.shared import api_client
from unwrapped.shared.api_client import ServiceUnreachable

SCOPES = ("user-read-recently-played",)
OVER = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Connected:
    """Somebody who has given access."""

    resources: Resources
    user_id: int
    sandbox: Running

    @property
    def service(self) -> TokenRefreshService:
        """The service as a task builds it."""
        return refresh_service_of(self.resources)

    async def token(self, rejected: str | None = None) -> str:
        """Return a valid token."""
        given = None if rejected is None else SecretStr(rejected)
        token = await self.service.get_valid_access_token(
            self.user_id, "spotify", given
        )
        return token.get_secret_value()

    async def row(self) -> ProviderToken:
        """Return the stored row."""
        async with self.resources.database.session() as session:
            found = await session.scalars(select(ProviderToken))
            return found.one()

    async def change(self, **values: object) -> None:
        """Change the row."""
        async with self.resources.database.session() as session:
            await session.execute(update(ProviderToken).values(**values))

    def works(self, token: str) -> bool:
        """Whether the API accepts a token."""
        return self.sandbox.get("me", token).status_code == 200


async def connect(
    resources: Resources,
    sandbox: Running,
    client_id: str = "sandbox",
    given: dict[str, str] | None = None,
) -> Connected:
    """Somebody new, who has just given access."""
    token = OAuthToken.model_validate(given or sandbox.tokens(client_id))
    async with resources.database.session() as session:
        user = await make_user(session)
        account = await make_linked_account(session, user.id or 0)
        await ProviderTokens(session, resources.cipher).store(account.id, token, SCOPES)
    return Connected(resources, user.id or 0, sandbox)


@pytest.fixture
async def ada(resources: Resources, spotify: Running) -> Connected:
    """Somebody who has given access."""
    return await connect(resources, spotify)


async def test_a_valid_token_is_returned_unchanged(ada: Connected) -> None:
    first = await ada.token()
    assert ada.works(first)
    assert await ada.token() == first


@pytest.mark.parametrize(("seconds", "is_kept"), [(90, True), (30, False)])
async def test_a_token_is_refreshed_a_minute_before_its_end(
    ada: Connected, seconds: int, is_kept: bool
) -> None:
    first = await ada.token()
    await ada.change(expires_at=datetime.now(UTC) + timedelta(seconds=seconds))
    second = await ada.token()
    assert (second == first) is is_kept
    assert ada.works(second)
    row = await ada.row()
    assert row.expires_at is not None
    assert (row.expires_at > datetime.now(UTC) + timedelta(minutes=50)) is not is_kept
    assert (row.refresh_id, row.refresh_until) == (None, None)


async def test_a_rejected_token_is_refreshed_once(ada: Connected) -> None:
    first = await ada.token()
    second = await ada.token(rejected=first)
    assert second != first
    assert await ada.token(rejected=first) == second


async def test_without_a_new_refresh_token_the_old_one_stays(ada: Connected) -> None:
    before = (await ada.row()).refresh_token
    await ada.change(expires_at=OVER)
    await ada.token()
    assert (await ada.row()).refresh_token == before


async def test_a_new_refresh_token_takes_the_place_of_the_old_one(
    resources: Resources, spotify: Running, configure: Configure
) -> None:
    client_id = "sandbox-pkce-rotates"
    configure(OAuthSettings, oauth_client_id=client_id)
    ada = await connect(resources, spotify, client_id)
    seen = {(await ada.row()).refresh_token}
    for _ in range(2):
        await ada.change(expires_at=OVER)
        assert ada.works(await ada.token())
        seen.add((await ada.row()).refresh_token)
    assert len(seen) == 3


async def test_a_person_without_a_token_gets_an_error(ada: Connected) -> None:
    with pytest.raises(NotConnected):
        await ada.service.get_valid_access_token(ada.user_id + 1, "spotify")


class Asked:
    """A proxy that counts connections to the sandbox, and can hold them back."""

    def __init__(self, sandbox: Running) -> None:
        self._host, _, port = sandbox.address.removeprefix("http://").partition(":")
        self._port = int(port)
        self.connections = 0
        self.arrived, self.open = asyncio.Event(), asyncio.Event()
        self.open.set()

    @contextlib.asynccontextmanager
    async def served(self) -> AsyncIterator[str]:
        """Serve the proxy; yield its address."""
        server = await asyncio.start_server(self._pass_on, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server:
            yield f"http://127.0.0.1:{port}"

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.connections += 1
        self.arrived.set()
        await self.open.wait()
        there, back = await asyncio.open_connection(self._host, self._port)
        back.write(head.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
        length = next(
            (
                int(line.partition(b":")[2])
                for line in head.splitlines()
                if line.lower().startswith(b"content-length:")
            ),
            0,
        )
        back.write(await reader.readexactly(length))
        writer.write(await there.read())
        await writer.drain()
        for end in (back, writer):
            end.close()


@pytest.fixture
async def door(spotify: Running, configure: Configure) -> AsyncIterator[Asked]:
    """A proxy in front of the sandbox, which the settings name instead."""
    asked = Asked(spotify)
    async with asked.served() as address:
        configure(OAuthSettings, oauth_base_url=address)
        yield asked


async def together[T](*asking: Awaitable[T]) -> list[T | BaseException]:
    return await asyncio.gather(*asking, return_exceptions=True)


@pytest.fixture
async def two_processes(
    cloned_resources: Resources, configure: Configure
) -> AsyncIterator[list[Resources]]:
    """The resources of two processes, each with its own connections and providers."""
    second = configure.resources(Database(cloned_resources.database.address))
    yield [cloned_resources, second]
    await second.close_kept()
    await second.database.dispose()


CALLERS = 8


async def ask_at_once(
    ada: Connected, processes: list[Resources], rejected: str | None = None
) -> list[SecretStr | BaseException]:
    """Ask from many callers in the processes; return their tokens or errors."""
    services = [refresh_service_of(process) for process in processes]
    given = None if rejected is None else SecretStr(rejected)
    return await together(
        *(
            services[number % len(services)].get_valid_access_token(
                ada.user_id, "spotify", given
            )
            for number in range(CALLERS)
        )
    )


async def test_callers_in_two_processes_refresh_once(
    two_processes: list[Resources], spotify: Running, door: Asked
) -> None:
    ada = await connect(two_processes[0], spotify)
    first = await ada.token()
    got = await ask_at_once(ada, two_processes, rejected=first)
    assert door.connections == 1
    [token] = {one.get_secret_value() for one in got if isinstance(one, SecretStr)}
    assert len(got) == CALLERS
    assert token != first
    assert ada.works(token)


def when_waiting(number: int, processes: list[Resources]) -> asyncio.Event:
    """Return an event, set once this many tasks have read the token twice.

    They wait for another task then.
    """
    come = asyncio.Event()
    reads: Counter[asyncio.Task[object] | None] = Counter()

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT") and "provider_token" in statement:
            reads[asyncio.current_task()] += 1
        if sum(read > 1 for read in reads.values()) >= number:
            come.set()

    for process in processes:
        engine = process.database.engine.sync_engine
        event.listen(engine, "after_cursor_execute", count)
    return come


async def test_of_many_callers_one_calls_a_provider_that_is_down(
    two_processes: list[Resources],
    spotify: Running,
    door: Asked,
    configure: Configure,
) -> None:
    configure(OAuthSettings, oauth_client_id="sandbox-refresh-503")
    ada = await connect(two_processes[0], spotify, "sandbox-refresh-503")
    await ada.change(expires_at=OVER)
    others_wait = when_waiting(CALLERS - 1, two_processes)
    door.open.clear()
    asking = asyncio.create_task(ask_at_once(ada, two_processes))
    await others_wait.wait()
    door.open.set()
    got = await asking
    assert all(isinstance(one, ExternalAPIError) for one in got)
    assert door.connections == 1
    row = await ada.row()
    assert (row.refresh_id, row.reconnect_since) == (None, None)
    assert row.refresh_token is not None


async def test_no_connection_is_held_during_the_request_to_the_provider(
    cloned_resources: Resources, configure: Configure, spotify: Running, door: Asked
) -> None:
    database = Database(cloned_resources.database.address, pool_size=1)
    resources = configure.resources(database)
    ada = await connect(resources, spotify)
    await ada.change(expires_at=OVER)
    door.open.clear()
    refreshing = asyncio.create_task(ada.token())
    await door.arrived.wait()
    async with asyncio.timeout(5), database.session() as session:
        assert await session.scalar(text("SELECT 1")) == 1
    door.open.set()
    assert ada.works(await refreshing)
    await resources.close_kept()
    await database.dispose()


async def test_the_claim_of_a_process_that_died_is_taken_over(
    ada: Connected,
) -> None:
    long_ago = datetime.now(UTC) - timedelta(seconds=1)
    await ada.change(expires_at=OVER, refresh_id=uuid4(), refresh_until=long_ago)
    assert ada.works(await ada.token())


async def test_the_provider_is_not_asked_again_after_a_grant_has_ended(
    resources: Resources,
    spotify: Running,
    door: Asked,
    configure: Configure,
) -> None:
    configure(OAuthSettings, oauth_client_id="sandbox-revoked")
    ada = await connect(resources, spotify, "sandbox-revoked")
    await ada.change(expires_at=OVER)
    for _ in range(3):
        with pytest.raises(ReconnectNeeded):
            await ada.token()
    assert door.connections == 1
    row = await ada.row()
    assert (row.access_token, row.refresh_token) == (None, None)
    assert row.reconnect_since is not None


async def test_a_token_that_is_granted_during_a_refresh_is_kept(
    resources: Resources,
    spotify: Running,
    door: Asked,
    configure: Configure,
) -> None:
    configure(OAuthSettings, oauth_client_id="sandbox-revoked")
    ada = await connect(resources, spotify, "sandbox-revoked")
    account_id = (await ada.row()).account_id
    await ada.change(expires_at=OVER)
    door.open.clear()
    asking = asyncio.create_task(ada.token())
    await door.arrived.wait()
    again = OAuthToken.model_validate(spotify.tokens("sandbox-revoked"))
    async with resources.database.session() as session:
        tokens = ProviderTokens(session, resources.cipher)
        await tokens.store(account_id, again, SCOPES)
    door.open.set()
    assert await asking == again.access_token.get_secret_value()
    assert (await ada.row()).reconnect_since is None


async def test_a_caller_waits_for_a_limited_number_of_claims(
    cloned_resources: Resources,
    spotify: Running,
    door: Asked,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ada = await connect(cloned_resources, spotify)
    monkeypatch.setattr(api_client, "SECONDS", 0.5)
    soon = datetime.now(UTC) + timedelta(hours=1)

    async def others_try_in_turn() -> None:
        while True:
            await ada.change(refresh_id=uuid4(), refresh_until=soon)

    await ada.change(expires_at=OVER, refresh_id=uuid4(), refresh_until=soon)
    others = asyncio.create_task(others_try_in_turn())
    async with asyncio.timeout(60):
        with pytest.raises(ServiceUnreachable):
            await ada.token()
    others.cancel()
    await together(others)
    assert door.connections == 0


@pytest.mark.parametrize("column", ["access_token", "refresh_token"])
async def test_a_ciphertext_is_valid_only_in_its_column(
    ada: Connected, column: str
) -> None:
    row = await ada.row()
    other = row.refresh_token if column == "access_token" else row.access_token
    await ada.change(**{column: other})
    if column == "refresh_token":
        await ada.change(expires_at=OVER)
        with pytest.raises(ReconnectNeeded):
            await ada.token()
        return
    # The access token is unreadable, but the refresh token is not.
    assert ada.works(await ada.token())


async def test_a_missing_key_loses_no_token(ada: Connected) -> None:
    before = await ada.row()
    ring = KeyRing.parse("k9:Zq4vN8tYw2LrXb7KcP1sDm6HfGj3aE5u")
    service = TokenRefreshService(
        ada.resources.database, providers_of(ada.resources), Cipher(ring)
    )
    await ada.change(expires_at=OVER)
    with pytest.raises(UnknownKey):
        await service.get_valid_access_token(ada.user_id, "spotify")
    after = await ada.row()
    assert (after.refresh_token, after.reconnect_since) == (before.refresh_token, None)
    assert ada.works(await ada.token())


@attack(50, "dump")
async def test_a_dump_of_the_table_contains_no_token(
    resources: Resources, spotify: Running
) -> None:
    given = spotify.tokens()
    ada = await connect(resources, spotify, given=given)
    dump = f"{(await ada.row()).model_dump()}"
    assert dump.count("v1.k1.") == 2
    for name in ("access_token", "refresh_token"):
        assert given[name] not in dump


@attack(50, "tokens-of-another")
async def test_the_ciphertexts_of_another_account_are_refused(
    ada: Connected, session: AsyncSession
) -> None:
    theirs = await ada.row()
    user = await make_user(session)
    account = await make_linked_account(session, user.id or 0)
    copied = theirs.model_dump(exclude={"account_id"})
    session.add(ProviderToken(account_id=account.id, **copied))
    await session.flush()
    with pytest.raises(ReconnectNeeded):
        await ada.service.get_valid_access_token(user.id or 0, "spotify")


async def test_no_token_is_logged(ada: Connected) -> None:
    first = await ada.token()
    with written_log(ada.resources.settings) as log:
        second = await ada.token(rejected=first)
        await ada.change(expires_at=OVER, refresh_token=None)
        with pytest.raises(ReconnectNeeded):
            await ada.token()
    [refreshed] = log.of("provider_token.refreshed")
    [ended] = log.of("provider_token.reconnect_needed")
    assert refreshed["account_id"] == ended["account_id"]
    assert first not in log.text
    assert second not in log.text
