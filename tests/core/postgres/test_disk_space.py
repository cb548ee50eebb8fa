"""A database without free space: what is answered and logged, and what still works.

The server itself raises what it raises on a full disk; triggers have it do so.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx2
import pytest
from pydantic import SecretStr
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from tests.auth.factories import HASHED, PASSWORD, SignedIn, make_user, sign_in
from tests.auth.logs import Written, written_log
from tests.auth.origins import FROM_OWN_PAGE
from tests.conftest import Configure, MakeClient
from tests.music.factories import make_upload
from unwrapped.auth.models import User, UserSession
from unwrapped.auth.passwords import hash_password
from unwrapped.auth.settings import AuthSettings
from unwrapped.core.postgres.disk_space import is_disk_full
from unwrapped.core.process_resources import (
    LONGEST_PAUSE,
    REVIVE_SECONDS,
    Resources,
    next_pause,
)
from unwrapped.tasks.domain import DOMAIN
from unwrapped.tasks.execution.periodic import run_if_due
from unwrapped.tasks.failures import failure_of

ME, TOKEN, SESSION = "/api/v1/auth/me", "/api/v1/auth/token", "/api/v1/auth/session"
UPLOADS = "/api/v1/music/uploads"
FULL = "53100"

RAISE = """CREATE FUNCTION lack_{code}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file "base/1/1": No space left on device'
    USING ERRCODE = '{code}'; END $$"""
AT_ONCE = """CREATE TRIGGER lack BEFORE INSERT OR UPDATE ON "{table}"
    EXECUTE FUNCTION lack_{code}()"""
AT_COMMIT = """CREATE CONSTRAINT TRIGGER lack AFTER INSERT OR UPDATE ON "{table}"
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION lack_{code}()"""


async def lack(
    resources: Resources, *tables: str, code: str = FULL, when: str = AT_ONCE
) -> None:
    """Make writes to these tables fail for lack of room."""
    async with resources.database.session() as session:
        await session.execute(text(RAISE.format(code=code)))
        for table in tables:
            await session.execute(text(when.format(table=table, code=code)))


async def make_room(resources: Resources, *tables: str) -> None:
    """Make room again, and have the service notice it."""
    async with resources.database.session() as session:
        for table in tables:
            await session.execute(text(f'DROP TRIGGER lack ON "{table}"'))
    await resources.database.disk_space.look_again()


@pytest.fixture
def client(make_client: MakeClient, cloned_resources: Resources) -> httpx2.AsyncClient:
    """A client of the application on a database of its own."""
    return make_client(cloned_resources)


@pytest.fixture
def log(cloned_resources: Resources) -> Iterator[Written]:
    """The lines that are logged."""
    with written_log(cloned_resources.settings) as written:
        yield written


@pytest.fixture
async def ada(cloned_resources: Resources) -> SignedIn:
    """Somebody with a password, who is signed in."""
    return await sign_in(cloned_resources, username="ada", password_hash=HASHED)


async def rename(client: httpx2.AsyncClient, ada: SignedIn) -> httpx2.Response:
    """The answer to a request that stores something."""
    return await client.patch(ME, json={"display_name": "A"}, headers=ada.headers)


async def sign_in_again(
    client: httpx2.AsyncClient, password: str = PASSWORD
) -> httpx2.Response:
    """The answer to a sign-in as an API client."""
    return await client.post(
        TOKEN,
        data={"grant_type": "password", "username": "ada", "password": password},
    )


@pytest.mark.parametrize("when", [AT_ONCE, AT_COMMIT], ids=["at once", "at commit"])
async def test_a_full_disk_is_explained_and_logged_once_when_it_begins_and_ends(
    client: httpx2.AsyncClient,
    cloned_resources: Resources,
    ada: SignedIn,
    log: Written,
    when: str,
) -> None:
    await lack(cloned_resources, "user", when=when)
    for _ in range(3):
        refused = await rename(client, ada)
        assert (refused.status_code, refused.json()["code"]) == (503, "database_full")
        assert "disk is full" in refused.json()["detail"]
    assert (await client.get(ME, headers=ada.headers)).status_code == 200
    ready = await client.get("/readyz")
    assert (ready.status_code, ready.json()["room"]) == (503, False)
    await make_room(cloned_resources, "user")
    assert (await client.get("/readyz")).json()["room"] is True
    assert (await rename(client, ada)).status_code == 200
    (begun,), (ended,) = log.of("database.full"), log.of("database.has_room")
    assert "No space left on device" in begun["error"]
    assert ended["level"] == "info"
    assert "Traceback" not in log.text
    assert log.of("database.unavailable") == []


@pytest.mark.parametrize("code", ["53000", "53200", "53300", "53400"])
async def test_other_shortages_of_the_database_may_pass(
    client: httpx2.AsyncClient,
    cloned_resources: Resources,
    ada: SignedIn,
    log: Written,
    code: str,
) -> None:
    await lack(cloned_resources, "user", code=code)
    refused = await rename(client, ada)
    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
    assert "Traceback" not in log.text
    assert (await client.get("/readyz")).json()["room"] is True


async def test_signed_in_people_read_and_delete_although_their_use_cannot_be_stored(
    client: httpx2.AsyncClient, cloned_resources: Resources, ada: SignedIn
) -> None:
    async with cloned_resources.database.session() as session:
        upload = await make_upload(session, ada.id)
        long_ago = datetime.now(UTC) - timedelta(hours=2)
        await session.execute(update(UserSession).values(last_used_at=long_ago))
    await lack(cloned_resources, "user_session")
    assert (await client.get(ME, headers=ada.headers)).status_code == 200
    gone = await client.delete(f"{UPLOADS}/{upload.id}", headers=ada.headers)
    assert gone.status_code == 204


async def test_a_sign_in_needs_no_room(
    client: httpx2.AsyncClient, cloned_resources: Resources, ada: SignedIn
) -> None:
    async with cloned_resources.database.session() as session:
        upload = await make_upload(session, ada.id)
    await lack(cloned_resources, "rate_limit", "user_session", "refresh_token")
    answer = await sign_in_again(client)
    assert answer.status_code == 200
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    assert (await client.get(ME, headers=headers)).json()["username"] == "ada"
    gone = await client.delete(f"{UPLOADS}/{upload.id}", headers=headers)
    assert gone.status_code == 204
    # Changes of the account need a session.
    assert (await client.get("/api/v1/auth/tokens", headers=headers)).status_code == 403
    await make_room(cloned_resources, "rate_limit", "user_session", "refresh_token")
    assert (await client.get(ME, headers=headers)).status_code == 401
    form = {
        "grant_type": "refresh_token",
        "refresh_token": answer.json()["refresh_token"],
    }
    assert (await client.post(TOKEN, data=form)).status_code == 401
    assert (await sign_in_again(client)).status_code == 200


async def test_a_sign_in_on_the_page_needs_no_room(
    client: httpx2.AsyncClient, cloned_resources: Resources, ada: SignedIn
) -> None:
    await lack(cloned_resources, "rate_limit", "user_session")
    given = {"username": "ada", "password": PASSWORD}
    signed = await client.post(SESSION, json=given, headers=FROM_OWN_PAGE)
    assert signed.status_code == 204
    assert (await client.get(ME)).json()["username"] == "ada"
    forged = cloned_resources.signer.create_access_token(
        ada.id, (await sessions_of(cloned_resources))[0]
    )
    client.cookies.clear()
    cookie = signed.headers["set-cookie"].partition("=")[0]
    # Only a pass is taken from a cookie, no other access token.
    refused = await client.get(ME, headers={"Cookie": f"{cookie}={forged}"})
    assert refused.status_code == 401


async def sessions_of(resources: Resources) -> list[UUID]:
    """The ids of all sessions."""
    async with resources.database.session() as session:
        return list(await session.scalars(text("SELECT id FROM user_session")))


async def test_a_pass_ends_with_the_password_and_the_account(
    client: httpx2.AsyncClient, cloned_resources: Resources, ada: SignedIn
) -> None:
    await lack(cloned_resources, "user_session")
    token = (await sign_in_again(client)).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    for changed in (
        {"disabled_at": datetime.now(UTC)},
        {"disabled_at": None, "password_hash": await hash_password_of("another one")},
    ):
        async with cloned_resources.database.session() as session:
            await session.execute(
                update(User).where(col(User.id) == ada.id).values(**changed)
            )
        assert (await client.get(ME, headers=headers)).status_code == 401


async def hash_password_of(password: str) -> str:
    """The hash of a password."""
    return await hash_password(SecretStr(password), "ada")


async def test_passwords_are_guessed_no_more_often_than_with_room(
    client: httpx2.AsyncClient,
    cloned_resources: Resources,
    ada: SignedIn,
    configure: Configure,
) -> None:
    configure(AuthSettings, sign_ins_per_account=3)
    await lack(cloned_resources, "rate_limit")
    statuses = [(await sign_in_again(client, "wrong")).status_code for _ in range(5)]
    assert statuses == [401, 401, 401, 429, 429]
    limited = await sign_in_again(client)
    assert limited.status_code == 429
    assert 1 <= int(limited.headers["Retry-After"]) <= 300


async def test_a_client_goes_on_with_the_refresh_token_that_it_has(
    client: httpx2.AsyncClient, cloned_resources: Resources, ada: SignedIn
) -> None:
    tokens = (await sign_in_again(client)).json()
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    await lack(cloned_resources, "refresh_token", "user_session")
    for _ in range(2):
        again = (await client.post(TOKEN, data=form)).json()
        assert again["refresh_token"] == tokens["refresh_token"]
        headers = {"Authorization": f"Bearer {again['access_token']}"}
        assert (await client.get(ME, headers=headers)).status_code == 200
    await make_room(cloned_resources, "refresh_token", "user_session")
    later = (await client.post(TOKEN, data=form)).json()
    assert later["refresh_token"] != tokens["refresh_token"]


async def test_a_task_waits_for_room_and_says_why(cloned_resources: Resources) -> None:
    await lack(cloned_resources, "user")
    with pytest.raises(DBAPIError) as caught:
        async with cloned_resources.database.session() as session:
            await make_user(session)
    assert is_disk_full(caught.value)
    failure = failure_of(caught.value)
    assert (failure.code, failure.may_pass) == ("database_full", True)
    assert "disk is full" in failure.message


async def test_a_periodic_job_without_room_is_not_logged_each_time(
    cloned_resources: Resources, log: Written
) -> None:
    await lack(cloned_resources, "periodic_tick")
    for _ in range(3):
        for job in DOMAIN.periodic_jobs:
            assert not await run_if_due(cloned_resources, job)
    assert [line["event"] for line in log.events] == ["database.full"]


def test_a_server_that_dies_again_and_again_is_given_longer_pauses() -> None:
    pauses = [REVIVE_SECONDS]
    for _ in range(8):
        pauses.append(next_pause(pauses[-1], has_died=True))
    assert pauses[:4] == [2, 4, 8, 16]
    assert pauses[-1] == LONGEST_PAUSE == 60
    for _ in range(8):
        pauses.append(next_pause(pauses[-1], has_died=False))
    assert pauses[-1] == REVIVE_SECONDS
