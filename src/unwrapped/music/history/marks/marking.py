"""Marks the stored listens that do not count, by all rules of decision 0046."""

from collections.abc import Mapping

import polars as pl

from unwrapped.music.history.marks.double_scrobbles import double_scrobbles
from unwrapped.music.history.marks.echoes import echoes
from unwrapped.music.history.marks.loose_keys import loose_keys
from unwrapped.music.history.marks.richer_source import with_richer_source
from unwrapped.music.history.terms import Mark
from unwrapped.music.sources.logs import LOGS, Log, LogName

MARK_DTYPE = pl.Enum([mark.value for mark in Mark])

_MARKS = pl.Series(list(Mark), dtype=MARK_DTYPE)


def mark_listens(
    listens: pl.DataFrame,
    spelled: pl.DataFrame,
    logs: Mapping[LogName, Log] = LOGS,
) -> pl.DataFrame:
    """`listens`, in their order, with `mark`: null where the listen counts.

    `listens` has a row for each, with `started_at`, `log`, `recording`, `ms_played` and
    `length_ms`; `spelled` has all spellings of their recordings (`recording`,
    `identity`, `artist_key`, `title_key`). The marks depend on the set of rows, not on
    their order or on the numbers of recordings; a marked row still marks others.
    """
    rows = listens.select(
        "started_at", "log", "recording", "ms_played", "length_ms"
    ).with_row_index("row")
    present = _present(rows, logs)
    marked = {Mark.ECHO: echoes(rows, present)}
    scrobbled = any(log.scrobbled for log in present.values())
    if scrobbled or len(present) > 1:
        loose = loose_keys(spelled)
        marked[Mark.DOUBLE_SCROBBLE] = double_scrobbles(rows, spelled, loose, present)
        marked[Mark.RICHER_SOURCE] = with_richer_source(rows, loose, present)
    # The first mark is written last: it replaces others.
    codes = pl.Series([None], dtype=pl.UInt32).new_from_index(0, len(rows))
    for code, mark in reversed(list(enumerate(Mark))):
        if mark in marked:
            codes = codes.scatter(marked[mark], code)
    return listens.with_columns(_MARKS.gather(codes).alias("mark"))


def _present(rows: pl.DataFrame, logs: Mapping[LogName, Log]) -> dict[LogName, Log]:
    """The logs of the rows, from rich to poor."""
    names = set(rows["log"].unique())
    ranked = sorted(logs.items(), key=lambda item: item[1].rank)
    return {name: log for name, log in ranked if name.value in names}
