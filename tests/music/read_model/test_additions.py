"""A copy and the listens laid over it make up the columns of the whole history."""

import random
from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest

from tests.music.factories import comparable
from tests.music.profile.histories import Listen, in_order, to_frame
from tests.music.profile.shapes import SHAPES
from unwrapped.music.history.shown_names import as_enum
from unwrapped.music.read_model.additions import lay_over
from unwrapped.music.read_model.columns import columns_of, listens_of


def frame_of(rows: list[Listen]) -> pl.DataFrame:
    listens = to_frame(in_order(rows))
    return listens.with_columns(as_enum(listens["reason_end"].cast(pl.String)))


def apart(rows: list[Listen]) -> list[Listen]:
    """One listen at each moment, without names that differ only in case."""
    by_start = {row.started_at: row for row in rows if row.artist != "abba"}
    return in_order(by_start.values())


@pytest.mark.parametrize(
    ("shape", "late"), [(shape, n % 2 == 0) for n, shape in enumerate(SHAPES)]
)
def test_added_listens_complete_the_history(
    shape: Callable[[random.Random], list[Listen]], late: bool
) -> None:
    rng = random.Random(shape.__name__)  # noqa: S311 - a history, no secret
    rows = apart(shape(rng))
    count = min(len(rows) - 1, 40)
    added = rows[-count:] if late else rng.sample(rows, count)
    base = [row for row in rows if row not in added]
    if not base or not added:
        return
    found = lay_over(columns_of(frame_of(base)), frame_of(added))
    assert found is not None
    assert comparable(listens_of(found)).equals(comparable(frame_of(rows)))
    whole = columns_of(frame_of(rows))
    for name in ("artists", "albums", "tracks"):
        assert getattr(found, name).equals(getattr(whole, name))


def test_listens_that_begin_at_one_moment_are_not_laid_over() -> None:
    rows = apart(SHAPES[3](random.Random(1)))  # noqa: S311 - a history, no secret
    base = columns_of(frame_of(rows))
    twin = replace(rows[7], title="Another")
    assert lay_over(base, frame_of([twin])) is None
    later = replace(rows[-1], started_at=rows[-1].started_at.replace(year=2027))
    assert lay_over(base, frame_of([later, replace(later, title="Another")])) is None
    assert lay_over(base, frame_of([later])) is not None
    assert lay_over(base, frame_of([])) is base
