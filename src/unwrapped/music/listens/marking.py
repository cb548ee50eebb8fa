"""Which stored listens are shadowed, as SQL on one listener's rows.

The same rule as `shadows.mark_shadowed`, which a property test compares it with. It is
applied to all rows of the poorer source: a new spelling reaches back over the years.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.music.listens.models import SOURCE_CODES
from unwrapped.music.listens.shadows import POORER, RICHER
from unwrapped.music.listens.statements import of_listener

_MARK = of_listener("""
WITH poorer AS MATERIALIZED (
    SELECT listen.ctid AS place, date_trunc('minute', logged_at, 'UTC') AS minute,
        artist_key, title_key
    FROM listen JOIN spelling ON spelling.user_id = :user_id
        AND spelling.recording_id = listen.recording_id AND spelling.id = spelling_id
    WHERE listen.user_id = :user_id AND source = :poorer
), richer AS MATERIALIZED (
    SELECT DISTINCT date_trunc('minute', logged_at, 'UTC') AS minute,
        artist_key, title_key
    FROM listen JOIN spelling ON spelling.user_id = :user_id
        AND spelling.recording_id = listen.recording_id
    WHERE listen.user_id = :user_id AND source = :richer
    AND logged_at >= (SELECT min(minute) FROM poorer)
    AND logged_at < (SELECT max(minute) FROM poorer) + interval '1 minute'
), judged AS (
    SELECT place, richer.minute IS NOT NULL AS shadowed
    FROM poorer LEFT JOIN richer USING (minute, artist_key, title_key)
)
UPDATE listen SET shadowed = judged.shadowed FROM judged
WHERE listen.user_id = :user_id AND listen.ctid = judged.place
AND listen.shadowed <> judged.shadowed
""")


async def mark_stored(session: AsyncSession, user_id: int) -> None:
    """Bring the marks of a listener's rows in line with the rows that are there."""
    await session.execute(
        _MARK,
        {
            "user_id": user_id,
            "poorer": SOURCE_CODES[POORER],
            "richer": SOURCE_CODES[RICHER],
        },
    )
