"""A listener whose history the screens show."""

import httpx2

from tests.exports import Row, track
from tests.music.factories import store
from unwrapped.core.process_resources import Resources

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
