"""Searches listens by a part of the name of their artist, track or album."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Integer,
    Row,
    Select,
    Table,
    collate,
    func,
    literal,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.selectable import CompoundSelect

from unwrapped.music.listens.row_names import named
from unwrapped.music.store.models import (
    album,
    artist,
    listen,
    recording,
    spelling,
    track,
)

FIRST = 500
"""The number of listens whose names are read before the names of the whole history."""

NEAR = 20_000
"""The number of listens that are searched before all of them are."""

_BECOME_ASCII = {
    "i": "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}",
    "k": "\N{KELVIN SIGN}",
}
"""Letters beyond ASCII whose lower case is an ASCII letter, by that letter."""

type Paged = Callable[[Select[Any], FromClause], Select[Any]]
"""Orders the rows of a query and limits them to one page.

The second argument is where they come from; it has the columns of `listen`.
"""


@dataclass(frozen=True, slots=True)
class NameSearch:
    """A search in the history of one listener for a part of a name."""

    session: AsyncSession
    user_id: int
    part: str

    async def rows(
        self, query: Select[Any], paged: Paged, limit: int
    ) -> Sequence[Row[Any]]:
        """The page of the listens with `part` in a name, among those that `query` selects.

        A common part fills a page from the first `FIRST` listens. For a rare one,
        recordings are looked up by the names in the dictionaries, and then found among the
        next listens (`NEAR`). Only for the rarest, all listens are read.
        """
        ordered = paged(query, listen)
        found = await self._named_like(ordered.limit(FIRST), paged)
        if len(found) > limit:
            return found
        recordings = list(
            await self.session.scalars(recordings_named_like(self.user_id, self.part))
        )
        if not recordings:
            return []
        among = func.any(literal(recordings, ARRAY(Integer)))
        near = ordered.limit(NEAR).subquery()
        # Only one spelling of a recording may be on the album: names are still checked.
        found = await self._named_like(
            select(near).where(near.c.recording_id == among), paged
        )
        if len(found) > limit:
            return found
        everywhere = ordered.where(listen.c.recording_id == among)
        return await self._named_like(everywhere.limit(None), paged)

    async def _named_like(self, query: Select[Any], paged: Paged) -> Sequence[Row[Any]]:
        rows = query.subquery()
        names = named(rows, *rows.c).subquery()
        shown = names.c.artist, names.c.title, names.c.album
        has = or_(*(_has(name, self.part) for name in shown))
        found = await self.session.execute(paged(select(names).where(has), names))
        return found.all()


def recordings_named_like(user_id: int, part: str) -> CompoundSelect[tuple[int]]:
    """Select the recordings with `part` in the name of their artist or track, or of an
    album of one of their spellings.

    Each name is read once. What it belongs to is looked up by keys, without a join, so
    that no plan depends on statistics.
    """

    def ids(table: Table, condition: ColumnElement[bool]) -> Select[tuple[int]]:
        return select(table.c.id).where(table.c.user_id == user_id, condition)

    artists = ids(artist, _has(artist.c.name, part))
    tracks = union_all(
        ids(track, _has(track.c.title, part)),
        ids(track, _among(track.c.artist_id, artists)),
    )
    albums = ids(album, _has(album.c.name, part))
    on_album = select(spelling.c.recording_id).where(
        spelling.c.user_id == user_id, _among(spelling.c.album_id, albums)
    )
    return union(ids(recording, _among(recording.c.track_id, tracks)), on_album)


def _among(
    column: ColumnElement[int], ids: Select[tuple[int]] | CompoundSelect[tuple[int]]
) -> ColumnElement[bool]:
    return column == func.any(func.array(ids.scalar_subquery()))


def _has(name: ColumnElement[str], part: str) -> ColumnElement[bool]:
    """Whether `part` is in a name, in upper or lower case.

    With the collation `C`, `lower` converts only ASCII letters and takes half as long. It
    is repeated for names with another letter whose lower case is ASCII.
    """

    def contains(text: ColumnElement[str], part: str) -> ColumnElement[bool]:
        return func.strpos(text, part) > 0

    anywhere = func.strpos(func.lower(name), func.lower(part)) > 0
    if not part.isascii():
        return anywhere
    lowered = part.lower()
    return or_(
        contains(func.lower(collate(name, "C")), lowered),
        *(
            contains(name, letter) & anywhere
            for becomes, letter in _BECOME_ASCII.items()
            if becomes in lowered
        ),
    )
