"""A database that answers but is read-only."""

import asyncpg

from tests.auth.factories import sign_in
from tests.conftest import MakeClient
from unwrapped.core.process_resources import Resources


async def test_reading_works_and_writing_is_unavailable(
    cloned_resources: Resources, make_client: MakeClient
) -> None:
    ada, database = await sign_in(cloned_resources), cloned_resources.database
    name = database.address.database
    connection = await asyncpg.connect(database.address.for_asyncpg())
    await connection.execute(
        f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'
    )
    await connection.close()
    await database.dispose()  # it is a setting of new sessions
    client = make_client(cloned_resources)
    read = await client.get("/api/v1/auth/me", headers=ada.headers)
    assert read.status_code == 200, read.text
    refused = await client.post(
        "/api/v1/music/scrobbles/tokens", json={"name": "kitchen"}, headers=ada.headers
    )
    assert refused.status_code == 503, refused.text
    assert refused.json()["code"] == "read_only"
    assert refused.headers["Retry-After"] == "5"
