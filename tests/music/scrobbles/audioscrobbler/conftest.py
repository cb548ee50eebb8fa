"""A person whose clients scrobble in the dialects of Audioscrobbler."""

from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.auth.factories import make_user
from unwrapped.core.process_resources import Resources
from unwrapped.music.scrobbles.client_listens import HeardService
from unwrapped.music.scrobbles.merging import merge_waiting
from unwrapped.music.scrobbles.models import ScrobblingToken
from unwrapped.music.scrobbles.service import ScrobbleService, scrobble_service
from unwrapped.music.scrobbles.tokens import ScrobblingTokenService, md5

NAME = "Anna"


@dataclass
class Anna:
    """A person with a token, and a client that holds it."""

    client: httpx2.AsyncClient
    session: AsyncSession
    resources: Resources
    user_id: int
    token: str
    token_row: ScrobblingToken

    @property
    def service(self) -> ScrobbleService:
        """The service that stores what her clients report."""
        return scrobble_service(self.session, self.resources)

    async def call(self, method: str, **parameters: object) -> Any:
        """Call a method of 2.0; return the answer as JSON."""
        answer = await self.post(method, **parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, method: str, **parameters: object) -> httpx2.Response:
        """Send a form; return the answer."""
        form = {name: str(value) for name, value in parameters.items()}
        data = {"method": method, "api_key": "x", "format": "json"} | form
        return await self.client.post("/2.0/", data=data)

    async def sign_in(self) -> str:
        """Sign in with 2.0; return the session key."""
        opened = await self.call(
            "auth.getMobileSession", username=NAME, password=self.token
        )
        return str(opened["session"]["key"])

    async def heard(self) -> list[tuple[str, str, int]]:
        """Merge what waits; return her history as artist, title, start."""
        async with self.resources.database.session() as session:
            await merge_waiting(session, self.user_id)
            found = await HeardService(session).between(self.user_id, 1000)
        return [(one.artist, one.title, one.listened_at) for one in found]

    async def noted(self) -> tuple[str | None, str | None, str | None]:
        """What is stored about the last request: the request, the answer, the reason."""
        await self.session.refresh(self.token_row)
        row = self.token_row
        return row.last_request, row.last_answer, row.last_reason

    def proof(self, time: object) -> str:
        """The proof that a client of 1.2 sends in place of a password."""
        return md5(md5(self.token) + str(time))


async def make_anna(
    client: httpx2.AsyncClient, session: AsyncSession, resources: Resources
) -> Anna:
    """Make Anna with a new token, which no request has used."""
    user_id = (await make_user(session, username=NAME)).id or 0
    tokens = ScrobblingTokenService(session, resources.cipher)
    made = await tokens.create(user_id, "Kitchen")
    row = await session.get_one(ScrobblingToken, made.row.id)
    return Anna(client, session, resources, user_id, made.token, row)


@pytest.fixture
async def anna(
    client: httpx2.AsyncClient, session: AsyncSession, resources: Resources
) -> Anna:
    """Anna, in the transaction that is rolled back."""
    return await make_anna(client, session, resources)
