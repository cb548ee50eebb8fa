"""Computes which listens to read, and which marks to write, after a change of a history.

A change is a row that was added, removed or altered (both of its states), and every row of a
recording whose loose keys changed (`rekeyed`). Spans are frames with the columns `first` and
`last`, the first and the last `started_at` that they include; they are sorted and disjoint.
"""

from collections.abc import Mapping
from datetime import timedelta

import polars as pl

from unwrapped.music.history.marks.listen_intervals import MINUTE, ran
from unwrapped.music.history.marks.loose_keys import loose_keys
from unwrapped.music.history.marks.richer_source import MARGIN
from unwrapped.music.history.recording_identity import by_names
from unwrapped.music.history.terms import LONG_MS
from unwrapped.music.sources.logs import LOGS, Log, LogName

REACH = timedelta(milliseconds=LONG_MS) + 2 * MINUTE + MARGIN
"""An upper bound of the time between a moment at which two listens meet and the start
of either, unless one was played for more than `LONG_MS`.
"""

_SPAN = pl.Schema({"first": pl.Datetime("us", "UTC"), "last": pl.Datetime("us", "UTC")})


def write_spans(
    changed: pl.DataFrame, logs: Mapping[LogName, Log] = LOGS
) -> pl.DataFrame:
    """The spans in which marks may differ after a change.

    `changed` has `started_at`, `log`, `ms_played` and `length_ms`.
    """
    spans = [pl.DataFrame(schema=_SPAN)]
    names = set(changed["log"].unique())
    for name, log in logs.items():
        if name.value in names:
            heard = ran(log)
            spans.append(
                changed.filter(pl.col("log") == name.value).select(
                    (heard.first - REACH).alias("first"),
                    (heard.last + REACH).alias("last"),
                )
            )
    return _merged(pl.concat(spans))


def read_spans(spans: pl.DataFrame) -> pl.DataFrame:
    """The spans to read in order to mark the listens of `write_spans`.

    All listens that were played for more than `LONG_MS` are needed as well, in any span.
    """
    wider = spans.select(pl.col("first") - 2 * REACH, pl.col("last") + 2 * REACH)
    return _merged(wider)


def rekeyed(before: pl.DataFrame, after: pl.DataFrame) -> pl.Series:
    """The recordings that have spellings in both frames, but other loose keys."""
    names = [
        one.join(other, on="recording", how="semi")
        .select("recording", "artist_key", "title_key")
        .unique()
        for one, other in ((before, after), (after, before))
    ]
    if _of_one(*names).is_empty():
        return pl.Series("recording", [], pl.Int32)
    return _of_one(*map(loose_keys, names))["recording"].unique().sort()


def _of_one(one: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """The rows that only one of two frames has; neither has a row twice."""
    both = pl.concat([one, other])
    return both.filter(both.is_unique())


def respelled(before: pl.DataFrame, after: pl.DataFrame) -> bool:
    """Whether a recording with a URI has keys in `after` that it did not have in
    `before`.
    """
    keys = ["recording", "artist_key", "title_key", "album_key"]
    new = after.filter(~by_names()).join(before, on=keys, how="anti", nulls_equal=True)
    return not new.join(before, on="recording", how="semi").is_empty()


def _merged(spans: pl.DataFrame) -> pl.DataFrame:
    first, last = pl.col("first"), pl.col("last").cum_max()
    begins = (first > last.shift()).fill_null(value=True)
    ends = begins.shift(-1, fill_value=True)
    return spans.sort(first).select(first.filter(begins), last.filter(ends))
