"""The statistics of one listener, for the API and the pages."""

import hashlib
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.core.process_resources import Resources
from unwrapped.music.corrections.store import Standing, read_standing
from unwrapped.music.read_model.history_state import Head, read_head
from unwrapped.music.statistics.cache import StatisticsCache, cache_of
from unwrapped.music.statistics.question import Asked, Place, Ranking
from unwrapped.music.statistics.schemas import (
    AlbumRead,
    ArtistRead,
    Extent,
    Kind,
    LastPlay,
    Meeting,
    Ranked,
    SearchResult,
    Series,
    Step,
    Summary,
    TrackRead,
)
from unwrapped.shared.pagination import Listing, Page

if TYPE_CHECKING:
    from unwrapped.music.corrections.counted_lookup import Counted, Whereabouts
    from unwrapped.music.statistics.answering import Questions


class StatisticsService:
    """Answers questions about a history in one state, from memory if possible."""

    def __init__(
        self,
        session: AsyncSession,
        cache: StatisticsCache,
        head: Head,
        standing: Standing,
    ) -> None:
        self._session = session
        self._cache = cache
        self._head = head
        self._standing = standing

    def etag(self, *asked: object) -> str:
        """The ETag of an answer, which changes with the history and its corrections."""
        head, standing = self._head, self._standing
        history = (head.user_id, head.version, head.rules)
        parts = (*history, standing.version, standing.zone, *asked)
        digest = hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()
        return f'"{digest[:32]}"'

    @property
    def has_corrections(self) -> bool:
        """Whether there ever was a correction."""
        return self._standing.version > 0

    async def summary(self, asked: Asked) -> Summary:
        """The totals of a period and of the previous one."""
        return await self._ask(("summary", asked), lambda of: of.summary(asked))

    async def top(
        self, asked: Asked, ranking: Ranking, limit: int, cursor: str | None = None
    ) -> Page[Ranked]:
        """A page of a ranking. Raises `BadCursor` or `NotInHistory`."""
        name = f"top_{ranking.kind}_{ranking.by}_{ranking.order}"
        listing = Listing(f"{name}_new" if ranking.new else name, (int, str))
        after = None if cursor is None else Place(*listing.parse(cursor))
        rows = await self._ask(
            ("top", asked, ranking, limit, after),
            lambda of: of.top(asked, ranking, limit + 1, after),
        )
        page = listing.page(rows, limit, lambda row: (row.rank, row.id))
        return Page(items=page.rows, next_cursor=page.next_cursor)

    async def series(
        self,
        asked: Asked,
        by: Step,
        *,
        artist: str | None = None,
        album: str | None = None,
        track: str | None = None,
    ) -> Series:
        """Plays and time for each step. Raises `NotInHistory` or `TooManyPoints`."""
        return await self._ask(
            ("series", asked, by, artist, album, track),
            lambda of: of.series(asked, by, artist=artist, album=album, track=track),
        )

    async def meetings(self, asked: Asked, by: Step) -> list[Meeting]:
        """The number of artists, and of new ones, for each step. Raises `TooManyPoints`."""
        return await self._ask(
            ("meetings", asked, by), lambda of: of.meetings(asked, by)
        )

    async def artist(self, asked: Asked, public_id: str) -> ArtistRead:
        """One artist. Raises `NotInHistory`."""
        key = ("artist", asked, public_id)
        return await self._ask(key, lambda of: of.artist(asked, public_id))

    async def album(self, asked: Asked, public_id: str) -> AlbumRead:
        """One album. Raises `NotInHistory`."""
        key = ("album", asked, public_id)
        return await self._ask(key, lambda of: of.album(asked, public_id))

    async def track(self, asked: Asked, public_id: str) -> TrackRead:
        """One track. Raises `NotInHistory`."""
        key = ("track", asked, public_id)
        return await self._ask(key, lambda of: of.track(asked, public_id))

    async def search(self, zone: ZoneInfo, text: str) -> SearchResult:
        """Artists, albums and tracks with a text in their name."""
        return await self._ask(("search", text), lambda of: of.search(zone, text))

    async def extent(self, asked: Asked, kind: Kind, *, new: bool = False) -> Extent:
        """The size of a ranking; with `new`, of one that has only what is new."""
        key = ("extent", asked, kind, new)
        return await self._ask(key, lambda of: of.extent(asked, kind, new=new))

    async def last_plays(
        self, asked: Asked, kind: Kind, public_id: str, count: int
    ) -> list[LastPlay]:
        """The last plays of an item, the latest first. Raises `NotInHistory`."""
        key = ("last", asked, kind, public_id, count)
        return await self._ask(
            key, lambda of: of.last_plays(asked, kind, public_id, count)
        )

    async def whereabouts(self, kind: Kind, public_id: str) -> "Whereabouts | None":
        """What an item counts as; None if the history has no item with this id."""
        key = ("whereabouts", kind, public_id)
        return await self._ask(key, lambda of: of.whereabouts(kind, public_id))

    async def sources(self, kind: Kind, public_id: str) -> "list[Counted]":
        """The items, as they were logged, that count as this one."""
        key = ("sources", kind, public_id)
        return await self._ask(key, lambda of: of.sources(kind, public_id))

    async def _ask[T](self, key: Hashable, ask: "Callable[[Questions], T]") -> T:
        return await self._cache.answer(
            self._session, self._head, self._standing, key, ask
        )


async def open_statistics(
    session: AsyncSession, resources: Resources, user_id: int
) -> StatisticsService:
    """The service for the current history of a listener."""
    head = await read_head(session, user_id)
    standing = await read_standing(session, user_id)
    return StatisticsService(session, cache_of(resources), head, standing)
