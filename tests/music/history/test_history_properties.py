"""The history is a function of the set of rows: hypothesis looks for exceptions."""

import itertools
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tests.exports import Row, history_at, make_zip
from tests.music.history.oracle import Listen, Names, Rules
from tests.music.kits.kit import Kit, Played
from tests.music.kits.kits import KITS, kit_of, log_of, read_rows, truth_of
from unwrapped.music.history.books import Account
from unwrapped.music.history.building import History, build_history
from unwrapped.music.sources.limits import TOLERATED_BAD_ROWS
from unwrapped.music.sources.logs import LOGS
from unwrapped.music.sources.reasons import AsideReason

TRIED = settings(max_examples=settings().max_examples // 6)
"""Each example is files of several logs."""

type File = list[Row]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Rows:
    """Rows of every log, each log in a file of its own."""

    of_logs: list[File]

    def files(self) -> list[File]:
        return [rows for rows in self.of_logs if rows]

    def __iter__(self) -> Iterator[Row]:
        return itertools.chain.from_iterable(self.of_logs)


# Few values, so that rows meet.
PLAYED = st.builds(
    Played,
    ended_at=st.just(datetime(2023, 5, 1, 10, tzinfo=UTC)),
    ms=st.sampled_from([None, 0, 1_000, 1_000.0, 31_000, 120_001, 240_000, 14_400_000]),
    uri=st.sampled_from(["u1", "u2", "u3", None]),
    artist=st.sampled_from(["Ye", "YE", "Kanye", "\uff39\uff45", "", None]),
    title=st.sampled_from(["One", "one ", "Two", "\uff2fne", "Unknown Track"]),
    album=st.sampled_from(["LP", "lp", None]),
    reason_end=st.sampled_from(["trackdone", "fwdbtn", None]),
    skipped=st.sampled_from([True, False, None, "", 1]),
)


def _rows_of(kit: Kit) -> st.SearchStrategy[File]:
    return st.lists(kit.rows(PLAYED), max_size=7)


_ROWS_OF = [_rows_of(kit) for kit in KITS]

SOME = st.sets(st.integers(0, len(KITS) - 1), min_size=2, max_size=4).map(sorted)
"""The places of a few kits: an example with all of them takes three times as long."""


@st.composite
def _few_logs(draw: st.DrawFn) -> Rows:
    rows = Rows([draw(_ROWS_OF[place]) for place in draw(SOME)])
    assume(rows.files())
    return rows


ROWS = _few_logs()


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def history(files: Sequence[File]) -> History:
    with folder() as path:
        return build_history(read_rows(path, files))


def assert_same(one: History, other: History) -> None:
    assert_frame_equal(one.listens, other.listens, check_exact=True)
    mine, its = one.books.total, other.books.total
    assert (mine.stored, mine.shadowed) == (its.stored, its.shadowed)


@st.composite
def rearranged(draw: st.DrawFn) -> tuple[Rows, list[File]]:
    """Rows, and files with the same rows: shuffled, repeated, split, in any order."""
    rows = draw(ROWS)
    files: list[File] = []
    for part in rows.files():
        repeats = draw(st.lists(st.sampled_from(part), max_size=3))
        loose = draw(st.permutations(part + repeats))
        cuts = draw(st.sets(st.integers(1, max(1, len(loose) - 1)), max_size=3))
        edges = [0, *sorted(cuts), len(loose)]
        files += [loose[a:b] for a, b in itertools.pairwise(edges) if a < b]
    files += draw(st.lists(st.sampled_from(files), max_size=2))
    assume(_bad(files) <= TOLERATED_BAD_ROWS)
    return rows, draw(st.permutations(files))


def _bad(files: list[File]) -> int:
    rows = itertools.chain.from_iterable(files)
    return sum(bool(reason and reason.damage) for reason in map(_dirt_of, rows))


def _dirt_of(row: Row) -> AsideReason | None:
    """Why a row is not a listen, if it was drawn so."""
    for reason, examples in kit_of(row).dirt.items():
        if any(row is example for example in examples):
            return reason
    return None


@TRIED
@given(ROWS, st.integers(0, 3), st.booleans())
def test_the_distribution_of_rows_over_files_does_not_matter(
    rows: Rows, depth: int, utf_16: bool
) -> None:
    loose, entries = [], {}
    for n, file in enumerate(rows.files()):
        if (write := kit_of(file[0]).write) is not None:
            loose.append(file)
            entries[f"d/{n}.json"] = write(file)
    assume(loose)
    if utf_16:
        entries = {k: data.decode().encode("utf-16") for k, data in entries.items()}
    with folder() as path:
        if depth == 0:
            for name, data in entries.items():
                (path / name).parent.mkdir(exist_ok=True)
                (path / name).write_bytes(data)
        else:
            packed = make_zip(entries)
            for _ in range(depth - 1):
                packed = make_zip({"in.zip": packed, "readme.txt": b"hello"})
            (path / "export.zip").write_bytes(packed)
        assert_same(history(loose), history_at(path))


def _reasons(rows: Sequence[Row]) -> dict[str, int]:
    """Why each row should be set aside, by what it was made from."""
    found: dict[str, int] = {}
    for row in rows:
        reason = AsideReason.NO_TRACK if _is_unknown(row) else _dirt_of(row)
        if reason is not None:
            found[reason] = found.get(reason, 0) + 1
    return found


def _is_unknown(row: Row) -> bool:
    truth = truth_of(row)
    return truth.title == "Unknown Track" and not truth.artist


def assert_balanced(account: Account) -> None:
    counts = (account.stored, account.known, *account.set_aside.values())
    assert account.rows_read == sum(counts)
    assert min(counts) >= 0
    assert _uncounted(account) <= account.stored


def _uncounted(account: Account) -> int:
    return account.shadowed + account.echoes + account.double_scrobbles


@TRIED
@given(rearranged())
def test_the_set_of_rows_decides_and_the_books_balance(
    arranged: tuple[Rows, list[File]],
) -> None:
    rows, files = arranged
    made = history(files)
    assert_same(history(rows.files()), made)
    books = made.books
    assert [file.account.rows_read for file in books.files] == list(map(len, files))
    for file, read in zip(books.files, files, strict=True):
        assert_balanced(file.account)
        assert file.account.set_aside == _reasons(read)
    assert_balanced(books.total)
    assert books.total.rows_read == sum(map(len, files))
    assert books.total.stored == sum(file.account.stored for file in books.files)
    assert len(made.listens) == books.total.stored - _uncounted(books.total)


def _key_of_names(row: Row) -> tuple[str, str]:
    """The names of `PLAYED` folded, without `name_key`."""
    folded = {"YE": "ye", "Ye": "ye", "\uff39\uff45": "ye", "Kanye": "kanye"}
    titles = {"One": "one", "one ": "one", "\uff2fne": "one", "Two": "two"}
    truth = truth_of(row)
    return (
        folded.get(str(truth.artist), "unknown artist"),
        titles.get(str(truth.title), "unknown"),
    )


@TRIED
@given(ROWS)
def test_stored_and_marked_are_what_the_rules_say(rows: Rows) -> None:
    """The rules once more, in plain Python over the clean rows."""
    listens: set[Listen] = set()
    spelled: dict[str, set[Names]] = {}
    for row in rows:
        truth = truth_of(row)
        if _dirt_of(row) is not None or _is_unknown(row):
            continue
        assert truth.logged_at is not None
        names = _key_of_names(row)
        at = (truth.logged_at - EPOCH) // timedelta(milliseconds=1)
        ms = None if truth.ms is None else int(truth.ms)
        length = None if truth.length is None else int(truth.length)
        identity = str(truth.uri or "\x1f".join(names))
        listens.add(Listen(log_of(row), at, ms, identity, length))
        spelled.setdefault(identity, set()).add(_names(*names))
    total = history(rows.files()).books.total
    assert total.stored == len(listens)
    rules = Rules(listens, spelled, LOGS)
    marks = Counter(rules.mark(one) for one in listens)
    assert (total.shadowed, total.echoes, total.double_scrobbles) == tuple(
        marks[mark] for mark in ("richer_source", "echo", "double_scrobble")
    )


def _names(artist_key: str, title_key: str) -> Names:
    """A spelling of `PLAYED`: nothing but words."""
    return Names(artist_key, title_key, artist_key.replace(" ", ""), title_key)
