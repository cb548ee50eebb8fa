"""Removes listens, as if they had never been stored."""

from dataclasses import dataclass, replace

import polars as pl
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.music.history.records_by_key import KEY
from unwrapped.music.store.copying import copy_out
from unwrapped.music.store.dictionaries import Dictionaries, ordered_records
from unwrapped.music.store.listener_sql import run
from unwrapped.music.store.mark_updates import Change, Marking
from unwrapped.music.store.name_updates import Naming
from unwrapped.music.store.rule_updates import settled_history
from unwrapped.music.store.selection import Selection
from unwrapped.music.store.spellings import StoredSpellings
from unwrapped.music.store.state import HistoryState, store_state
from unwrapped.music.store.stored_listens import StoredListens

_USED = """SELECT recording_id, spelling_id,
    (date_part('epoch', max(started_at)) * 1000000)::bigint
FROM (SELECT recording_id, spelling_id, started_at FROM listen WHERE user_id = {user_id}
    UNION ALL SELECT recording_id, spelling_id, started_at FROM also_logged
    WHERE user_id = {user_id}) AS record
WHERE recording_id = ANY ('{{{recordings}}}'::integer[])
GROUP BY recording_id, spelling_id"""

_LAST = pl.Schema({"recording": pl.Int32(), "spelling": pl.Int32(), "last": pl.Int64()})

# OFFSET 0 prevents a join with all listens: the search for a reason ends at the first
# listen that has it.
_UNUSED_REASONS = """DELETE FROM end_reason WHERE user_id = :user_id
AND id = ANY(CAST(:reasons AS integer[]))
AND NOT EXISTS (SELECT FROM listen WHERE listen.user_id = :user_id
    AND listen.end_reason_id = end_reason.id OFFSET 0)
AND NOT EXISTS (SELECT FROM also_logged WHERE also_logged.user_id = :user_id
    AND also_logged.end_reason_id = end_reason.id OFFSET 0)"""


@dataclass(frozen=True, slots=True)
class HistoryRemoval:
    """Removes records from the history of one listener."""

    session: AsyncSession
    user_id: int

    async def remove(self, selection: Selection, *, wait: bool = True) -> int:
        """Remove listens; return their number, including those that do not count.

        Unless it may `wait`, raises `HistoryBusy` during another change of the history.
        """
        state = await settled_history(self.session, self.user_id, wait=wait)
        stored = StoredListens(self.session, self.user_id)
        gone = await stored.matching(selection.condition)
        also = await stored.also_matching(selection.condition)
        if gone.is_empty() and also.is_empty():
            return 0
        await self._delete(selection)
        promoted = await self._promote(gone) if selection.records else gone.clear()
        await self._settle(state, gone, also, promoted)
        return len(gone) - len(promoted)

    async def _delete(self, selection: Selection) -> None:
        for table in ("listen", "also_logged"):
            statement = f"DELETE FROM {table} WHERE user_id = :user_id AND {selection.condition}"
            await run(self.session, self.user_id, statement)

    async def _promote(self, gone: pl.DataFrame) -> pl.DataFrame:
        """The new first records of listens that lost only their first record."""
        stored = StoredListens(self.session, self.user_id)
        ends = gone.select(
            pl.col("started_at").min().alias("first"),
            pl.col("started_at").max().alias("last"),
        )
        also = await stored.also_logged(ends)
        left = also.join(gone, on=list(KEY), how="semi", nulls_equal=True)
        if left.is_empty():
            return left
        spelled = await StoredSpellings(self.session, self.user_id).of_recordings(
            left["recording"].unique()
        )
        reasons = await Dictionaries(self.session, self.user_id).reasons()
        return ordered_records(left, spelled, reasons).unique(
            list(KEY), keep="first", maintain_order=True
        )

    async def _settle(
        self,
        state: HistoryState,
        gone: pl.DataFrame,
        also: pl.DataFrame,
        promoted: pl.DataFrame,
    ) -> None:
        """Update marks, names and words to the remaining listens."""
        stored = StoredListens(self.session, self.user_id)
        before, after = await self._spelled(pl.concat([gone, also]))
        change = Change(added=promoted, removed=gone, before=before, after=after)
        marking = Marking(self.session, self.user_id)
        marked, altered = await marking.marked(change, state.logs, None)
        await stored.add(marked)
        await stored.remove_also(promoted)
        await stored.mark(altered)
        await Naming(self.session, self.user_id).settle(before, after)
        reasons = pl.concat([gone["end_reason"], also["end_reason"]])
        await run(
            self.session,
            self.user_id,
            _UNUSED_REASONS,
            reasons=reasons.drop_nulls().unique().to_list(),
        )
        after_it = replace(state, removals=state.removals + 1)
        await store_state(self.session, self.user_id, after_it)

    async def _spelled(self, gone: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """All spellings of the recordings of removed records, before and after removal."""
        place = ["recording", "spelling"]
        before = await StoredSpellings(self.session, self.user_id).of_recordings(
            gone["recording"].unique()
        )
        last_gone = gone.group_by(place).agg(pl.col("started_at").max().alias("gone"))
        lost = before.join(last_gone, on=place).filter(
            pl.col("gone") >= pl.col("last_started")
        )
        recordings = lost["recording"].unique()
        if recordings.is_empty():
            return before, before
        used = await copy_out(
            self.session,
            _USED.format(
                user_id=int(self.user_id),
                recordings=",".join(map(str, recordings)),
            ),
            _LAST,
        )
        moment = pl.col("last").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
        looked_up = pl.col("recording").is_in(recordings.implode())
        dated = (
            before.filter(looked_up)
            .join(used, on=place)
            .with_columns(moment.alias("last_started"))
            .drop("last")
        )
        return before, pl.concat([before.filter(~looked_up), dated])
