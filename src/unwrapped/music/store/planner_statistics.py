"""What the planner knows of a listener after an import."""

import structlog
from sqlalchemy import text

from unwrapped.core.database import MAY_BE_LOST, Database, is_lost_connection

FEWEST_ROWS = 1_000
"""Statistics of fewer new rows are left to autovacuum."""

LEAST_SHARE = 0.01
"""An import of a smaller part of the table is left to autovacuum, as one of a few rows is:
statistics keep the hundred listeners with the most rows, and expect the same few of
everybody else."""

_KNOWN_ROWS = text("SELECT reltuples FROM pg_class WHERE oid = 'listen'::regclass")

# In its own transactions, behind that of the import: inside it each table would be locked
# until its end, and imports of others would wait for one another. It looks at 30,000 rows
# of a table however large that is. A table that is being vacuumed or analysed is left:
# autovacuum gives up its work for those who wait, and plans are sound without statistics,
# too (`JOIN_BY_HASH`).
_ANALYSE = text(
    "ANALYZE (SKIP_LOCKED) listen, also_logged, recording, spelling, track, album, artist"
)

log = structlog.get_logger()


async def note_import(database: Database, stored: int) -> None:
    """Have the planner learn of a listener who has just got `stored` new listens.

    Else it would not before autovacuum comes by, and not at all where the listener's rows
    are less than the tenth of the table that brings it. Where the database is away this
    is left undone: the import has been stored.
    """
    if stored < FEWEST_ROWS:
        return
    try:
        async with database.autocommit() as session:
            known = await session.scalar(_KNOWN_ROWS) or 0.0
            if stored >= LEAST_SHARE * known:
                await session.execute(_ANALYSE)
    except MAY_BE_LOST as error:
        if not is_lost_connection(error):
            raise
        log.warning("import.not_analysed", error=type(error).__name__)
