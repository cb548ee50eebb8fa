"""Rules for every table, in the models and in the database."""

from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum

import pytest
from sqlalchemy import (
    Column,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col, select

import unwrapped.main  # noqa: F401 - brings in the tables of every domain
from tests.auth.factories import make_user
from unwrapped.auth.models import User
from unwrapped.core.process_resources import Resources
from unwrapped.core.tables import one_of

DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's own
COLUMNS = [
    column for table in SQLModel.metadata.sorted_tables for column in table.columns
]


def typed(column: Column[object]) -> str:
    return str(column.type.compile(DIALECT))


def test_there_are_tables() -> None:
    assert {"user", "user_session", "background_task", "listen", "share"} <= set(
        SQLModel.metadata.tables
    )


def test_every_text_is_text() -> None:
    assert [str(one) for one in COLUMNS if "CHAR" in typed(one)] == []
    assert "TEXT" in {typed(one) for one in COLUMNS}


def test_every_time_has_a_zone() -> None:
    times = {typed(one) for one in COLUMNS if "TIMESTAMP" in typed(one)}
    assert times == {"TIMESTAMP WITH TIME ZONE"}


@pytest.mark.parametrize("table", SQLModel.metadata.sorted_tables, ids=str)
def test_every_reference_to_a_row_has_an_index(table: Table) -> None:
    """Without an index, a cascade reads the whole table for each deleted row."""
    indexed = [next(iter(index.columns)) for index in table.indexes if index.columns]
    indexed += [
        next(iter(one.columns))
        for one in table.constraints
        if isinstance(one, UniqueConstraint | PrimaryKeyConstraint) and one.columns
    ]
    begins = [next(iter(key.columns)) for key in table.foreign_key_constraints]
    assert [one for one in begins if one not in indexed] == []


async def test_the_database_has_the_same_types(session: AsyncSession) -> None:
    found = await session.execute(
        text(
            "SELECT table_name, column_name, data_type FROM information_schema.columns"
            " WHERE table_schema = 'public'"
        )
    )
    rows = found.all()
    assert {table.name for table in SQLModel.metadata.sorted_tables} <= {
        row.table_name for row in rows
    }
    ours = [row for row in rows if row.table_name in SQLModel.metadata.tables]
    assert [row for row in ours if "char" in row.data_type] == []
    assert [row for row in ours if row.data_type == "timestamp without time zone"] == []


async def test_a_moment_is_the_same_in_every_zone(session: AsyncSession) -> None:
    moment = datetime(2025, 3, 1, 12, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    user = await make_user(session, created_at=moment)
    await session.refresh(user)
    assert user.created_at == moment
    assert user.created_at.utcoffset() == timedelta(0)


async def test_rows_have_the_times_of_their_creation_and_last_change(
    cloned_resources: Resources,
) -> None:
    database = cloned_resources.database
    async with database.session() as session:
        user = await make_user(session)
        await session.refresh(user)
    assert user.created_at == user.updated_at
    assert abs(datetime.now(UTC) - user.created_at) < timedelta(minutes=1)
    async with database.session() as session:
        await session.execute(update(User).values(display_name="x"))
        now = (await session.execute(select(User))).scalar_one()
    assert now.created_at == user.created_at
    assert now.updated_at > user.updated_at


async def test_two_users_cannot_have_one_key(session: AsyncSession) -> None:
    await make_user(session, username_key="ada")
    with pytest.raises(IntegrityError, match="uq_user_username_key"):
        async with session.begin_nested():
            await make_user(session, username_key="ada")
    found = await session.scalars(select(col(User.username_key)))
    assert list(found) == ["ada"]


class Colour(StrEnum):
    """Something to choose from."""

    RED = "red"
    BLUE = "blue"


def test_an_enumeration_is_a_check_of_its_values() -> None:
    check = one_of("colour", Colour)
    assert str(check.sqltext) == "colour IN ('red', 'blue')"
    assert check.name == "colour"
