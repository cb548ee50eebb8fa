"""The dictionaries of a listener: recordings with their spellings, reasons of ending.

Names and words of an upload get the numbers that its rows are stored under.
"""

from dataclasses import dataclass

import polars as pl
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.music.history.building import PreparedUpload
from unwrapped.music.sources.name_keys import name_key
from unwrapped.music.store.models import LOG_CODES
from unwrapped.music.store.staging import STAGED_SPELLING, stage
from unwrapped.music.store.statements import (
    NEXT_ID,
    add_rows,
    of_listener,
    run_all,
)

_NEW_RECORDINGS = f"""INSERT INTO recording (user_id, id, identity)
    SELECT :user_id, {NEXT_ID.format(table="recording")}, identity
    FROM (SELECT DISTINCT identity FROM staged_spelling) AS new
    WHERE NOT EXISTS (SELECT FROM recording AS old
        WHERE old.user_id = :user_id AND old.identity = new.identity)"""

_NEW_SPELLINGS = f"""INSERT INTO spelling (user_id, recording_id, id, artist, title, album,
        artist_key, title_key, album_key, last_logged)
    SELECT :user_id, recording.id, {NEXT_ID.format(table="spelling")}, new.artist, new.title,
        new.album, min(new.artist_key), min(new.title_key), min(new.album_key),
        max(new.last_logged)
    FROM staged_spelling AS new
    JOIN recording ON recording.user_id = :user_id AND recording.identity = new.identity
    WHERE NOT EXISTS (SELECT FROM spelling AS old WHERE old.user_id = :user_id
        AND old.recording_id = recording.id AND old.artist = new.artist
        AND old.title = new.title AND old.album IS NOT DISTINCT FROM new.album)
    GROUP BY recording.id, new.artist, new.title, new.album"""

_LATER_LISTENS = """UPDATE spelling SET last_logged = new.last_logged
    FROM (SELECT identity, artist, title, album, max(last_logged) AS last_logged
        FROM staged_spelling GROUP BY identity, artist, title, album) AS new
    JOIN recording ON recording.user_id = :user_id AND recording.identity = new.identity
    WHERE spelling.user_id = :user_id AND spelling.recording_id = recording.id
    AND spelling.artist = new.artist AND spelling.title = new.title
    AND spelling.album IS NOT DISTINCT FROM new.album
    AND spelling.last_logged < new.last_logged"""

_SPELLING_CODES = """SELECT code, recording.id, spelling.id
FROM staged_spelling AS new
JOIN recording ON recording.user_id = :user_id AND recording.identity = new.identity
JOIN spelling ON spelling.user_id = :user_id AND spelling.recording_id = recording.id
    AND spelling.artist = new.artist AND spelling.title = new.title
    AND spelling.album IS NOT DISTINCT FROM new.album"""

_MERGE_REASONS = f"""INSERT INTO end_reason (user_id, id, reason)
SELECT :user_id, {NEXT_ID.format(table="end_reason")}, reason
FROM unnest(CAST(:reasons AS text[])) AS new (reason)
WHERE NOT EXISTS (SELECT FROM end_reason AS old
    WHERE old.user_id = :user_id AND old.reason = new.reason)"""

_REASON_CODES = """SELECT reason, id FROM end_reason
WHERE user_id = :user_id AND reason = ANY(CAST(:reasons AS text[]))"""


@dataclass(frozen=True, slots=True)
class Codes:
    """What the codes of an upload are stored as."""

    spellings: pl.DataFrame
    """`recording_id` and `spelling_id`, in the order of the upload's codes."""

    reasons: dict[str, int]

    has_news: bool
    """Whether there is a recording, a spelling or a later listen to one that is new."""

    def applied(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows of the upload with the columns of the tables."""
        named = [self.spellings[name].gather(rows["spelling"]) for name in _IDS]
        sources = pl.col("source").replace_strict(LOG_CODES, return_dtype=pl.Int16)
        stored = rows.with_columns(*named, sources)
        if "reason_end" not in rows.columns:
            return stored
        return stored.with_columns(
            pl.col("reason_end")
            .cast(pl.String)
            .replace_strict(self.reasons, return_dtype=pl.Int32)
            .alias("end_reason_id")
        )


_IDS = ("recording_id", "spelling_id")


@dataclass(frozen=True, slots=True)
class Dictionaries:
    """The dictionaries of one listener, whose lock the session holds."""

    session: AsyncSession
    user_id: int

    async def merge(self, upload: PreparedUpload) -> Codes:
        """Store what is new among the names and words of an upload."""
        spellings, has_news = await self._merge_spellings(upload.spelled)
        words = upload.listens["reason_end"].unique().drop_nulls().cast(pl.String)
        reasons = await self._merge_reasons(words.to_list())
        return Codes(spellings, reasons, has_news)

    async def _merge_spellings(
        self, spelled: pl.DataFrame
    ) -> tuple[pl.DataFrame, bool]:
        rows = _staged_spellings(spelled)
        await stage(self.session, STAGED_SPELLING, "staged_spelling", rows)
        changed = await self._add_news()
        found = await self.session.execute(
            of_listener(_SPELLING_CODES), {"user_id": self.user_id}
        )
        ids = pl.DataFrame(
            [tuple(row) for row in found],
            schema={"code": pl.UInt32, **dict.fromkeys(_IDS, pl.Int32)},
            orient="row",
        )
        # A row for every code up to the largest, so that a code is a place.
        every = pl.DataFrame({"code": range(max(spelled["spelling"], default=-1) + 1)})
        codes = every.cast(pl.UInt32).join(
            ids, on="code", how="left", maintain_order="left"
        )
        return codes, changed > 0

    async def _add_news(self) -> int:
        """Store what is staged and new; returns how many rows are new or changed."""
        session, user_id = self.session, self.user_id
        recordings = await add_rows(session, user_id, "recording", _NEW_RECORDINGS)
        spellings = await add_rows(session, user_id, "spelling", _NEW_SPELLINGS)
        later = await run_all(session, user_id, [_LATER_LISTENS])
        return recordings + spellings + later

    async def _merge_reasons(self, words: list[str]) -> dict[str, int]:
        parameters = {"user_id": self.user_id, "reasons": words}
        await self.session.execute(of_listener(_MERGE_REASONS), parameters)
        found = await self.session.execute(of_listener(_REASON_CODES), parameters)
        return {row.reason: row.id for row in found}


def _staged_spellings(spelled: pl.DataFrame) -> pl.DataFrame:
    albums = spelled["album"].unique().drop_nulls()
    keys = {album: name_key(album) for album in albums}
    return spelled.select(
        pl.col("spelling").alias("code"),
        "identity",
        "artist",
        "title",
        "album",
        "artist_key",
        "title_key",
        pl.col("album")
        .replace_strict(keys, default=None, return_dtype=pl.String)
        .alias("album_key"),
        "last_logged",
    )
