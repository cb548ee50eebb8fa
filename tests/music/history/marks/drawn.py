"""Sets of listens that hypothesis draws: few values, so that they meet."""

from dataclasses import dataclass, replace
from random import Random

from hypothesis import strategies as st

from tests.music.history.made_up import LOGS
from tests.music.history.oracle import Listen, Names
from unwrapped.music.sources.logs import LogName

MINUTE, HOUR = 60_000, 3_600_000

NAMES = [
    Names("a and b", "one", "aandb", "one", "a"),
    Names("a", "one", "a", "one"),
    Names("a & c", "one - 2011 remaster", "aandc", "one", "a"),
    Names("various artists", "óne (live)", "variousartists", "one"),
    Names("the b", "two", "b", "two"),
    Names("b feat. c", "two feat. c", "b", "two"),
]

APART = [
    *(0, 0, 1, 14_999, 15_000, 29_999, 30_000, 30_001, 59_999, MINUTE, MINUTE + 1),
    *(2 * MINUTE, 10 * MINUTE, 2 * HOUR, 2 * HOUR + 30_000, 2 * HOUR + 90_000),
]
"""How far from a moment that all listens share a listen may begin or end."""

PLAYED_MS = [
    *(None, 0, 1, 29_999, 30_000, MINUTE, 2 * MINUTE, 4 * MINUTE),
    *(2 * HOUR, 2 * HOUR + 1, 12 * HOUR, 72 * HOUR),
]

LENGTHS = [None, None, 3 * MINUTE, 3 * HOUR]


@dataclass(frozen=True)
class Row:
    """A listen, and the names that its row has."""

    listen: Listen
    names: Names


@st.composite
def sets_of_rows(draw: st.DrawFn, count: int) -> list[list[Row]]:
    """`count` sets of rows of a few logs, recordings and times."""
    row = st.builds(
        _row,
        st.sampled_from(draw(_few(sorted(LOGS), 3))),
        st.sampled_from(draw(_few(["u1", "u1", "u2", "u3"], 2))),
        st.sampled_from(draw(_few(NAMES, 2))),
        st.sampled_from(draw(_few(PLAYED_MS, 2))),
        st.sampled_from(LENGTHS),
        st.sampled_from(draw(_few(APART, 2))),
        st.sampled_from([-1, 0, 1]),
        st.sampled_from([0, 1, 1, -1]),
    )
    return [draw(st.lists(row, max_size=5)) for _ in range(count)]


def _few[T](values: list[T], most: int) -> st.SearchStrategy[list[T]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=most)


def _row(
    log: LogName,
    identity: str,
    names: Names,
    ms: int | None,
    length: int | None,
    apart: int,
    sign: int,
    edge: int,
) -> Row:
    """A row that ends so far from the moment that all rows share."""
    at = sign * apart + edge * (ms or 0)
    return Row(Listen(log, at, ms, identity, length), names)


def listens_of(rows: list[Row]) -> list[Listen]:
    """Each listen once, by its exact key; the shortest known length is its own."""
    kept: dict[object, Listen] = {}
    for one in (row.listen for row in rows):
        key = (one.log, one.started(LOGS), one.identity, one.ms)
        other = kept.get(key, one)
        kept[key] = min(one, other, key=lambda row: row.length or 99 * HOUR)
    return list(kept.values())


def spelled_of(rows: list[Row]) -> dict[str, set[Names]]:
    """The names of each recording."""
    spelled: dict[str, set[Names]] = {}
    for row in rows:
        spelled.setdefault(row.listen.identity, set()).add(row.names)
    return spelled


def many_sets_of_rows(count: int) -> list[list[Row]]:
    """`count` sets of two or three rows, each far from the others in names and time."""
    chance = Random(count)  # noqa: S311
    return [_set_of_rows(chance, number) for number in range(count)]


def _set_of_rows(chance: Random, number: int) -> list[Row]:
    own, day = f" {number}", 24 * HOUR
    logs = chance.choices(sorted(LOGS), k=2)
    played = chance.choices(PLAYED_MS, k=2)
    return [
        _row(
            chance.choice(logs),
            chance.choice(["u1", "u1", "u2", "u3"]) + own,
            _named(chance.choice(NAMES[:4]), own),
            chance.choice(played),
            chance.choice(LENGTHS),
            chance.choice(APART) + number * 100 * day,
            1,
            chance.choice([0, 1, 1, -1]),
        )
        for _ in range(chance.choice([2, 3]))
    ]


def _named(names: Names, own: str) -> Names:
    """The names, with the title of a track of its own."""
    title_key = names.title_key.replace("one", f"one{own}").replace("óne", f"óne{own}")
    return replace(names, title_key=title_key, title=names.title + own.strip())
