"""Statistics for the planner after an import."""

import structlog
from sqlalchemy import text

from unwrapped.core.database import MAY_BE_LOST, Database, is_lost_connection

FEWEST_ROWS = 1_000
"""Statistics of fewer new rows are left to autovacuum."""

LEAST_SHARE = 0.01
"""An import of a smaller part of the table is left to autovacuum: statistics list the
hundred listeners with the most rows, and expect an equal number for all others.
"""

_KNOWN_ROWS = text("SELECT reltuples FROM pg_class WHERE oid = 'listen'::regclass")

# In its own transactions, after that of the import, which would lock each table until
# its end and make other imports wait. It samples 30,000 rows of a table of any size. A
# table that is being vacuumed or analysed is skipped: autovacuum would abort its work
# for a waiting session, and plans are acceptable without statistics, too
# (`JOIN_BY_HASH`).
_ANALYSE = text(
    "ANALYZE (SKIP_LOCKED) listen, also_logged, recording, spelling, track, album, artist"
)

log = structlog.get_logger()


async def note_import(database: Database, stored: int) -> None:
    """Update the planner's statistics for a listener with `stored` new listens.

    Otherwise autovacuum would do so later, or not at all if the listener's rows are less
    than the tenth of the table that triggers it. Errors of a database that is away are
    ignored: the import has been stored.
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
