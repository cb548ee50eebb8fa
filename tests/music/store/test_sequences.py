"""After any merges and removals in any order, the history is that of the remaining rows.

An import, a sync or a removal changes the set of rows; the stored history is a function of
that set. Hypothesis looks for exceptions, in any mix of logs.
"""

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from uuid import UUID

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from tests.exports import Row
from tests.music.factories import NOTHING, import_noted, marked, oracle, prepared
from tests.music.history.test_history_properties import ROWS
from tests.music.history.test_history_properties import Rows as PlainRows
from tests.music.kits.kits import kit_of
from tests.music.store.test_stored_history import (
    REMOVALS,
    Listeners,
    assert_same_frame,
    exotic_rows,
    goes,
    listeners,
)
from unwrapped.music.imports.removals import ImportRemovals
from unwrapped.music.listens.filters import ListenFilter
from unwrapped.music.store.merge import HistoryMerge

__all__ = ["listeners"]

TRIED = settings(max_examples=settings().max_examples // 9)
"""Each example is several imports and removals."""

type File = list[Row]


@dataclass(frozen=True)
class Import:
    files: list[File]


@dataclass(frozen=True)
class Sync:
    """Rows that come one by one, by no import."""

    rows: File


@dataclass(frozen=True)
class Removal:
    wanted: ListenFilter


@dataclass(frozen=True)
class ImportRemoval:
    place: int
    """The number of the import, modulo the number of imports."""


type Step = Import | Sync | Removal | ImportRemoval


@st.composite
def sequences(draw: st.DrawFn) -> list[Step]:
    """Imports and syncs of few rows, so that they meet, and removals between them."""
    rows: PlainRows = draw(exotic_rows() | exotic_rows() | ROWS)
    parts = [part[:5] for part in rows.files()]
    files = [_some(draw, part) for part in parts for _ in range(2)]
    steps: list[Step] = []
    for file in draw(st.permutations(files)):
        if kit_of(file[0]).write is None or draw(st.integers(0, 5)) == 0:
            steps.append(Sync(file))
        else:
            steps.append(Import([file]))
        kind = draw(st.integers(0, 5))
        if kind <= 1:
            steps.append(Removal(draw(REMOVALS)))
        elif kind == 2:
            steps.append(ImportRemoval(draw(st.integers(0, 3))))
    assume(len(steps) > 1)
    return steps[:8]


def _some(draw: st.DrawFn, part: File) -> File:
    return draw(st.lists(st.sampled_from(part), min_size=1, max_size=4))


@dataclass
class Played:
    """A listener, with the imports and rows that are left."""

    listeners: Listeners
    user: int
    imports: dict[UUID, list[File]] = field(default_factory=dict)
    synced: list[File] = field(default_factory=list)

    def play(self, step: Step) -> None:
        if isinstance(step, Import):
            key = self._run(
                lambda session: import_noted(session, self.user, step.files)
            )
            self.imports[key] = step.files
        elif isinstance(step, Sync):
            upload = prepared([step.rows])
            self._run(
                lambda session: HistoryMerge(session, self.user, is_import=False).merge(
                    upload
                )
            )
            self.synced.append(step.rows)
        elif isinstance(step, Removal):
            self._remove(step.wanted)
        elif self.imports:
            key = list(self.imports)[step.place % len(self.imports)]
            del self.imports[key]
            self._run(lambda session: ImportRemovals(session).delete(self.user, key))

    def _remove(self, wanted: ListenFilter) -> None:
        identities = self.listeners.identities_of(self.user, wanted)
        before = self.listeners.stored(self.user).listens
        removed = self.listeners.delete(self.user, wanted)
        after = self.listeners.stored(self.user).listens
        assert removed == len(before) - len(after)

        def left(files: list[File]) -> list[File]:
            kept = [
                [r for r in rows if not goes(r, wanted, identities)] for rows in files
            ]
            return [rows for rows in kept if rows]

        self.imports = {key: left(files) for key, files in self.imports.items()}
        self.synced = left(self.synced)

    @property
    def left(self) -> list[File]:
        """All rows that are left, each log in a file of its own."""
        files = [*itertools.chain.from_iterable(self.imports.values()), *self.synced]
        by_kit: dict[str, File] = {}
        for row in itertools.chain.from_iterable(files):
            by_kit.setdefault(kit_of(row).log, []).append(row)
        return list(by_kit.values())

    def _run[T](self, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        return self.listeners.in_session(work)


@TRIED
@given(steps=sequences())
def test_the_history_is_that_of_the_rows_that_are_left(
    listeners: Listeners, steps: list[Step]
) -> None:
    played = Played(listeners, listeners.new())
    for step in steps:
        played.play(step)
    state = listeners.stored(played.user)
    if not played.left:
        assert state == NOTHING
        return
    assert state.listens == marked(played.left)
    assert_same_frame(listeners.read(played.user), oracle(played.left).listens)
    fresh = listeners.new()
    listeners.store(fresh, [list(played.left)])
    at_once = listeners.stored(fresh)
    assert at_once.reasons <= state.reasons
    assert replace(state, reasons=at_once.reasons) == at_once
