"""Answers questions about one history."""

from collections import OrderedDict
from threading import Lock
from zoneinfo import ZoneInfo

import polars as pl

from unwrapped.music.corrections.correcting import Corrected, uncorrected
from unwrapped.music.corrections.correction import Scope
from unwrapped.music.corrections.counted_lookup import (
    Counted,
    Whereabouts,
    find_counted,
    find_sources,
)
from unwrapped.music.history.period import Period
from unwrapped.music.read_model.columns import Columns
from unwrapped.music.statistics.amounts import summarise
from unwrapped.music.statistics.cutting import Cut
from unwrapped.music.statistics.first_plays import Firsts
from unwrapped.music.statistics.new_artists import measure_meetings
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
from unwrapped.music.statistics.search import search
from unwrapped.music.statistics.series import measure_series
from unwrapped.music.statistics.single_items import Portrayal
from unwrapped.music.statistics.tops import (
    COLUMN,
    Within,
    find,
    list_last,
    list_ranked,
)

MOST_CUTS = 6

SCOPES = {
    Kind.ARTISTS: Scope.ARTIST,
    Kind.ALBUMS: Scope.ALBUM,
    Kind.TRACKS: Scope.TRACK,
}
"""The scope of corrections for each kind."""


class Questions:
    """Answers questions about a history. Results that several need are computed once.

    Threads may use it at the same time.
    """

    def __init__(self, of: Columns | Corrected) -> None:
        self.corrected = of if isinstance(of, Corrected) else uncorrected(of)
        self.columns = self.corrected.columns
        self._firsts = Firsts(self.columns)
        self._cuts: OrderedDict[tuple[Period, str], Cut] = OrderedDict()
        """The cuts used last. One of all time is kept, since it takes longest to compute."""
        self._lock = Lock()

    @property
    def size(self) -> int:
        """Approximate bytes in memory."""
        with self._lock:
            made = self._firsts.size + sum(cut.size for cut in self._cuts.values())
            return self.corrected.size + made

    def summary(self, asked: Asked) -> Summary:
        """The totals of a period and of the previous one."""
        return summarise(self._now(asked), self._before(asked), self._firsts)

    def top(
        self,
        asked: Asked,
        ranking: Ranking,
        count: int = 50,
        after: Place | None = None,
    ) -> list[Ranked]:
        """Up to `count` places of a ranking, with the rank in the previous period.

        Raises `NotInHistory`.
        """
        within = self._within(artist=ranking.artist, album=ranking.album)
        now, before = self._now(asked), self._before(asked)
        only = self._new(now, ranking.kind) if ranking.new else None
        return list_ranked(now, before, ranking, count, after, within, only)

    def _new(self, now: Cut, kind: Kind) -> pl.Series:
        return self._firsts.codes_within(now, COLUMN[kind])

    def series(
        self,
        asked: Asked,
        by: Step,
        *,
        artist: str | None = None,
        album: str | None = None,
        track: str | None = None,
    ) -> Series:
        """Plays and time for each step. Raises `NotInHistory` or `TooManyPoints`."""
        within = self._within(artist=artist, album=album, track=track)
        return measure_series(self._now(asked), by, asked.today, within)

    def meetings(self, asked: Asked, by: Step) -> list[Meeting]:
        """The number of artists, and of new ones, for each step. Raises `TooManyPoints`."""
        return measure_meetings(self._now(asked), self._firsts, by, asked)

    def artist(self, asked: Asked, public_id: str) -> ArtistRead:
        """One artist. Raises `NotInHistory`."""
        return self._portrayal(asked, Kind.ARTISTS, public_id).artist()

    def album(self, asked: Asked, public_id: str) -> AlbumRead:
        """One album. Raises `NotInHistory`."""
        return self._portrayal(asked, Kind.ALBUMS, public_id).album()

    def track(self, asked: Asked, public_id: str) -> TrackRead:
        """One track. Raises `NotInHistory`."""
        return self._portrayal(asked, Kind.TRACKS, public_id).track()

    def search(self, zone: ZoneInfo, text: str) -> SearchResult:
        """Artists, albums and tracks with a text in their name."""
        return search(self._cut(Period(), zone), text)

    def extent(self, asked: Asked, kind: Kind, *, new: bool = False) -> Extent:
        """The number of items with a play in a period, or of those whose first play ever
        is in it, and the number of plays.
        """
        now = self._now(asked)
        ranked = self._new(now, kind) if new else now.tally(COLUMN[kind])
        first, last = now.whole.first, now.whole.last
        years = range(last.year, first.year - 1, -1) if first and last else ()
        return Extent(
            places=len(ranked),
            plays=int(now.items["plays"].sum()),
            years=list(years),
        )

    def last_plays(
        self, asked: Asked, kind: Kind, public_id: str, count: int
    ) -> list[LastPlay]:
        """The last plays of an item in a period, the latest first.

        Raises `NotInHistory`.
        """
        of = find(self.columns, kind, public_id)
        return list_last(self._now(asked), (of,), count)

    def whereabouts(self, kind: Kind, public_id: str) -> Whereabouts | None:
        """What an item counts as; None if the history has no item with this id."""
        return find_counted(self.corrected, SCOPES[kind], public_id)

    def sources(self, kind: Kind, public_id: str) -> list[Counted]:
        """The items, as they were logged, that count as this one."""
        return find_sources(self.corrected, SCOPES[kind], public_id)

    def _portrayal(self, asked: Asked, kind: Kind, public_id: str) -> Portrayal:
        of = find(self.columns, kind, public_id)
        return Portrayal(self._now(asked), self._before(asked), self._ever(asked), of)

    def _within(self, **ids: str | None) -> tuple[Within, ...]:
        kinds = {"artist": Kind.ARTISTS, "album": Kind.ALBUMS, "track": Kind.TRACKS}
        return tuple(
            find(self.columns, kinds[name], public_id)
            for name, public_id in ids.items()
            if public_id is not None
        )

    def _now(self, asked: Asked) -> Cut:
        return self._cut(asked.period, asked.zone)

    def _before(self, asked: Asked) -> Cut | None:
        before = asked.period.compared_with(asked.today)
        return None if before is None else self._cut(before, asked.zone)

    def _ever(self, asked: Asked) -> Cut:
        return self._cut(Period(), asked.zone)

    def _cut(self, period: Period, zone: ZoneInfo) -> Cut:
        key = (period, zone.key)
        with self._lock:
            cut = self._cuts.get(key)
            if cut is None:
                cut = self._cuts[key] = Cut(self.columns, period, zone)
            self._cuts.move_to_end(key)
            if len(self._cuts) > MOST_CUTS:
                self._drop_one()
        return cut

    def _drop_one(self) -> None:
        always = [key for key in self._cuts if key[0] == Period()]
        oldest = next(key for key in self._cuts if key not in always[-1:])
        del self._cuts[oldest]
