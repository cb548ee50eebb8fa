"""The constraints of the tables of a listener's data."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Delete, Table, delete, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

import unwrapped.main  # noqa: F401 - so that all tables are known
from tests.auth.factories import sign_in
from tests.auth.personal_rows import assert_nothing_personal, make_personal_rows
from tests.waiting import until_blocked
from unwrapped.auth.models import User
from unwrapped.core.database import Database
from unwrapped.core.exceptions import UserNotFoundError
from unwrapped.core.process_resources import Resources
from unwrapped.music.store.models import (
    album,
    artist,
    end_reason,
    history,
    import_records,
    listen,
    recording,
    spelling,
    track,
)
from unwrapped.music.store.state import lock_history

OWNED = [
    table for table in SQLModel.metadata.sorted_tables if "user_id" in table.columns
]

LOGGED = datetime(2023, 5, 1, 10, tzinfo=UTC)


async def test_a_user_who_is_deleted_during_an_import_leaves_no_listens(
    cloned_resources: Resources,
) -> None:
    user = (await make_personal_rows(cloned_resources, "ada")).id
    database = cloned_resources.database
    go = delete(User).where(col(User.id) == user)
    async with database.session() as session:
        await lock_history(session, user)
        await session.execute(insert(listen).values(**_listen(user)))
        going = asyncio.create_task(_run(database, go))
        await until_blocked(database)
    await going
    await assert_nothing_personal(cloned_resources)
    with pytest.raises(UserNotFoundError):
        async with database.session() as session:
            await lock_history(session, user)


async def _run(database: Database, statement: Delete) -> None:
    async with database.session() as session:
        await session.execute(statement)


@pytest.mark.parametrize(
    "table",
    [table for table in OWNED if table is not listen],
    ids=lambda table: str(table.name),
)
def test_every_table_of_a_listener_is_deleted_by_cascade(table: Table) -> None:
    """By its own key or by that of what it refers to, which has the listener in it.

    Of `listen` a trigger is the cascade: see the test before.
    """
    referred = {
        (key.referred_table.name, key.ondelete)
        for key in table.foreign_key_constraints
        if "user_id" in key.column_keys
    }
    assert ("user", "CASCADE") in referred or ("spelling", "CASCADE") in referred
    assert not table.c.user_id.nullable


@pytest.mark.parametrize(
    "table",
    [history, artist, track, album, recording, spelling, end_reason, import_records],
    ids=lambda table: str(table.name),
)
def test_the_listener_comes_first_in_every_key_of_music(table: Table) -> None:
    assert next(iter(table.primary_key.columns)).name == "user_id"
    for index in table.indexes:
        assert str(next(iter(index.expressions))).endswith("user_id")


async def _dictionaries(session: AsyncSession, user_id: int) -> None:
    rows: list[tuple[Table, dict[str, Any]]] = [
        (artist, {"id": 1, "public_id": "a", "name": "A"}),
        (track, {"id": 1, "artist_id": 1, "public_id": "t", "title": "T"}),
        (album, {"id": 1, "artist_id": 1, "public_id": "l", "name": "L"}),
        (recording, {"id": 1, "identity": "i", "track_id": 1}),
        (
            spelling,
            {"recording_id": 1, "id": 1, "artist": "A", "title": "T"}
            | {"artist_key": "a", "title_key": "t", "last_started": LOGGED},
        ),
        (end_reason, {"id": 1, "reason": "trackdone"}),
    ]
    for table, values in rows:
        await session.execute(insert(table).values(user_id=user_id, **values))


def _listen(user_id: int, **over: object) -> dict[str, object]:
    values: dict[str, object] = {
        "user_id": user_id,
        "started_at": LOGGED,
        "recording_id": 1,
        "spelling_id": 1,
        "ms_played": 1_000,
        "log": 1,
        "mark": 0,
    }
    return values | over


async def _takes(
    session: AsyncSession, table: Table, values: dict[str, object]
) -> bool:
    try:
        async with session.begin_nested():
            await session.execute(insert(table).values(values))
    except IntegrityError:
        return False
    return True


@pytest.mark.parametrize(
    ("first", "second", "both"),
    [
        ({}, {}, False),
        ({"ms_played": None}, {"ms_played": None}, False),
        ({"ms_played": None}, {"ms_played": 0}, True),
        ({}, {"ms_played": 1_001}, True),
        ({}, {"log": 2}, True),
        ({}, {"started_at": LOGGED + timedelta(seconds=1)}, True),
        ({}, {"skipped": True, "shuffle": True, "end_reason_id": 1}, False),
        ({}, {"mark": 1}, False),
        ({"ms_played": 0}, {"ms_played": -1}, False),
        ({}, {"spelling_id": 2}, False),
        ({}, {"recording_id": 2}, True),
    ],
)
async def test_the_exact_key_of_a_listen(
    session: AsyncSession,
    resources: Resources,
    first: dict[str, object],
    second: dict[str, object],
    both: bool,
) -> None:
    user = (await sign_in(resources)).id
    await _dictionaries(session, user)
    assert await _takes(session, listen, _listen(user, **first))
    assert await _takes(session, listen, _listen(user, **second)) is both


async def test_two_listeners_have_the_same_listen(
    session: AsyncSession, resources: Resources
) -> None:
    for _ in range(2):
        user = (await sign_in(resources)).id
        await _dictionaries(session, user)
        assert await _takes(session, listen, _listen(user))


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (artist, {"id": 2, "public_id": "a", "name": "Other"}),
        (track, {"id": 2, "artist_id": 1, "public_id": "t", "title": "Other"}),
        (recording, {"id": 2, "identity": "i", "track_id": 1}),
        (end_reason, {"id": 2, "reason": "trackdone"}),
        (
            spelling,
            {"recording_id": 1, "id": 2, "artist": "A", "title": "T", "album": None}
            | {"artist_key": "x", "title_key": "x", "last_started": LOGGED},
        ),
    ],
    ids=lambda value: str(getattr(value, "name", "")),
)
async def test_a_dictionary_has_each_entry_once_for_a_listener(
    session: AsyncSession,
    resources: Resources,
    table: Table,
    values: dict[str, object],
) -> None:
    ada, bob = [(await sign_in(resources)).id for _ in range(2)]
    await _dictionaries(session, ada)
    assert not await _takes(session, table, {"user_id": ada} | values)
    await _dictionaries(session, bob)
