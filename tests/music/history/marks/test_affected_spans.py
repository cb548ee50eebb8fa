"""A change affects no mark outside its spans, and the read spans suffice inside."""

from bisect import bisect_right
from datetime import timedelta

import polars as pl
import pytest
from hypothesis import example, given, settings

from tests.music.history.made_up import (
    LOGS,
    SONG,
    listen,
    listens_frame,
    numbers_of,
    spelled_frame,
)
from tests.music.history.marks.drawn import (
    NAMES,
    Row,
    listens_of,
    many_sets_of_rows,
    sets_of_rows,
    spelled_of,
)
from tests.music.history.oracle import Listen, Names
from unwrapped.music.history.marks.affected_spans import (
    read_spans,
    rekeyed,
    write_spans,
)
from unwrapped.music.history.marks.marking import mark_listens
from unwrapped.music.history.terms import LONG_MS

KEY = ["started_at", "log", "recording", "ms_played"]

type Marks = dict[tuple[object, ...], str | None]


class Around:
    """A set of rows before and after a change, and what the change reaches."""

    def __init__(self, before: list[Row], after: list[Row]) -> None:
        numbers = numbers_of(row.listen.identity for row in before + after)
        self.frames = [
            (
                listens_frame(listens_of(rows), numbers),
                spelled_frame(spelled_of(rows), numbers),
            )
            for rows in (before, after)
        ]
        (old, old_names), (new, new_names) = self.frames
        self.rekeyed = rekeyed(old_names, new_names)
        both = pl.concat([old, new])
        of_rekeyed = pl.col("recording").is_in(self.rekeyed.implode())
        changed = both.filter(both.is_unique() | both.select(of_rekeyed).to_series())
        self.spans = write_spans(changed, LOGS)
        self.read = read_spans(self.spans)

    def marks(self, number: int, *, read_alone: bool = False) -> Marks:
        """The marks before (0) or after (1), of all rows or of what would be read."""
        listens, spelled = self.frames[number]
        if read_alone:
            is_long = (listens["ms_played"] > LONG_MS).fill_null(value=False)
            listens = listens.filter(_within(listens, self.read) | is_long)
            spelled = spelled.join(listens, on="recording", how="semi")
        marked = mark_listens(listens, spelled, LOGS)
        return {row[:4]: row[4] for row in marked.select(*KEY, "mark").iter_rows()}

    def written(self, number: int) -> set[tuple[object, ...]]:
        """The keys of rows whose marks would be written."""
        listens = self.frames[number][0]
        return set(listens.filter(_within(listens, self.spans)).select(KEY).iter_rows())

    def check(self) -> None:
        """Check that no mark changes outside the spans, and that the read rows suffice."""
        before, after, written = self.marks(0), self.marks(1), self.written(1)
        outside = {key: after[key] for key in after.keys() - written}
        assert not {key for key in outside if before[key] != outside[key]}
        alone = self.marks(1, read_alone=True)
        assert not {key for key in written if alone[key] != after[key]}


def _within(listens: pl.DataFrame, spans: pl.DataFrame) -> pl.Series:
    """Whether each listen began in a span."""
    firsts, lasts = spans["first"].to_list(), spans["last"].to_list()
    places = [bisect_right(firsts, at) - 1 for at in listens["started_at"]]
    within = [
        place >= 0 and at <= lasts[place]
        for place, at in zip(places, listens["started_at"], strict=True)
    ]
    return pl.Series(within, dtype=pl.Boolean)


def row(one: Listen, names: Names = SONG) -> Row:
    return Row(one, names)


DAY = 86_400_000
AT_ONCE = row(listen("end", 0, 1), NAMES[0])
ONCE = row(listen("end", -30 * DAY, 1), NAMES[4])
"""Long ago the recording of `AT_ONCE` had another name."""


@settings(max_examples=settings().max_examples // 4)
@given(sets_of_rows(3))
@example([[row(listen("start", 0))], [], [row(listen("end", 3 * DAY, 3 * DAY))]])
@example([[row(listen("start", 0, None, "u2"), NAMES[4]), AT_ONCE], [], [ONCE]])
def test_a_change_reaches_its_spans_and_no_further(sets: list[list[Row]]) -> None:
    kept, removed, added = sets
    Around(kept + removed, kept + added).check()


def test_many_changes_reach_their_spans_and_no_further() -> None:
    """In each set the first row goes, and the last one comes."""
    sets = many_sets_of_rows(1_000)
    before = [row for rows in sets for row in rows[:-1]]
    after = [row for rows in sets for row in rows[1:]]
    around = Around(before, after)
    assert len(around.read) > 1_000
    around.check()


def test_a_change_of_one_listen_reaches_hours_and_not_days() -> None:
    far = [row(listen("end", day * DAY, 1_000)) for day in range(5)]
    around = Around(far, [*far, row(listen("start", 2 * DAY))])
    assert len(around.spans) == 1
    (first, last) = around.read.row(0)
    assert last - first < timedelta(hours=14)


def test_the_richer_row_that_keeps_a_mark_may_lie_outside_what_is_written() -> None:
    """One of two richer rows is removed; the other began hours before the poorer row."""
    minute = 60_000
    poorer = listen("odd_minute", 300 * minute)
    gone = listen("end", 190 * minute, 1)
    kept = listen("end", 180 * minute - 10_000, 120 * minute)
    around = Around([row(poorer), row(gone), row(kept)], [row(poorer), row(kept)])
    after = around.marks(1)
    assert sorted(after.values(), key=str) == [None, "richer_source"]
    assert [after[key] for key in around.written(1)] == ["richer_source"]
    assert around.marks(1, read_alone=True) == after


def test_a_long_listen_is_read_wherever_it_began() -> None:
    """It began days before what is read, and ends in it."""
    long, poorer = listen("end", 3 * DAY, 3 * DAY), listen("start", 3 * DAY - 60_000)
    around = Around([row(long)], [row(long), row(poorer)])
    assert _within(around.frames[1][0], around.read).to_list() == [False, True]
    assert list(around.marks(1, read_alone=True).values()) == [None, "richer_source"]


def test_spans_are_disjoint_and_in_order() -> None:
    hours = [0, 1, 40, 4, 41, 80]
    changed = listens_frame(
        [listen("end", hour * 3_600_000) for hour in hours], {"u1": 1}
    )
    spans = write_spans(changed, LOGS)
    assert len(spans) == 3
    assert spans["first"].is_sorted()
    assert (spans["first"].shift(-1) > spans["last"]).drop_nulls().all()
    assert len(read_spans(spans)) == 3
    assert write_spans(changed.clear(), LOGS).is_empty()
    assert read_spans(spans.clear()).is_empty()


def test_a_listen_within_a_long_one_does_not_end_its_span() -> None:
    """The later span lies in the earlier: its end is not the end of both."""
    changed = [listen("end", 3 * DAY, 3 * DAY), listen("end", DAY, 1)]
    (span,) = write_spans(listens_frame(changed, {"u1": 1}), LOGS).rows()
    assert span[1] - span[0] > timedelta(days=3)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"u": {NAMES[0]}}, {"u": {NAMES[0]}}, []),
        ({"u": {NAMES[0]}}, {"u": {NAMES[0], NAMES[2]}}, ["u"]),
        ({"u": {NAMES[0], NAMES[2]}}, {"u": {NAMES[2]}}, ["u"]),
        (
            {"u": {NAMES[4]}},
            {"u": {NAMES[4], Names("the b", "two (live)", "", "")}},
            [],
        ),
        ({}, {"u": {NAMES[0]}}, []),
        ({"u": {NAMES[0]}, "v": {NAMES[0]}}, {"v": {NAMES[1]}}, ["v"]),
    ],
    ids=["same", "more", "fewer", "another name, the same key", "new", "gone"],
)
def test_recordings_with_changed_loose_keys_are_found(
    before: dict[str, set[Names]], after: dict[str, set[Names]], expected: list[str]
) -> None:
    numbers = numbers_of("uv")
    found = rekeyed(spelled_frame(before, numbers), spelled_frame(after, numbers))
    assert found.to_list() == [numbers[identity] for identity in expected]
