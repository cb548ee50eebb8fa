"""Merges records into a stored history, in the caller's transaction.

The rules of `music.history` are applied around the changes. The result does not depend on
the order of imports.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.music.history.books import Books, count_stored
from unwrapped.music.history.building import PreparedUpload
from unwrapped.music.history.marks.affected_spans import respelled
from unwrapped.music.history.records_by_key import KEY, known_records
from unwrapped.music.store.dictionaries import Coded, Dictionaries, ordered_records
from unwrapped.music.store.mark_updates import Change, Marking, spans_of
from unwrapped.music.store.models import LOG_CODES
from unwrapped.music.store.name_updates import Naming
from unwrapped.music.store.rule_updates import settled_history
from unwrapped.music.store.spellings import SPELLED, StoredSpellings
from unwrapped.music.store.state import (
    HistoryState,
    note_addition,
    store_state,
)
from unwrapped.music.store.stored_listens import StoredListens, no_listens

MOST_ADDED = 5_000
"""The number of listens above which derived data is not updated, but built again."""


@dataclass(frozen=True, slots=True)
class Merged:
    """The result of a merge."""

    books: Books
    records: str
    """The numbers of the upload's records, new or known, as a multirange."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """New records, classified by what they are to the stored listens."""

    new: pl.DataFrame
    """The first records of listens that are new."""

    also: pl.DataFrame
    """Further records of new or stored listens."""

    replacing: pl.DataFrame
    """New records that become the first ones of stored listens."""

    replaced: pl.DataFrame
    """The previous first records of these listens, which become further records."""


@dataclass(frozen=True, slots=True)
class HistoryMerge:
    """Merges records into the history of one listener."""

    session: AsyncSession
    user_id: int
    on_progress: Callable[[float], None] = lambda share: None
    """Called with the finished share of the merge, from 0 to 1."""

    is_import: bool = True
    """Whether the numbers of the records are stored with an import, not in the history.
    """

    async def merge(self, upload: PreparedUpload) -> Merged:
        """Store what is new in the upload; return books that account for every row."""
        state = await settled_history(self.session, self.user_id)
        coded = await self._dictionaries.coded(upload, is_new=state.is_new)
        self.on_progress(0.1)
        around, also = await self._around(coded.records, state)
        records = known_records(coded.records, pl.concat([around, also]))
        self.on_progress(0.3)
        known = records["number"].drop_nulls()
        fresh = records.filter(pl.col("number").is_null())
        if fresh.is_empty():
            return await self._unchanged(upload, state, known)
        fresh = fresh.with_columns(
            pl.int_range(
                state.next_number, state.next_number + pl.len(), dtype=pl.Int32
            ).alias("number")
        )
        stored, is_addition = await self._store(fresh, coded, around, also, state)
        self.on_progress(0.9)
        numbers = multirange(pl.concat([known, fresh["number"]]))
        await self._store_state(state, fresh, numbers)
        if is_addition:
            await self._note_addition(state, stored["started_at"])
        return Merged(upload.books(count_stored(stored)), numbers)

    @property
    def _dictionaries(self) -> Dictionaries:
        return Dictionaries(self.session, self.user_id)

    @property
    def _listens(self) -> StoredListens:
        return StoredListens(self.session, self.user_id)

    async def _around(
        self, records: pl.DataFrame, state: HistoryState
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The stored listens around `records`, and further records of stored listens."""
        if state.is_new:
            return no_listens(), no_listens()
        spans = spans_of(records)
        return await self._listens.around(spans), await self._listens.also_logged(spans)

    async def _unchanged(
        self, upload: PreparedUpload, state: HistoryState, known: pl.Series
    ) -> Merged:
        numbers = multirange(known)
        if not self.is_import and numbers != "{}":
            await store_state(self.session, self.user_id, state, numbers)
            await self._note_addition(state, known.clear())
        return Merged(upload.books({}), numbers)

    async def _store(
        self,
        fresh: pl.DataFrame,
        coded: Coded,
        around: pl.DataFrame,
        also: pl.DataFrame,
        state: HistoryState,
    ) -> tuple[pl.DataFrame, bool]:
        """Store new records; return the new listens, with `file` and `mark`, and whether
        all other listens are unchanged.
        """
        before, after = await self._spelled(fresh, coded, state)
        resolved = resolve(fresh, around, also, after, coded.reasons)
        change = Change(
            added=pl.concat([resolved.new, resolved.replacing]),
            removed=resolved.replaced,
            before=before,
            after=after,
        )
        marking = Marking(self.session, self.user_id)
        marked, altered = await marking.marked(change, _logs(state, fresh), around)
        await self._dictionaries.add_reasons(coded.new_reasons)
        names_kept = await Naming(self.session, self.user_id).settle(before, after)
        self.on_progress(0.5)
        new = marked.head(len(resolved.new)).with_columns(resolved.new["file"])
        await self._listens.add(new)
        await self._listens.add_also(resolved.also)
        await self._listens.add_also(resolved.replaced)
        replacing = marked.tail(len(resolved.replacing))
        await self._listens.replace(replacing)
        await self._listens.mark(pl.concat([replacing, altered]))
        is_addition = (
            names_kept
            and not respelled(before, after)
            and resolved.replacing.is_empty()
            and altered.is_empty()
        )
        return new, is_addition

    async def _note_addition(self, state: HistoryState, added: pl.Series) -> None:
        if len(added) > MOST_ADDED:
            return
        first, last = added.min(), added.max()
        span = None
        if isinstance(first, datetime) and isinstance(last, datetime):
            span = first, last
        await note_addition(self.session, self.user_id, state.version + 1, span)

    async def _spelled(
        self, fresh: pl.DataFrame, coded: Coded, state: HistoryState
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        """All spellings of the recordings of new records, before and after the merge."""
        recordings = fresh["recording"].unique()
        given = coded.spelled.join(fresh, on="recording", how="semi")
        if state.is_new:
            before = pl.DataFrame(schema=SPELLED)
        else:
            before = await StoredSpellings(self.session, self.user_id).of_recordings(
                recordings
            )
        return before, with_given(before, given)

    async def _store_state(
        self, state: HistoryState, fresh: pl.DataFrame, numbers: str
    ) -> None:
        after = replace(
            state,
            next_number=state.next_number + len(fresh),
            logs=_logs(state, fresh),
        )
        streamed = "{}" if self.is_import else numbers
        await store_state(self.session, self.user_id, after, streamed)


def _logs(state: HistoryState, fresh: pl.DataFrame) -> frozenset[int]:
    return state.logs | {LOG_CODES[name] for name in fresh["log"].unique()}


def multirange(numbers: pl.Series) -> str:
    """Numbers of records, except 0, as PostgreSQL writes an `int4multirange`."""
    sorted_ = numbers.filter(numbers > 0).unique().sort().cast(pl.Int64)
    runs = pl.DataFrame({"number": sorted_}).group_by(
        (pl.col("number") - pl.int_range(pl.len())).alias("run"), maintain_order=True
    )
    ends = runs.agg(
        pl.col("number").min().alias("a"), pl.col("number").max().alias("b")
    )
    ranges = ",".join(f"[{a},{b + 1})" for _, a, b in ends.iter_rows())
    return f"{{{ranges}}}"


def with_given(before: pl.DataFrame, given: pl.DataFrame) -> pl.DataFrame:
    """The stored spellings after an upload, which adds some and makes others later."""
    place = ["recording", "spelling"]
    later = given.select(*place, pl.col("last_started").alias("given"))
    dated = before.join(
        later, on=place, how="left", maintain_order="left"
    ).with_columns(pl.max_horizontal("last_started", "given").alias("last_started"))
    new = given.join(before, on=place, how="anti").select(
        [name for name in SPELLED.names() if name in given.columns]
    )
    return pl.concat([dated.drop("given"), new], how="diagonal")


def resolve(
    fresh: pl.DataFrame,
    around: pl.DataFrame,
    also: pl.DataFrame,
    spelled: pl.DataFrame,
    reasons: dict[str, int],
) -> Resolved:
    """Classify new records: new listens, or further records of stored ones.

    `around` are stored listens, `spelled` the spellings of the recordings of new records.
    """
    key = list(KEY)
    met = around
    if not around.is_empty():
        met = around.join(fresh.select(key), on=key, how="semi", nulls_equal=True)
    if met.is_empty():
        return Resolved(
            fresh.filter("first"), fresh.filter(~pl.col("first")), fresh.clear(), met
        )
    alone = fresh.join(met.select(key), on=key, how="anti", nulls_equal=True)
    others = fresh.join(met.select(key), on=key, how="semi", nulls_equal=True)
    is_stored = pl.lit(value=True).alias("is_stored")
    ordered = ordered_records(
        pl.concat([met.with_columns(is_stored), others], how="diagonal"),
        spelled,
        reasons,
    )
    firsts = ordered.unique(key, keep="first", maintain_order=True)
    replacing = firsts.filter(pl.col("is_stored").is_null()).select(others.columns)
    replaced = met.join(replacing, on=key, how="semi", nulls_equal=True)
    further = others.join(replacing, on="number", how="anti")
    return Resolved(
        new=alone.filter("first"),
        also=pl.concat([alone.filter(~pl.col("first")), further]),
        replacing=replacing,
        replaced=replaced,
    )
