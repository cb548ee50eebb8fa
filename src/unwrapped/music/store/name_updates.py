"""Updating the dictionaries of names to the spellings in use.

The rule is `track_names.name_recordings`. It is applied to the changed recordings and
to all that are shown under the artists they left or joined, which gives the same names
as applying it to the whole history.
"""

from dataclasses import dataclass

import polars as pl
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.music.history.identity import by_names
from unwrapped.music.history.marks_and_ids import public_id
from unwrapped.music.history.track_names import Names, name_recordings
from unwrapped.music.store.copying import copy_in_dictionary
from unwrapped.music.store.shown_names import ShownNames, Synced
from unwrapped.music.store.spellings import StoredSpellings

_PLACE = ["recording", "spelling"]

MANY = 2_000
"""The most changed recordings: with more, all of the listener's are named again."""


@dataclass(frozen=True, slots=True)
class Naming:
    """The names of one listener, whose lock the session holds."""

    session: AsyncSession
    user_id: int

    @property
    def _spellings(self) -> StoredSpellings:
        return StoredSpellings(self.session, self.user_id)

    async def settle(
        self, before: pl.DataFrame, after: pl.DataFrame, *, again: bool = False
    ) -> bool:
        """Store the changes of the spellings of recordings.

        Returns whether everything stored before is shown as it was. `before` and `after`
        are frames of `spellings.SPELLED`, of the same recordings as far as they are in
        both. `again` names everything, independent of the changes.
        """
        if not again:
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
    """Whether stored spellings are shown as before."""
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
    """The public ids of the artists that recordings are shown under."""
    keys = [name_recordings(frame).recordings["artist_key"] for frame in spelled]
    return [public_id(key) for key in pl.concat(keys).unique()]


def _keep_names(before: pl.DataFrame, after: pl.DataFrame) -> pl.Series:
    """The recordings that only got later listens of the spelling that is shown.

    These do not change any shown name: the latest spelling only became later.
    """
    was = before.select(*_PLACE, pl.col("last_started").alias("was_last"))
    both = after.join(was, on=_PLACE, how="full", coalesce=True)
    latest = pl.col("last_started") == pl.col("last_started").max().over("recording")
    as_shown = (
        (pl.col("artist") == pl.col("shown_artist"))
        & (pl.col("title") == pl.col("shown_title"))
        & pl.col("album").eq_missing(pl.col("shown_album"))
    )
    # A new or removed spelling has no moment on one side, and no name on the other.
    keeps = (pl.col("last_started") >= pl.col("was_last")) & (
        as_shown | ~(latest | by_names())
    )
    return (
        both.group_by("recording")
        .agg(keeps.fill_null(value=False).all().alias("keeps"))
        .filter("keeps")["recording"]
    )
