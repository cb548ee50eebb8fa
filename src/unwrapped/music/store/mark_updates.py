"""Marks the listens around a change of a stored history."""

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.music.history.marks.affected_spans import (
    read_spans,
    rekeyed,
    write_spans,
)
from unwrapped.music.history.marks.marking import MARK_DTYPE, mark_listens
from unwrapped.music.history.records_by_key import KEY
from unwrapped.music.sources.logs import LOGS
from unwrapped.music.store.models import LOG_CODES
from unwrapped.music.store.spellings import StoredSpellings
from unwrapped.music.store.stored_listens import StoredListens

LOOSE = frozenset(LOG_CODES[name] for name, log in LOGS.items() if log.scrobbled)
"""The logs in which one listen may have two names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of the listens of one listener."""

    added: pl.DataFrame
    """New listens, and listens with another first record."""

    removed: pl.DataFrame
    """Removed listens, and listens as they were with their previous first record."""

    before: pl.DataFrame
    """All spellings of the changed recordings before the change (`spellings.SPELLED`)."""

    after: pl.DataFrame
    """The same after the change."""


@dataclass(frozen=True, slots=True)
class Marking:
    """Marks the listens of one listener; the session must hold the lock of the history."""

    session: AsyncSession
    user_id: int

    async def marked(
        self, change: Change, logs: Collection[int], around: pl.DataFrame | None
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The added listens with their marks, and other listens whose mark changed.

        `logs` are the codes of all logs in the history. `around` are the stored listens
        around the change (`spans_of`), in their old state; None if they were not read yet.
        """
        listens = StoredListens(self.session, self.user_id)
        by_names = len(logs) > 1 or bool(LOOSE & set(logs))
        changed = pl.concat([change.added, change.removed], how="diagonal")
        renamed = rekeyed(change.before, change.after) if by_names else pl.Series()
        if not renamed.is_empty():
            listed = ",".join(map(str, renamed))
            others = await listens.matching(
                f"recording_id = ANY ('{{{listed}}}'::integer[])"
            )
            changed = pl.concat([changed, others], how="diagonal")
            around = None
        spans = write_spans(changed)
        if around is None:
            around = await listens.around(read_spans(spans))
        rest = around
        if not around.is_empty():
            gone = pl.concat(
                [frame.select(KEY) for frame in (change.removed, change.added)]
            )
            rest = around.join(gone, on=list(KEY), how="anti", nulls_equal=True)
        unmarked = change.added.with_columns(pl.lit(None, MARK_DTYPE).alias("mark"))
        now = pl.concat([rest, unmarked.select(rest.columns)])
        spelled = change.after
        if by_names:
            spelled = await self._spelled(now, change.after)
        marked = mark_listens(now.rename({"mark": "was"}), spelled)
        fresh = marked.tail(len(change.added))
        altered = _inside(marked.head(len(rest)), spans).filter(
            pl.col("mark").ne_missing(pl.col("was"))
        )
        return fresh.drop("was"), altered.drop("was")

    async def _spelled(
        self, listens: pl.DataFrame, known: pl.DataFrame
    ) -> pl.DataFrame:
        """The spellings of all recordings of `listens`; those in `known` are not read."""
        missing = (
            listens.select("recording")
            .unique()
            .join(known, on="recording", how="anti")["recording"]
        )
        found = await StoredSpellings(self.session, self.user_id).of_recordings(missing)
        return pl.concat([known, found])


def spans_of(records: pl.DataFrame) -> pl.DataFrame:
    """The spans to read in order to mark listens around new records."""
    return read_spans(write_spans(records))


def _inside(listens: pl.DataFrame, spans: pl.DataFrame) -> pl.DataFrame:
    """The listens that start in one of the spans."""
    return (
        listens.sort("started_at")
        .join_asof(spans, left_on="started_at", right_on="first")
        .filter(pl.col("started_at") <= pl.col("last"))
        .drop("first", "last")
    )
