"""Updates the dictionaries of shown names to the spellings in use.

The rule is `history.shown_names.name_recordings`. It is applied to the changed recordings and
to all others that are shown under the artists that these left or joined. The names are the
same as if it were applied to the whole history.
"""

from dataclasses import dataclass

import polars as pl
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.music.history.public_ids import public_id
from unwrapped.music.history.recording_identity import by_names
from unwrapped.music.history.shown_names import Names, latest_spellings, name_recordings
from unwrapped.music.store.copying import copy_in_dictionary
from unwrapped.music.store.shown_names import ShownNames, Synced
from unwrapped.music.store.spellings import StoredSpellings

_PLACE = ["recording", "spelling"]

MANY = 2_000
"""The number of changed recordings above which all of the listener are named again."""


@dataclass(frozen=True, slots=True)
class Naming:
    """Decides which names are shown after a change, and stores them.

    The session must hold the lock of the history.
    """

    session: AsyncSession
    user_id: int

    @property
    def _spellings(self) -> StoredSpellings:
        return StoredSpellings(self.session, self.user_id)

    async def settle(
        self, before: pl.DataFrame, after: pl.DataFrame, *, again: bool = False
    ) -> bool:
        """Store changed spellings of recordings, and the names that follow from them.

        Returns whether all spellings that were stored before are shown as they were.
        `before` and `after` are frames of `spellings.SPELLED` with all spellings of the
        changed recordings. If `again` is true, all recordings are named again.
        """
        if not (again or before.is_empty()):
            keeps = pl.col("recording").is_in(_keep_names(before, after).implode())
            await self._spellings.date(before.filter(keeps), after.filter(keeps))
            before, after = before.filter(~keeps), after.filter(~keeps)
            if before.is_empty() and after.is_empty():
                return True
        changed = pl.concat([before["recording"], after["recording"]]).unique()
        every = again or len(changed) > MANY
        artists = None if every else _artists(before, after)
        if artists is None:
            others = await self._spellings.every()
        else:
            others = await self._spellings.of_artists(artists)
        others = others.filter(~pl.col("recording").is_in(changed.implode()))
        before, after = (pl.concat([others, frame]) for frame in (before, after))
        names = name_recordings(after)
        shown = ShownNames(self.session, self.user_id)
        synced = await shown.bring_in_line(names, artists)
        await self._store(before, after, names, synced)
        await shown.drop(synced)
        return _shows_as_before(before, names)

    async def _store(
        self,
        before: pl.DataFrame,
        after: pl.DataFrame,
        names: Names,
        synced: Synced,
    ) -> None:
        tracks = names.recordings.join(
            synced.tracks, on=["artist_key", "title_key"]
        ).select("recording", pl.col("id").alias("track_id"))
        albums = names.spellings.join(
            synced.albums, on=["artist_key", "album_key"], how="left"
        ).select("recording", "spelling", pl.col("id").alias("album_id"))
        wanted = (
            after.drop("track_id", "album_id")
            .join(tracks, on="recording")
            .join(albums, on=["recording", "spelling"])
        )
        owner = pl.lit(self.user_id, pl.Int64).alias("user_id")
        new = wanted.join(before, on="recording", how="anti").unique("recording")
        await copy_in_dictionary(
            self.session,
            "recording",
            new.sort("recording").select(
                owner, pl.col("recording").alias("id"), "identity", "track_id"
            ),
        )
        await self._spellings.store(before, wanted)


def _shows_as_before(before: pl.DataFrame, names: Names) -> bool:
    """Whether the spellings in `before` are still stored and shown by the same names."""
    if before.is_empty():
        return True
    shown = (
        names.spellings.join(
            names.recordings.rename({"artist_key": "by"}), on="recording"
        )
        .join(names.artists.rename({"name": "now_artist", "artist_key": "by"}), on="by")
        .join(
            names.tracks.rename({"title": "now_title", "artist_key": "by"}),
            on=["by", "title_key"],
        )
        .join(
            names.albums.rename({"name": "now_album"}),
            on=["artist_key", "album_key"],
            how="left",
        )
    )
    both = before.join(shown, on=["recording", "spelling"])
    same = [
        pl.col(f"shown_{name}").eq_missing(pl.col(f"now_{name}"))
        for name in ("artist", "title", "album")
    ]
    return len(both) == len(before) and bool(
        both.select(pl.all_horizontal(same).all()).item()
    )


def _artists(*spelled: pl.DataFrame) -> list[str]:
    """The public ids of the artists under whom recordings are shown."""
    keys = [latest_spellings(frame)["artist_key"] for frame in spelled]
    return [public_id(key) for key in pl.concat(keys).unique()]


def _keep_names(before: pl.DataFrame, after: pl.DataFrame) -> pl.Series:
    """The recordings of which only later listens were added, with the shown names.

    They do not change any shown name: the latest spelling only became later.
    """
    was = before.select(*_PLACE, pl.col("last_started").alias("was_last"))
    both = after.join(was, on=_PLACE, how="full", coalesce=True)
    latest = pl.col("last_started") == pl.col("last_started").max().over("recording")
    as_shown = (
        (pl.col("artist") == pl.col("shown_artist"))
        & (pl.col("title") == pl.col("shown_title"))
        & pl.col("album").eq_missing(pl.col("shown_album"))
    )
    # For a new or removed spelling, one of the moments is null, so it is not kept.
    keeps = (pl.col("last_started") >= pl.col("was_last")) & (
        as_shown | ~(latest | by_names())
    )
    return (
        both.group_by("recording")
        .agg(keeps.fill_null(value=False).all().alias("keeps"))
        .filter("keeps")["recording"]
    )
