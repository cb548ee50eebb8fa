"""The tables of a database: found in its catalogue, copied out and in.

Rows are in the text format of COPY, which every version of PostgreSQL reads. Unlogged
tables are left out, and so is the queue, which has a schema of its own.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter

import asyncpg

from unwrapped.core.backup.archive import BackupFile, BackupWriter
from unwrapped.core.backup.manifest import DamagedBackup, TableCopy

PLAIN = (
    "SET timezone = 'UTC'; SET datestyle = 'ISO'; SET intervalstyle = 'postgres';"
    " SET bytea_output = 'hex'; SET extra_float_digits = 1;"
    " SET idle_in_transaction_session_timeout = 0; SET lock_timeout = 0"
)
"""Settings for writing and reading values; they replace those of the role."""

_OURS = """c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    AND NOT c.relispartition AND NOT EXISTS (SELECT FROM pg_depend d
        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')"""
_TABLES = f"""
SELECT c.relname::text AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns,
    coalesce(array_agg(a.attname::text) FILTER (WHERE
        pg_get_serial_sequence(format('%I.%I', 'public', c.relname), a.attname)
        IS NOT NULL), '{{}}') AS numbered
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
WHERE {_OURS} AND c.relpersistence = 'p' AND c.relname <> 'atlas_schema_revisions'
GROUP BY c.oid, c.relname ORDER BY c.relname"""
_REFERENCES = """
SELECT child.relname::text, parent.relname::text FROM pg_constraint k
JOIN pg_class child ON child.oid = k.conrelid JOIN pg_class parent ON parent.oid = k.confrelid
WHERE k.contype = 'f' AND k.conrelid <> k.confrelid"""
_OBJECTS = f"""
SELECT format('DROP TABLE %I.%I CASCADE', 'public', c.relname) FROM pg_class c WHERE {_OURS}
UNION ALL SELECT format('DROP ROUTINE %s CASCADE', p.oid::regprocedure) FROM pg_proc p
WHERE p.pronamespace = 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_depend d
    WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')"""


@dataclass(frozen=True, slots=True)
class Table:
    """A table as the database has it now."""

    name: str
    columns: list[str]
    numbered: list[str]
    """Columns that own a sequence."""

    @property
    def sql(self) -> str:
        """Its name, quoted for a statement."""
        return f"public.{quoted(self.name)}"


async def read_tables(connection: asyncpg.Connection) -> list[Table]:
    """All tables of the service."""
    return [Table(**row) for row in await connection.fetch(_TABLES)]


async def copy_out(
    connection: asyncpg.Connection, table: Table, backup: BackupWriter
) -> TableCopy:
    """Write the rows of a table into a backup."""
    columns = ", ".join(map(quoted, table.columns))
    # A partitioned table can be copied only by a query.
    query = f"SELECT {columns} FROM {table.sql}"
    next_values = {
        column: await _next_value(connection, table, column)
        for column in table.numbered
    }
    with backup.member(f"tables/{table.name}.copy") as member:

        async def write(data: bytes) -> None:
            member.write(data)

        done = await connection.copy_from_query(query, output=write, encoding="utf-8")
    return TableCopy(
        table.name, table.columns, _count(done), member.written, next_values
    )


async def copy_in(
    connection: asyncpg.Connection, copied: Iterable[TableCopy], backup: BackupFile
) -> None:
    """Store the rows of a backup, referenced tables before those that refer to them.

    Raises `DamagedBackup` if tables or numbers of rows differ.
    """
    tables = {table.name: table for table in await read_tables(connection)}
    copies = {one.name: one for one in copied}
    if not copies.keys() <= tables.keys():
        raise DamagedBackup("The backup has a table that its revision does not have.")
    for name in _in_order(tables, await connection.fetch(_REFERENCES)):
        if name in copies:
            await _copy_in(connection, tables[name], copies[name], backup)


async def _copy_in(
    connection: asyncpg.Connection, table: Table, copied: TableCopy, backup: BackupFile
) -> None:
    if sorted(copied.columns) != sorted(table.columns):
        raise DamagedBackup(f"The columns of {table.name} are not those of its revision.")  # fmt: skip

    async def pieces() -> AsyncIterator[bytes]:
        for piece in backup.pieces(copied.member):
            yield piece

    done = await connection.copy_to_table(
        table.name,
        schema_name="public",
        columns=copied.columns,
        source=pieces(),
        encoding="utf-8",
    )
    if _count(done) != copied.rows:
        raise DamagedBackup(
            f"{table.name} has {_count(done):,} rows in the backup, and its manifest says"
            f" {copied.rows:,}."
        )
    for column in table.numbered:
        least = copied.next_values.get(column, 1)
        await connection.execute(
            f"SELECT setval(pg_get_serial_sequence($1, $2), greatest($3::bigint,"
            f" 1 + (SELECT max({quoted(column)}) FROM {table.sql})), false)",
            *(table.sql, column, least),
        )


async def find_rows(
    connection: asyncpg.Connection, leave_out: Iterable[str]
) -> str | None:
    """Return a table that has rows, ignoring some by name; None if there is none."""
    for table in await read_tables(connection):
        if table.name not in leave_out and await connection.fetchval(
            f"SELECT EXISTS (SELECT FROM {table.sql})"
        ):
            return table.name
    return None


async def drop_all(connection: asyncpg.Connection, schemas: Iterable[str]) -> None:
    """Drop the tables, routines and schemas of the service."""
    for schema in schemas:
        await connection.execute(f"DROP SCHEMA IF EXISTS {quoted(schema)} CASCADE")
    for statement in [row[0] for row in await connection.fetch(_OBJECTS)]:
        await connection.execute(statement)


def quoted(name: str) -> str:
    """Quote a name for a statement."""
    return '"' + name.replace('"', '""') + '"'


async def _next_value(connection: asyncpg.Connection, table: Table, column: str) -> int:
    sequence = await connection.fetchval(
        "SELECT pg_get_serial_sequence($1, $2)", table.sql, column
    )
    value: int = await connection.fetchval(
        f"SELECT last_value + CASE WHEN is_called THEN 1 ELSE 0 END FROM {sequence}"
    )
    return value


def _count(done: str) -> int:
    """The number in `COPY 17`."""
    return int(done.rpartition(" ")[2])


def _in_order(
    tables: Iterable[str], references: Sequence[asyncpg.Record]
) -> Iterable[str]:
    needed: dict[str, set[str]] = {name: set() for name in tables}
    for child, parent in references:
        needed.setdefault(child, set()).add(parent)
    return TopologicalSorter(needed).static_order()
