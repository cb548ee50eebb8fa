"""Who may create an account: the first person, then as the operator decides."""

import asyncio

import asyncpg
import httpx2
import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from tests.attacks import attack
from tests.auth.factories import make_user
from tests.auth.waiting import take_lock, until_waiting
from tests.conftest import SECRET, Configure, MakeClient
from unwrapped.auth.models import User
from unwrapped.auth.registration import is_open
from unwrapped.auth.settings import AuthSettings, Registration
from unwrapped.core.config import Settings
from unwrapped.core.http.state import state_of
from unwrapped.core.process_resources import Resources
from unwrapped.main import create_app

REGISTER = "/api/v1/auth/register"
PASSWORD = "correct horse battery"  # noqa: S105 - of nobody
PUBLIC, LOCAL = "https://music.example.org", "http://127.0.0.1:8000"


async def register(
    client: httpx2.AsyncClient, username: str, **headers: str
) -> httpx2.Response:
    account = {"username": username, "password": PASSWORD}
    return await client.post(REGISTER, json=account, headers=headers)


async def count_users(resources: Resources) -> int:
    async with resources.database.session() as session:
        return await session.scalar(select(func.count()).select_from(User)) or 0


@pytest.mark.parametrize(
    ("registration", "address", "expected"),
    [
        (None, None, False),
        (None, LOCAL, True),
        (None, "http://127.9.9.9", True),
        (None, "https://localhost:8443", True),
        (None, "http://[::1]:8000", True),
        (None, PUBLIC, False),
        (None, "http://192.168.1.5:8000", False),
        (None, "http://0.0.0.0:8000", False),
        (None, "http://localhost.example.org", False),
        (None, "http://127.0.0.1.example.org", False),
        (None, "http://[broken", False),
        (Registration.OPEN, None, True),
        (Registration.OPEN, PUBLIC, True),
        (Registration.CLOSED, LOCAL, False),
    ],
)
def test_registration_is_open_by_default_only_to_this_machine(
    registration: Registration | None, address: str | None, expected: bool
) -> None:
    settings = AuthSettings(registration=registration)
    assert is_open(settings, address) is expected


@pytest.mark.parametrize("setting", ["closed", ""])
async def test_a_closed_server_accepts_only_the_first_account(
    client: httpx2.AsyncClient,
    resources: Resources,
    configure: Configure,
    setting: str,
) -> None:
    configure(AuthSettings, registration=setting)
    assert (await register(client, "ada")).status_code == 201
    # Also for a name that is taken: the answer does not reveal who has an account.
    for name in ("eve", "ada"):
        refused = await register(client, name)
        assert refused.status_code == 403
        assert refused.json()["code"] == "registration_closed"
        assert "unwrapped user create" in refused.json()["detail"]
        assert "REGISTRATION=open" in refused.json()["detail"]
    assert await count_users(resources) == 1


async def test_the_first_account_counts_also_while_it_is_disabled(
    client: httpx2.AsyncClient, resources: Resources, configure: Configure
) -> None:
    configure(AuthSettings, registration="closed")
    async with resources.database.session() as session:
        await make_user(session, disabled_at=func.now())
    assert (await register(client, "eve")).status_code == 403


async def test_of_concurrent_first_accounts_one_is_created(
    make_client: MakeClient,
    cloned_resources: Resources,
    configure: Configure,
) -> None:
    configure(AuthSettings, registration="closed")
    client = make_client(cloned_resources)
    names = [f"user-{number}" for number in range(4)]
    answers = await asyncio.gather(*(register(client, name) for name in names))
    assert sorted(answer.status_code for answer in answers) == [201] + [403] * 3
    assert await count_users(cloned_resources) == 1


async def test_a_first_account_waits_for_a_concurrent_one(
    make_client: MakeClient,
    cloned_resources: Resources,
    configure: Configure,
) -> None:
    configure(AuthSettings, registration="closed")
    client = make_client(cloned_resources)
    other = await asyncpg.connect(cloned_resources.database.address.for_asyncpg())
    async with other.transaction():
        await take_lock(other, "unwrapped.registration")
        registering = asyncio.create_task(register(client, "eve"))
        await until_waiting(other)
        # There was no account when Eve began to wait; now there is Ada's.
        async with cloned_resources.database.session() as session:
            await make_user(session, username="ada")
    await other.close()
    assert (await registering).status_code == 403
    assert await count_users(cloned_resources) == 1


@attack(42, "x-forwarded-for-at-registration")
async def test_accounts_of_an_address_are_limited(
    client: httpx2.AsyncClient, resources: Resources, configure: Configure
) -> None:
    configure(AuthSettings, registrations_per_address=2)
    # A name that is taken is a try, too.
    codes = [(await register(client, name)).status_code for name in ("ada", "ADA")]
    assert codes == [201, 409]
    for number in range(3):
        forged = {"X-Forwarded-For": f"192.0.2.{number}", "X-Real-IP": "192.0.2.9"}
        refused = await register(client, f"user-{number}", **forged)
        assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
        assert int(refused.headers["Retry-After"]) > 0
    assert await count_users(resources) == 1


async def test_the_address_of_the_service_opens_it(
    make_client: MakeClient, resources: Resources, configure: Configure
) -> None:
    """The settings that a process was started with decide."""
    configure(AuthSettings, registration=None)
    configure(Settings, backend_url=LOCAL)
    client = make_client(resources)
    for name in ("ada", "eve"):
        assert (await register(client, name)).status_code == 201


BY_A_PROXY = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "music.example.org",
    "Forwarded": "for=203.0.113.9",
    "Via": "1.1 proxy",
}


@attack(42, "registration-through-an-unknown-proxy")
async def test_through_an_unknown_proxy_nobody_registers(
    make_client: MakeClient,
    resources: Resources,
    configure: Configure,
    subtests: pytest.Subtests,
) -> None:
    """All callers of the proxy seem to be on this machine."""
    configure(Settings, backend_url=LOCAL)
    client = make_client(resources)
    for name, value in BY_A_PROXY.items():
        headers = {name: value}
        with subtests.test(name):
            refused = await register(client, "eve", **headers)
            assert refused.status_code == 403
            assert refused.json()["code"] == "unknown_proxy"
            assert "TRUSTED_PROXIES" in refused.json()["detail"]
            assert (await client.get("/healthz", headers=headers)).is_success
    # Requests that come without a proxy may register.
    for username in ("ada", "grace"):
        assert (await register(client, username)).status_code == 201


async def test_through_a_trusted_proxy_people_register(resources: Resources) -> None:
    app = create_app(
        Settings(
            secret_key=SecretStr(SECRET),
            allowed_hosts=("testserver",),
            trusted_proxies=("127.0.0.1/32",),
        )
    )
    state_of(app).resources = resources
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://testserver"
    ) as client:
        assert (await register(client, "ada", **BY_A_PROXY)).status_code == 201
