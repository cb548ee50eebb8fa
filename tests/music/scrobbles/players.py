"""Players that report to the application in tests."""

from dataclasses import dataclass
from typing import Any

import httpx2
from sqlalchemy import select, text

from tests.auth.factories import SignedIn, sign_in
from unwrapped.core.process_resources import Resources
from unwrapped.music.scrobbles.merging import drain_inbox
from unwrapped.music.scrobbles.models import scrobble_inbox
from unwrapped.music.scrobbles.tokens import ScrobblingTokenService

AT = 1_700_000_000
"""The start of the first listen."""

_LISTENS = """SELECT extract(epoch FROM started_at)::int, track.title, log, mark FROM listen
JOIN recording ON recording.user_id = listen.user_id AND recording.id = recording_id
JOIN track ON track.user_id = listen.user_id AND track.id = track_id
WHERE listen.user_id = :user_id ORDER BY 1, 2, 3"""


def listen_of(
    title: str = "Song", at: object = AT, artist: str = "Artist", **info: object
) -> dict[str, Any]:
    """A listen as clients of ListenBrainz send it; `info` is its `additional_info`."""
    metadata = {"artist_name": artist, "track_name": title, "additional_info": info}
    return {"listened_at": at, "track_metadata": metadata}


@dataclass(frozen=True)
class Player:
    """A client with the token of an account."""

    client: httpx2.AsyncClient
    resources: Resources
    owner: SignedIn
    username: str
    token: str
    root: str = "/1"

    @property
    def headers(self) -> dict[str, str]:
        """The headers of its requests."""
        return {"Authorization": f"Token {self.token}"}

    async def post(self, path: str, body: object, **over: Any) -> httpx2.Response:
        """Send JSON to a path below the root."""
        sent: dict[str, Any] = {"headers": self.headers, "json": body} | over
        return await self.client.post(f"{self.root}{path}", **sent)

    async def get(self, path: str, **params: str) -> httpx2.Response:
        """Read a path below the root."""
        return await self.client.get(
            f"{self.root}{path}", headers=self.headers, params=params
        )

    async def submit(
        self, *listens: object, listen_type: str = "import", **over: Any
    ) -> httpx2.Response:
        """Send listens."""
        body = {"listen_type": listen_type, "payload": list(listens)}
        return await self.post("/submit-listens", body, **over)

    async def drain(self) -> int:
        """Merge everything that waits, as a worker does."""
        merged = 0
        while some := await drain_inbox(self.resources):
            merged += some
        return merged

    async def waiting(self) -> int:
        """The number of submissions that wait."""
        async with self.resources.database.session() as session:
            return len((await session.execute(select(scrobble_inbox.c.id))).all())

    async def listens(self) -> list[tuple[int, str, int, int]]:
        """The start, title, log and mark of all stored listens."""
        async with self.resources.database.session() as session:
            found = await session.execute(text(_LISTENS), {"user_id": self.owner.id})
            return [tuple(row) for row in found]


async def make_player(
    client: httpx2.AsyncClient,
    resources: Resources,
    name: str = "kitchen",
    username: str = "ada",
) -> Player:
    """Make a player of a new account."""
    owner = await sign_in(resources, username=username)
    token = await make_token(resources, owner.id, name)
    return Player(client, resources, owner, username, token)


async def make_token(resources: Resources, user_id: int, name: str = "kitchen") -> str:
    """Make a scrobbling token."""
    async with resources.database.session() as session:
        tokens = ScrobblingTokenService(session, resources.cipher)
        return (await tokens.create(user_id, name)).token
