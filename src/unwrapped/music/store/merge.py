"""Merging an upload into a stored history: one transaction, and books that balance.

The rules are those of `music.listens`, as SQL; whatever the order of imports, the same
history is the outcome.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl
from sqlalchemy import CursorResult, Row
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.core.postgres.session_settings import join_by_hash, join_by_index
from unwrapped.music.history.books import Books
from unwrapped.music.history.building import PreparedUpload
from unwrapped.music.store.dictionaries import Dictionaries
from unwrapped.music.store.marking import POORER, mark_stored
from unwrapped.music.store.naming import name_recordings
from unwrapped.music.store.staging import (
    STAGED_ALSO_SPELLED,
    STAGED_LISTEN,
    stage,
)
from unwrapped.music.store.statements import lock_history, of_listener

FEW_ROWS = 1_000
"""Up to this many listens are looked up in the index, one by one."""

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
_MARKS = """({alias}_reason.reason IS NULL,
    coalesce({alias}_reason.reason, '') COLLATE "C",
    coalesce({alias}.skipped::integer, 2), coalesce({alias}.shuffle::integer, 2))"""

_FIRST_MARKS = f"""UPDATE listen SET end_reason_id = staged.end_reason_id,
    skipped = staged.skipped, shuffle = staged.shuffle
FROM staged_listen AS staged
JOIN listen AS stored ON {_SAME_LISTEN}
LEFT JOIN end_reason AS staged_reason ON staged_reason.user_id = :user_id
    AND staged_reason.id = staged.end_reason_id
LEFT JOIN end_reason AS stored_reason ON stored_reason.user_id = :user_id
    AND stored_reason.id = stored.end_reason_id
WHERE listen.user_id = :user_id AND listen.ctid = stored.ctid
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
WHERE staged.source = ANY(:poorer) AND stored.shadowed GROUP BY file"""


_USE_COLUMNS = ("logged_at", "recording_id", "spelling_id", "ms_played", "source")
_LISTEN_COLUMNS = (*_USE_COLUMNS, "end_reason_id", "skipped", "shuffle")


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
        await join_by_hash(self.session)
        dictionaries = Dictionaries(self.session, self.user_id)
        codes = await dictionaries.merge(upload)
        if len(upload.listens) <= FEW_ROWS:
            await join_by_index(self.session)
        self.on_progress(0.1)
        rows = codes.applied(upload.listens).select(*_LISTEN_COLUMNS, "file")
        await stage(self.session, STAGED_LISTEN, "staged_listen", rows)
        await self._merge_also_spelled(codes.applied(upload.also_spelled))
        self.on_progress(0.3)
        fresh = await self._store(upload.listens)
        self.on_progress(0.8)
        if codes.has_news or any(fresh.values()):
            await join_by_hash(self.session)
            await mark_stored(self.session, self.user_id)
            await name_recordings(self.session, self.user_id)
        shadowed = await self._shadowed() if any(fresh.values()) else {}
        stored = {file: (n, shadowed.get(file, 0)) for file, n in fresh.items()}
        return upload.books(stored)

    async def _store(self, listens: pl.DataFrame) -> dict[int, int]:
        """Insert what is not known yet; says how many listens of each file that is."""
        staged = dict(listens.group_by("file").len().iter_rows())
        known: dict[int, int] = {}
        marked = spelled = 0
        for row in await self._run(_KNOWN):
            known[row.file] = row.known
            marked += row.marked
            spelled += row.spelled
        if marked:
            await self._run(_FIRST_MARKS)
        if spelled:
            await self._run(_ALSO_SPELLED)
        if sum(known.values()) < len(listens):
            if known:
                await self._run(_DROP_KNOWN)
            await self._run(_STORE)
        return {file: count - known.get(file, 0) for file, count in staged.items()}

    async def _merge_also_spelled(self, rows: pl.DataFrame) -> None:
        if rows.is_empty():
            return
        await stage(
            self.session,
            STAGED_ALSO_SPELLED,
            "staged_also_spelled",
            rows.select(*_USE_COLUMNS),
        )
        listed = ", ".join(_USE_COLUMNS)
        await self._run(
            f"INSERT INTO also_spelled (user_id, {listed})"
            f" SELECT :user_id, {listed} FROM staged_also_spelled ON CONFLICT DO NOTHING"
        )

    async def _shadowed(self) -> dict[int, int]:
        """Of the listens just stored, how many of each file are shadowed."""
        rows = await self._run(_SHADOWED, poorer=POORER)
        return {row.file: row.shadowed for row in rows}

    async def _run(self, statement: str, **parameters: object) -> list[Row[Any]]:
        """Run a statement of the listener; the rows that it returns, if any."""
        found = await self.session.execute(
            of_listener(statement), {"user_id": self.user_id} | parameters
        )
        if isinstance(found, CursorResult) and not found.returns_rows:
            return []
        return list(found)
