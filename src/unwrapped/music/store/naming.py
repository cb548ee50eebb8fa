"""The dictionaries of names in line with the spellings in use.

The rule is `tracks.name_recordings`. It is applied to the recordings that changed, with all
that are shown under the artists that they left or joined: then it names what it would name
in the whole history.
"""

from dataclasses import dataclass

import polars as pl
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.music.history.identity import by_names, public_id
from unwrapped.music.history.tracks import Names, name_recordings
from unwrapped.music.store.copying import copy_in_dictionary
from unwrapped.music.store.shown_names import ShownNames, Synced
from unwrapped.music.store.spellings import StoredSpellings

MANY = 2_000
"""Recordings that changed: with more, all of the listener's are named."""


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
        """Store what became of all spellings of the recordings that changed.

        Returns whether everything that was there before is shown as it was.

        `before` and `after` are frames of `spellings.SPELLED`, of the same recordings
        as far as they are in both. `again` names everything, whatever changed.
        """
        if not again and _keeps_names(before, after):
            await self._spellings.date(before, after)
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
    """Whether spellings that were stored are shown as they were."""
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


def _keeps_names(before: pl.DataFrame, after: pl.DataFrame) -> bool:
    """Whether all that changed are later listens to what is shown as it is spelled.

    Then nothing else is shown: what is the latest already only became later.
    """
    if len(before) != len(after) or after["shown_artist"].null_count():
        return False
    latest = pl.col("last_started") == pl.col("last_started").max().over("recording")
    shows = after.filter(latest | by_names())
    as_shown = (
        (pl.col("artist") == pl.col("shown_artist"))
        & (pl.col("title") == pl.col("shown_title"))
        & pl.col("album").eq_missing("shown_album")
    )
    later = before.select(
        "recording", "spelling", pl.col("last_started").alias("was_last")
    )
    dated = after.join(later, on=["recording", "spelling"], how="left")
    never_earlier = (pl.col("last_started") >= pl.col("was_last")).fill_null(
        value=False
    )
    return bool(
        shows.select(as_shown.all()).item() and dated.select(never_earlier.all()).item()
    )
