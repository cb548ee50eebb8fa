"""A listener whose history the screens show."""

from dataclasses import dataclass

import httpx2

from tests.auth.factories import HASHED, cookie, make_user, make_web_session
from tests.auth.origins import FROM_OWN_PAGE
from tests.conftest import MakeClient
from tests.exports import Row, track
from tests.music.factories import store
from unwrapped.core.database import Database
from unwrapped.core.process_resources import Resources

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}

LONG, HEBREW = "Wolfeschlegelsteinhausenbergerdorff " * 4 + "and others", "שלום עולם"


def played(number: int, at: str, artist: str = "Ann", **over: object) -> Row:
    """A play of a track on an album."""
    return track(
        artist,
        f"Song {number}",
        f"uri:{artist}{number}",
        ts=at,
        ms_played=over.pop("ms_played", 200_000),
        master_metadata_album_album_name=f"Album of {artist}",
        **over,
    )


class Reader:
    """A person who reads their history in a browser."""

    def __init__(
        self, browser: httpx2.AsyncClient, resources: Resources, user_id: int
    ) -> None:
        self.browser = browser
        self.resources = resources
        self.user_id = user_id

    async def store(self, *rows: Row) -> None:
        """Import rows as one file."""
        async with self.resources.database.session() as session:
            await store(session, self.user_id, [list(rows)])

    async def open(self, path: str, **params: object) -> httpx2.Response:
        """Request a page."""
        texts = {name: str(value) for name, value in params.items()}
        return await self.browser.get(path, params=texts or None)


@dataclass(frozen=True, slots=True)
class Account:
    """A person who is signed in on the page."""

    id: int
    secret: str
    """The secret of the session's cookie."""

    def browse(self, make_client: MakeClient, resources: Resources) -> Reader:
        """The person with a browser of their own."""
        browser = make_client(resources)
        browser.headers.update(FROM_OWN_PAGE | HTML | cookie(self.secret))
        return Reader(browser, resources, self.id)


async def make_account(database: Database, *rows: Row) -> Account:
    """A new person with these plays."""
    async with database.session() as session:
        user = await make_user(session, password_hash=HASHED)
        secret = await make_web_session(session, user.id or 0)
        if rows:
            await store(session, user.id or 0, [rows])
    return Account(user.id or 0, secret)
