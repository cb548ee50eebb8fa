"""Which stored listens are shadowed, whatever came first."""

import itertools
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import pytest

from tests.auth.factories import sign_in
from tests.exports import Row, account_row, told_row, track
from tests.music.factories import import_all, stored
from unwrapped.core.resources import Resources
from unwrapped.music.listens.service import ListenFilter, ListenService
from unwrapped.music.sources.logs import LogName

NOON = "2023-05-01T12:00"


def _richer(artist: str = "Ann", title: str = "A", seconds: str = "30") -> Row:
    return track(artist, title, "uri:1", ts=f"{NOON}:{seconds}Z")


def _poorer(time: str = "12:00", title: str = "A", ms: int | None = 30_000) -> Row:
    return account_row(
        endTime=f"2023-05-01 {time}", artistName="Ann", trackName=title, msPlayed=ms
    )


async def _shadowed(resources: Resources, user_id: int) -> list[bool]:
    """The marks of a listener's rows: of the account data, then of the others."""
    async with resources.database.session() as session:
        state = await stored(session, user_id)
    rows = sorted(state.listens, key=lambda row: (-row[1], row[2]))
    assert not any(row[-1] for row in rows if row[1] == 1)
    return [row[-1] for row in rows if row[1] == 2]


async def _marks(resources: Resources, *imports: Sequence[Row]) -> list[bool]:
    user = (await sign_in(resources)).id
    files = [
        [
            part
            for part in (
                [r for r in rows if "ts" in r],
                [r for r in rows if "ts" not in r],
            )
            if part
        ]
        for rows in imports
    ]
    await import_all(resources.database, user, files)
    return await _shadowed(resources, user)


@pytest.mark.parametrize(
    ("richer", "poorer", "shadowed"),
    [
        (_richer(), _poorer(), True),
        (_richer(seconds="00"), _poorer(), True),
        (_richer(seconds="59"), _poorer(), True),
        (_richer(), _poorer("11:59"), False),
        (_richer(), _poorer("12:01"), False),
        (_richer(), _poorer(title="B"), False),
        (_richer("ANN ", "\uff21"), _poorer(), True),
        (_richer(), _poorer(ms=5), True),
        (_richer(), _poorer(ms=None), True),
        (_richer("Bea"), _poorer(), False),
    ],
)
async def test_one_listen_in_both_formats(
    cloned_resources: Resources, richer: Row, poorer: Row, shadowed: bool
) -> None:
    for imports in ([[richer, poorer]], [[richer], [poorer]], [[poorer], [richer]]):
        assert await _marks(cloned_resources, *imports) == [shadowed]


async def test_one_richer_row_shadows_all_poorer_ones_of_its_minute(
    cloned_resources: Resources,
) -> None:
    poorer = [_poorer(ms=ms) for ms in (None, 0, 30_000)]
    assert await _marks(cloned_resources, poorer, [_richer()]) == [True] * 3


async def test_a_new_spelling_reaches_back_over_the_years(
    cloned_resources: Resources,
) -> None:
    """Only a later import says that the recording was called Ann's A once."""
    renamed = track("Bea", "B", "uri:1", ts=f"{NOON}:30Z")
    telling = track("Ann", "A", "uri:1", ts="2019-01-01T00:00:00Z")
    for imports in itertools.permutations(([renamed], [telling], [_poorer()])):
        assert await _marks(cloned_resources, *imports) == [True]
    assert await _marks(cloned_resources, [renamed], [_poorer()]) == [False]


async def test_plays_are_known_by_all_names_that_they_came_under(
    cloned_resources: Resources,
) -> None:
    """A play that was told again under another name keeps the first, and has both."""
    richer = track("Ann", "A", "uri:1", ts=f"{NOON}:30Z")
    told = [
        told_row("Ann", title, "uri:2", f"{NOON}:31.5Z") for title in ("A (live)", "A")
    ]
    for imports in itertools.permutations([[richer], [told[0]], [told[1]]]):
        user = (await sign_in(cloned_resources)).id
        await import_all(cloned_resources.database, user, [[rows] for rows in imports])
        async with cloned_resources.database.session() as session:
            marks = {row[1]: row[-1] for row in (await stored(session, user)).listens}
        assert marks == {1: False, 3: True}


async def test_a_removal_takes_the_mark_away(cloned_resources: Resources) -> None:
    user = (await sign_in(cloned_resources)).id
    other = (await sign_in(cloned_resources)).id
    for listener in (user, other):
        files = [[_richer()], [_poorer()]]
        await import_all(cloned_resources.database, listener, [files])
    async with cloned_resources.database.session() as session:
        richer = ListenFilter(source=LogName.SPOTIFY_EXTENDED, zone=ZoneInfo("UTC"))
        assert await ListenService(session).delete_listens(user, richer) == 1
    assert await _shadowed(cloned_resources, user) == [False]
    assert await _shadowed(cloned_resources, other) == [True]


async def test_removals_bring_back_what_the_api_told(
    cloned_resources: Resources,
) -> None:
    user = (await sign_in(cloned_resources)).id
    told = [
        told_row("Ann", "A", "uri:1", f"{NOON}:31.5Z"),
        told_row("Ann", "A", "uri:1", "2023-05-01T13:00:00Z"),
    ]
    imports = [[told], [[_richer()]], [[_poorer()]]]
    await import_all(cloned_resources.database, user, imports)

    async def counted() -> set[tuple[int, bool]]:
        async with cloned_resources.database.session() as session:
            return {(row[1], row[-1]) for row in (await stored(session, user)).listens}

    assert await counted() == {(1, False), (2, True), (3, True), (3, False)}
    left: list[tuple[LogName, set[tuple[int, bool]]]] = [
        (LogName.SPOTIFY_EXTENDED, {(2, False), (3, True), (3, False)}),
        (LogName.SPOTIFY_ACCOUNT, {(3, False)}),
    ]
    for source, expected in left:
        async with cloned_resources.database.session() as session:
            wanted = ListenFilter(source=source, zone=ZoneInfo("UTC"))
            assert await ListenService(session).delete_listens(user, wanted) == 1
        assert await counted() == expected
    await import_all(cloned_resources.database, user, [[[_richer()]]])
    async with cloned_resources.database.session() as session:
        wanted = ListenFilter(source=LogName.SPOTIFY_API, zone=ZoneInfo("UTC"))
        assert await ListenService(session).delete_listens(user, wanted) == 2
    assert await counted() == {(1, False)}


async def test_nobody_elses_listens_shadow_mine(cloned_resources: Resources) -> None:
    user = (await sign_in(cloned_resources)).id
    other = (await sign_in(cloned_resources)).id
    await import_all(cloned_resources.database, other, [[[_richer()]]])
    await import_all(cloned_resources.database, user, [[[_poorer()]]])
    await import_all(cloned_resources.database, other, [[[_richer(seconds="31")]]])
    assert await _shadowed(cloned_resources, user) == [False]
