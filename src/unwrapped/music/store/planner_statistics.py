"""Updates the planner's statistics after an import."""

import structlog
from sqlalchemy import text

from unwrapped.core.database import MAY_BE_LOST, Database, is_lost_connection

FEWEST_ROWS = 1_000
"""The number of new rows from which the statistics are updated, not left to autovacuum."""

LEAST_SHARE = 0.01
"""The share of the table from which an import updates the statistics: they list only the
hundred listeners with the most rows, and expect an equal number for each other one.
"""

_KNOWN_ROWS = text("SELECT reltuples FROM pg_class WHERE oid = 'listen'::regclass")

# Not in the import's transaction, which would lock each table until its end and make
# other imports wait. ANALYZE samples 30,000 rows of a table of any size. A table that is
# being vacuumed or analysed is skipped: autovacuum would abort its work for a waiting
# session, and plans are acceptable without statistics, too (`JOIN_BY_HASH`).
_ANALYSE = text(
    "ANALYZE (SKIP_LOCKED) listen, also_logged, recording, spelling, track, album, artist"
)

log = structlog.get_logger()


async def note_import(database: Database, stored: int) -> None:
    """Update the planner's statistics for a listener with `stored` new listens.

    Autovacuum would do so later, or not at all: it waits until a tenth of the table has
    changed. A lost connection is only logged, since the import has been stored.
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
