"""The desired schema: the tables of the models, and those of PgQueuer."""

import subprocess
import sys

from sqlalchemy import MetaData
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import (
    AddConstraint,
    CreateIndex,
    CreateTable,
    ExecutableDDLElement,
    sort_tables_and_constraints,
)

QUEUE_SCHEMA = "pgq"


def desired_schema(metadata: MetaData | None = None) -> str:
    """The tables of the models as DDL, in an order in which it can be executed."""
    if metadata is None:
        from sqlmodel import SQLModel

        import unwrapped.main  # noqa: F401  # registers all tables

        metadata = SQLModel.metadata
    elements: list[ExecutableDDLElement] = []
    tables = sorted(metadata.tables.values(), key=lambda table: table.key)
    ordered = sort_tables_and_constraints(tables)  # type: ignore[no-untyped-call]  # SQLAlchemy's
    for table, constraints in ordered:
        if table is None:
            elements += [AddConstraint(constraint) for constraint in constraints]
            continue
        elements.append(CreateTable(table, include_foreign_key_constraints=constraints))
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        elements += [CreateIndex(index) for index in indexes]
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # an alias of a class
    return "".join(
        f"{str(element.compile(dialect=dialect)).strip()};\n" for element in elements
    )


def queue_schema() -> str:
    """The tables of the installed PgQueuer, in their own schema, as a migration.

    Every object is named with its schema, so that no search path has to be set.
    """
    command = [sys.executable, "-m", "pgqueuer", "--schema", QUEUE_SCHEMA]
    run = subprocess.run(  # noqa: S603  # our own interpreter
        [*command, "sql", "install"], capture_output=True, text=True, check=True
    )
    return run.stdout.strip() + "\n"
