"""Which migrations a database has, and which are pending: pure, except two queries.

The revision table is Atlas's own, so that Atlas and this program read each other's rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from asyncpg import Connection

from unwrapped.core.exceptions import Conflict
from unwrapped.core.migrations.directory import DamagedMigrations, Migration

CREATE_REVISIONS = """
CREATE TABLE IF NOT EXISTS public.atlas_schema_revisions (
    version character varying NOT NULL,
    description character varying NOT NULL,
    type bigint NOT NULL DEFAULT 2,
    applied bigint NOT NULL DEFAULT 0,
    total bigint NOT NULL DEFAULT 0,
    executed_at timestamptz NOT NULL,
    execution_time bigint NOT NULL,
    error text NULL,
    error_stmt text NULL,
    hash character varying NOT NULL,
    partial_hashes jsonb NULL,
    operator_version character varying NOT NULL,
    PRIMARY KEY (version)
)"""
WRITE_REVISION = """
INSERT INTO public.atlas_schema_revisions VALUES
    ($1, $2, 2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (version) DO UPDATE SET
    applied = excluded.applied, executed_at = excluded.executed_at,
    execution_time = excluded.execution_time, error = excluded.error,
    error_stmt = excluded.error_stmt, partial_hashes = excluded.partial_hashes"""
# Atlas may keep a row of its own, under a version that begins with a dot.
_READ_REVISIONS = """
SELECT version, description, type, applied, total, error, error_stmt
FROM public.atlas_schema_revisions WHERE version NOT LIKE '.%'
ORDER BY version COLLATE "C" """
_OTHER_TABLE = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    AND NOT c.relispartition AND c.relname <> 'atlas_schema_revisions'
    AND NOT EXISTS (
        SELECT FROM pg_depend d
        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
    )
ORDER BY c.relname LIMIT 1"""
_RESOLVED = 4


class DatabaseNewer(Conflict):
    """The database was migrated by a later version of this program."""

    code = "database_newer"


class HistoryDiverged(Conflict):
    """The migrations applied to the database are not the first ones of the program."""

    code = "migration_history_diverged"


class HalfMigrated(Conflict):
    """A migration stopped in the middle, and a person has to decide what to do."""

    code = "half_migrated"


class ForeignDatabase(Conflict):
    """The database holds tables, and none of them were made by migrations."""

    code = "foreign_database"


@dataclass(frozen=True, slots=True)
class Revision:
    """A row of the revision table."""

    version: str
    description: str
    type: int
    applied: int
    total: int
    error: str | None
    error_stmt: str | None


async def read_revisions(connection: Connection) -> list[Revision]:
    """The applied migrations, in order; empty when the table does not exist.

    Raises `ForeignDatabase` when nothing was applied and there are tables.
    """
    exists = await connection.fetchval(
        "SELECT to_regclass('public.atlas_schema_revisions') IS NOT NULL"
    )
    rows = await connection.fetch(_READ_REVISIONS) if exists else []
    if rows:
        return [Revision(**row) for row in rows]
    table = await connection.fetchval(_OTHER_TABLE)
    if table is not None:
        raise ForeignDatabase(
            f"The database holds a table {table} in its schema public, and no record of"
            " migrations. Give Unwrapped a database of its own."
        )
    return []


def pending_migrations(
    migrations: Sequence[Migration], revisions: Sequence[Revision]
) -> Sequence[Migration]:
    """The migrations that come after those applied.

    Raises `HalfMigrated`, `DatabaseNewer`, `HistoryDiverged` or `DamagedMigrations`.
    """
    _require_order(migrations)
    for revision in revisions:
        _require_whole(revision)
    if not revisions:
        return migrations
    known = [migration.version for migration in migrations]
    applied = [revision.version for revision in revisions]
    unknown = [version for version in applied if version not in known]
    if unknown and (not known or unknown[-1] > known[-1]):
        raise DatabaseNewer(
            f"The database is at version {unknown[-1]}, which this program does not know:"
            " it was migrated by a later version. Install that one."
        )
    if unknown:
        raise HistoryDiverged(
            f"Version {unknown[0]} was applied to the database, and this program has no"
            " such migration."
        )
    # A database that Atlas adopted begins at its baseline, not at the first file.
    first, last = known.index(applied[0]), known.index(applied[-1])
    for migration in migrations[first:last]:
        if migration.version not in applied:
            raise HistoryDiverged(
                f"{migration.name} was added out of order: later migrations are applied"
                " already."
            )
    return migrations[last + 1 :]


def shortened(statement: str, length: int = 300) -> str:
    """A statement in one line, for a message."""
    words = " ".join(statement.split())
    return words if len(words) <= length else f"{words[:length]} …"


def _require_order(migrations: Sequence[Migration]) -> None:
    for earlier, later in pairwise(migrations):
        if earlier.version >= later.version:
            raise DamagedMigrations(
                f"{later.name} must have a later version than {earlier.name}."
            )
    for migration in migrations:
        if migration.is_checkpoint:
            raise DamagedMigrations(f"{migration.name} is a checkpoint: not supported.")


def _require_whole(revision: Revision) -> None:
    is_resolved = revision.type & _RESOLVED
    if revision.applied < revision.total or (revision.error and not is_resolved):
        raise HalfMigrated(
            f"{revision.version}_{revision.description}.sql was applied only in part:"
            f" {revision.applied} of {revision.total} statements."
            f" {revision.error or 'It was interrupted'}"
            f" (statement: {shortened(revision.error_stmt or 'unknown')}). Finish it with"
            " Atlas (`task db:migrate:apply`), or restore the backup."
        )
