"""A listener whose history is read through copies."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from tests.exports import Row, track
from tests.music.factories import comparable, store
from unwrapped.core.process_resources import Resources
from unwrapped.music.history.shown_names import LISTEN_COLUMNS
from unwrapped.music.listens.filters import ListenFilter
from unwrapped.music.listens.service import ListenService
from unwrapped.music.read_model.columns import Columns, columns_of, listens_of
from unwrapped.music.read_model.copies import Copies
from unwrapped.music.read_model.files import FOLDER, CopyFolder, CopyName
from unwrapped.music.read_model.history_state import Head, read_head
from unwrapped.music.read_model.key_variants import variants_of, with_variant
from unwrapped.music.store.history_snapshot import read_history
from unwrapped.shared.zones import parse_zone

BEGIN = datetime(2023, 5, 1, 10, tzinfo=UTC)


def song(number: int, artist: str = "Ann", **over: object) -> Row:
    """A play of one of seven songs, each at a time of its own."""
    ended = BEGIN + timedelta(minutes=4 * number)
    title = f"Song {number % 7}"
    usual = {"ts": f"{ended:%Y-%m-%dT%H:%M:%SZ}", "ms_played": 180_000}
    return track(artist, title, f"uri:{artist}:{title}", **(usual | over))


def takes_of(columns: Columns) -> pl.Series:
    """Which recording with variants each listen is to."""
    return columns.items["variant"].gather(columns.listens["item"])


class Listener:
    """A listener, and a process that reads their history through copies."""

    def __init__(self, resources: Resources, user_id: int) -> None:
        self.resources = resources
        self.user_id = user_id
        self.files = CopyFolder(resources.settings.home)

    async def store(self, *rows: Row) -> None:
        async with self.resources.database.session() as session:
            await store(session, self.user_id, [list(rows)])

    async def head(self) -> Head:
        async with self.resources.database.session() as session:
            return await read_head(session, self.user_id)

    async def read(
        self, copies: Copies | None = None, known: tuple[Head, Columns] | None = None
    ) -> tuple[Head, Columns]:
        """Read the columns as another process does, and check their figures."""
        copies = copies or Copies(self.resources)
        async with self.resources.database.session() as session:
            head = await read_head(session, self.user_id)
            found = await copies.columns(session, head, known)
        assert found[0] == head
        address = self.resources.database.address
        stored = await asyncio.to_thread(read_history, address, self.user_id)
        listens = comparable(stored.listens.select(LISTEN_COLUMNS))
        assert comparable(listens_of(found[1])).equals(listens)
        variants = variants_of(stored.respelled)
        whole = columns_of(with_variant(stored.listens, variants), variants)
        names = whole.variants.columns
        assert found[1].variants.sort(names).equals(whole.variants)
        assert takes_of(found[1]).equals(takes_of(whole))
        return found

    def names(self) -> list[int]:
        """The versions that have copies."""
        return [name.version for name in self.files.names(self.user_id)]

    def path(self, version: int) -> Path:
        name = str(CopyName(self.user_id, version))
        return self.resources.settings.home / FOLDER / name

    async def remove(self, **wanted: object) -> None:
        """Remove listens."""
        fits = ListenFilter(zone=parse_zone("UTC"), **wanted)  # type: ignore[arg-type]
        async with self.resources.database.session() as session:
            await ListenService(session).delete_listens(self.user_id, fits)
