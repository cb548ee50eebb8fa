"""Sign-in over HTTP."""

import httpx2

from tests.auth.factories import sign_in
from unwrapped.core.process_resources import Resources


async def test_a_registered_person_can_sign_in_and_read_their_account(
    client: httpx2.AsyncClient,
) -> None:
    account = {"username": "ada", "password": "correct horse"}
    registered = await client.post("/api/v1/auth/register", json=account)
    assert registered.status_code == 201
    signed_in = await client.post("/api/v1/auth/token", data=account)
    token = signed_in.json()["access_token"]
    me = await client.get(
        "/api/v1/auth/me", headers={"Authorization": f"Bearer {token}"}
    )
    assert me.json() == registered.json()


async def test_a_new_user_reads_their_account(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada = await sign_in(resources, username="ada")
    me = await client.get("/api/v1/auth/me", headers=ada.headers)
    assert me.json()["username"] == "ada"
