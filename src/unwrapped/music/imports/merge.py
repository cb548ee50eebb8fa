"""Merging an upload into a stored history: one transaction, and books that balance.

The rules are those of `music.listens`, as SQL; whatever the order of imports, the same
history is the outcome.
"""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.music.imports.staging import (
    STAGED_ALSO_SPELLED,
    STAGED_LISTEN,
    STAGED_SPELLING,
    stage,
)
from unwrapped.music.listens.books import Books, keep_books
from unwrapped.music.listens.history import PreparedUpload
from unwrapped.music.listens.identity import name_key
from unwrapped.music.listens.marking import mark_stored
from unwrapped.music.listens.models import SOURCE_CODES
from unwrapped.music.listens.naming import name_recordings
from unwrapped.music.listens.shadows import POORER
from unwrapped.music.listens.statements import (
    NEXT_ID,
    lock_history,
    of_listener,
    run_all,
)

FEW_ROWS = 1_000
"""Up to this many rows are looked up in the index, one by one."""

_SAME_LISTEN = """stored.user_id = :user_id
    AND stored.logged_at = staged.logged_at
    AND stored.recording_id = staged.recording_id
    AND stored.source = staged.source
    AND coalesce(stored.ms_played, -1) = coalesce(staged.ms_played, -1)"""

_MARKS_DIFFER = """(staged.end_reason_id, staged.skipped, staged.shuffle)
    IS DISTINCT FROM (stored.end_reason_id, stored.skipped, stored.shuffle)"""

_KNOWN = f"""SELECT file, count(*) AS known,
    count(*) FILTER (WHERE {_MARKS_DIFFER}) AS marked,
    count(*) FILTER (WHERE staged.spelling_id <> stored.spelling_id) AS spelled
FROM staged_listen AS staged JOIN listen AS stored ON {_SAME_LISTEN}
GROUP BY file"""

# The same order as in `history.split_known`: by code point, unknown last.
_MARKS = """(coalesce({alias}_reason.reason, U&'\\+10FFFF') COLLATE "C",
    coalesce({alias}.skipped::integer, 2), coalesce({alias}.shuffle::integer, 2))"""

_FIRST_MARKS = f"""UPDATE listen SET end_reason_id = staged.end_reason_id,
    skipped = staged.skipped, shuffle = staged.shuffle
FROM staged_listen AS staged
JOIN listen AS stored ON {_SAME_LISTEN}
LEFT JOIN end_reason AS staged_reason ON staged_reason.user_id = :user_id
    AND staged_reason.id = staged.end_reason_id
LEFT JOIN end_reason AS stored_reason ON stored_reason.user_id = :user_id
    AND stored_reason.id = stored.end_reason_id
WHERE listen.ctid = stored.ctid
AND {_MARKS.format(alias="staged")} < {_MARKS.format(alias="stored")}"""

_ALSO_SPELLED = f"""INSERT INTO also_spelled
    (user_id, logged_at, recording_id, spelling_id, ms_played, source)
SELECT :user_id, staged.logged_at, staged.recording_id, staged.spelling_id,
    staged.ms_played, staged.source
FROM staged_listen AS staged JOIN listen AS stored ON {_SAME_LISTEN}
WHERE staged.spelling_id <> stored.spelling_id
ON CONFLICT DO NOTHING"""

_DROP_KNOWN = f"""DELETE FROM staged_listen AS staged USING listen AS stored
WHERE {_SAME_LISTEN}"""

_STORE = """INSERT INTO listen (user_id, logged_at, recording_id, spelling_id, ms_played,
    end_reason_id, source, skipped, shuffle, shadowed)
SELECT :user_id, logged_at, recording_id, spelling_id, ms_played,
    end_reason_id, source, skipped, shuffle, false
FROM staged_listen ORDER BY logged_at"""

_SHADOWED = f"""SELECT file, count(*) AS shadowed
FROM staged_listen AS staged JOIN listen AS stored ON {_SAME_LISTEN}
WHERE staged.source = :poorer AND stored.shadowed GROUP BY file"""


@dataclass(frozen=True, slots=True)
class HistoryMerge:
    """Brings an upload into the history of one listener."""

    session: AsyncSession
    user_id: int
    on_progress: Callable[[float], None]
    """Told how far the merge is, from 0 to 1."""

    async def merge(self, upload: PreparedUpload) -> Books:
        """Store what is new of the upload; the books say what became of every row."""
        await lock_history(self.session, self.user_id)
        await self._plan_for(len(upload.listens))
        codes = await self._merge_spellings(upload.spelled)
        self.on_progress(0.1)
        reasons = await self._merge_reasons(upload.listens)
        listens = upload.listens.join(codes, on="spelling").join(
            reasons, on="reason_end", how="left", nulls_equal=False
        )
        await stage(self.session, STAGED_LISTEN, "staged_listen", _staged(listens))
        await self._merge_also_spelled(upload.also_spelled, codes)
        self.on_progress(0.3)
        fresh = await self._store(listens)
        self.on_progress(0.8)
        await mark_stored(self.session, self.user_id)
        await name_recordings(self.session, self.user_id)
        shadowed = dict(await self._counts(_SHADOWED, poorer=SOURCE_CODES[POORER]))
        stored = {file: (n, shadowed.get(file, 0)) for file, n in fresh.items()}
        return keep_books(upload.files, upload.skipped, upload.aside, stored)

    async def _plan_for(self, rows: int) -> None:
        """Hash joins that fit into memory for many rows, whose statistics nobody has yet."""
        await self.session.execute(text("SET LOCAL work_mem = '128MB'"))
        if rows > FEW_ROWS:
            await self.session.execute(text("SET LOCAL enable_nestloop = off"))

    async def _store(self, listens: pl.DataFrame) -> dict[int, int]:
        """Insert what is not known yet; says how many listens of each file that is."""
        staged = dict(listens.group_by("file").len().iter_rows())
        found = await self.session.execute(
            of_listener(_KNOWN), {"user_id": self.user_id}
        )
        known: dict[int, int] = {}
        marked = spelled = 0
        for row in found:
            known[row.file] = row.known
            marked += row.marked
            spelled += row.spelled
        if marked:
            await self._run(_FIRST_MARKS)
        if spelled:
            await self._run(_ALSO_SPELLED)
        if known:
            await self._run(_DROP_KNOWN)
        if sum(known.values()) < len(listens):
            await self._run(_STORE)
        return {file: count - known.get(file, 0) for file, count in staged.items()}

    async def _merge_spellings(self, spelled: pl.DataFrame) -> pl.DataFrame:
        """Store recordings and spellings; gives the ids that a spelling's code stands for.

        Columns: `spelling` (code), `recording_id`, `spelling_id`.
        """
        await stage(
            self.session, STAGED_SPELLING, "staged_spelling", _staged_spellings(spelled)
        )
        await run_all(self.session, self.user_id, _MERGE_SPELLINGS)
        found = await self.session.execute(
            of_listener(_SPELLING_CODES), {"user_id": self.user_id}
        )
        return pl.DataFrame(
            [tuple(row) for row in found],
            schema={
                "spelling": pl.UInt32,
                "recording_id": pl.Int32,
                "spelling_id": pl.Int32,
            },
            orient="row",
        )

    async def _merge_reasons(self, listens: pl.DataFrame) -> pl.DataFrame:
        """Store reasons of ending; columns: `reason_end`, `end_reason_id`."""
        reasons = listens["reason_end"].unique().drop_nulls().cast(pl.String).sort()
        parameters = {"user_id": self.user_id, "reasons": reasons.to_list()}
        await self.session.execute(of_listener(_MERGE_REASONS), parameters)
        found = await self.session.execute(of_listener(_REASON_CODES), parameters)
        rows = [(row.reason, row.id) for row in found]
        return pl.DataFrame(
            rows,
            schema={"reason_end": pl.String, "end_reason_id": pl.Int32},
            orient="row",
        ).with_columns(pl.col("reason_end").cast(listens["reason_end"].dtype))

    async def _merge_also_spelled(
        self, rows: pl.DataFrame, codes: pl.DataFrame
    ) -> None:
        if rows.is_empty():
            return
        columns = ["logged_at", "recording_id", "spelling_id", "ms_played", "source"]
        staged = rows.join(codes, on="spelling").with_columns(_source_code())
        await stage(
            self.session,
            STAGED_ALSO_SPELLED,
            "staged_also_spelled",
            staged.select(columns),
        )
        listed = ", ".join(columns)
        await self._run(
            f"INSERT INTO also_spelled (user_id, {listed})"
            f" SELECT :user_id, {listed} FROM staged_also_spelled ON CONFLICT DO NOTHING"
        )

    async def _run(self, statement: str) -> None:
        await self.session.execute(of_listener(statement), {"user_id": self.user_id})

    async def _counts(
        self, statement: str, **parameters: object
    ) -> list[tuple[int, int]]:
        found = await self.session.execute(
            of_listener(statement), {"user_id": self.user_id} | parameters
        )
        return [(row[0], row[1]) for row in found]


_MERGE_SPELLINGS = (
    f"""INSERT INTO recording (user_id, id, identity)
    SELECT :user_id, {NEXT_ID.format(table="recording")}, identity
    FROM (SELECT DISTINCT identity FROM staged_spelling) AS new
    WHERE NOT EXISTS (SELECT FROM recording AS old
        WHERE old.user_id = :user_id AND old.identity = new.identity)""",
    f"""INSERT INTO spelling (user_id, recording_id, id, artist, title, album,
        artist_key, title_key, album_key, last_logged)
    SELECT :user_id, recording.id, {NEXT_ID.format(table="spelling")}, new.artist, new.title,
        new.album, min(new.artist_key), min(new.title_key), min(new.album_key),
        max(new.last_logged)
    FROM staged_spelling AS new
    JOIN recording ON recording.user_id = :user_id AND recording.identity = new.identity
    WHERE NOT EXISTS (SELECT FROM spelling AS old WHERE old.user_id = :user_id
        AND old.recording_id = recording.id AND old.artist = new.artist
        AND old.title = new.title AND old.album IS NOT DISTINCT FROM new.album)
    GROUP BY recording.id, new.artist, new.title, new.album""",
    """UPDATE spelling SET last_logged = new.last_logged
    FROM (SELECT identity, artist, title, album, max(last_logged) AS last_logged
        FROM staged_spelling GROUP BY identity, artist, title, album) AS new
    JOIN recording ON recording.user_id = :user_id AND recording.identity = new.identity
    WHERE spelling.user_id = :user_id AND spelling.recording_id = recording.id
    AND spelling.artist = new.artist AND spelling.title = new.title
    AND spelling.album IS NOT DISTINCT FROM new.album
    AND spelling.last_logged < new.last_logged""",
)

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


def _staged(listens: pl.DataFrame) -> pl.DataFrame:
    return listens.select(
        "logged_at",
        "recording_id",
        "spelling_id",
        "ms_played",
        "end_reason_id",
        _source_code(),
        "skipped",
        "shuffle",
        "file",
    )


def _source_code() -> pl.Expr:
    return pl.col("source").replace_strict(SOURCE_CODES, return_dtype=pl.Int16)


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
