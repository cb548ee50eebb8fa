"""Marks are what the rules say, whatever the order of rows and the numbers."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.music.history.made_up import (
    LOGS,
    SONG,
    listen,
    listens_frame,
    numbers_of,
    spelled_frame,
)
from tests.music.history.marks.drawn import (
    Row,
    listens_of,
    many_sets_of_rows,
    sets_of_rows,
    spelled_of,
)
from tests.music.history.oracle import Listen, Names, Rules
from unwrapped.music.history.marks.marking import MARK_DTYPE, mark_listens
from unwrapped.music.history.terms import Mark


def marks(
    listens: list[Listen], spelled: dict[str, set[Names]] | None = None, seed: int = 0
) -> list[str | None]:
    """The marks of listens of made-up logs; listens without names are to one song."""
    spelled = spelled or {one.identity: {SONG} for one in listens}
    numbers = numbers_of(spelled, seed)
    frame = listens_frame(listens, numbers)
    marked = mark_listens(frame, spelled_frame(spelled, numbers), LOGS)
    assert marked.drop("mark").equals(frame)
    assert marked["mark"].dtype == MARK_DTYPE
    return marked["mark"].to_list()


@settings(max_examples=settings().max_examples // 2)
@given(sets_of_rows(1), st.integers(0, 9))
def test_marks_are_what_the_rules_say(sets: list[list[Row]], seed: int) -> None:
    (rows,) = sets
    listens, spelled = listens_of(rows), spelled_of(rows)
    rules = Rules(listens, spelled, LOGS)
    assert marks(listens, spelled, seed) == [rules.mark(one) for one in listens]


def test_marks_of_many_sets_at_once_are_what_the_rules_say() -> None:
    sets = many_sets_of_rows(800)
    expected = []
    for rows in sets:
        rules = Rules(listens_of(rows), spelled_of(rows), LOGS)
        expected += [rules.mark(one) for one in listens_of(rows)]
    every = [row for rows in sets for row in rows]
    assert marks(listens_of(every), spelled_of(every)) == expected
    assert set(expected) == {None, *Mark}


def test_a_single_listen_counts() -> None:
    assert marks([listen(name, "10:00:00") for name in ("end",)]) == [None]
    assert marks([]) == []


def test_the_first_of_several_reasons_is_the_mark() -> None:
    end = listen("end", "10:04:00", 240_000)
    one, other = (listen("start", at, 240_000) for at in ("10:00:00", "10:00:01"))
    later = listen("start", "10:02:00", 240_000)
    assert marks([one, other, later]) == [None, "double_scrobble", "echo"]
    assert marks([one, other, later, end]) == [*["richer_source"] * 3, None]


def test_a_marked_row_marks_others() -> None:
    """Each listen is near only the previous one, and only the first one counts."""
    chain = [listen("start", at, length=1) for at in (0, 14_000, 28_000, 42_000)]
    assert marks(chain) == [None, *["double_scrobble"] * 3]
    poorer = [listen("start", "10:00:00"), listen("start_minute", "10:00")]
    richer = listen("end", "09:59:59", 30_000)
    assert marks([richer, *poorer]) == [None, "richer_source", "richer_source"]
