"""Which stored listens are shadowed, as SQL on one listener's rows.

The same rule as `shadows.mark_shadowed`, which a property test compares it with. It is
applied to all rows of the poorer logs: a new spelling reaches back over the years.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.music.history.shadows import (
    AFTER_END,
    CUT_ENDS,
    EXACT_ENDS,
    HALF_MILLISECOND,
    LONGEST_MS,
    NEAR_ENDS,
    REACH,
    UNKNOWN_MS,
)
from unwrapped.music.store.models import LOG_CODES
from unwrapped.music.store.statements import of_listener

POORER = [LOG_CODES[name] for name in (*CUT_ENDS, *NEAR_ENDS)]
"""The logs whose rows may be shadowed."""

_MARK = of_listener("""
WITH poorer AS MATERIALIZED (
    SELECT ctid AS place, source, logged_at, recording_id, spelling_id, ms_played
    FROM listen WHERE user_id = :user_id AND source = ANY(:poorer)
), of_cut_ends AS MATERIALIZED (
    SELECT place, date_trunc('minute', logged_at, 'UTC') AS minute,
        artist_key, title_key
    FROM poorer JOIN spelling ON spelling.user_id = :user_id
        AND spelling.recording_id = poorer.recording_id AND spelling.id = spelling_id
    WHERE source = ANY(:cut_ends)
), exact_ends AS MATERIALIZED (
    SELECT DISTINCT date_trunc('minute', logged_at, 'UTC') AS minute,
        artist_key, title_key
    FROM listen JOIN spelling ON spelling.user_id = :user_id
        AND spelling.recording_id = listen.recording_id
    WHERE listen.user_id = :user_id AND source = ANY(:exact_ends)
    AND logged_at >= (SELECT min(minute) FROM of_cut_ends)
    AND logged_at < (SELECT max(minute) FROM of_cut_ends) + interval '1 minute'
), near AS MATERIALIZED (
    SELECT place, logged_at, recording_id, date_bin(:reach, logged_at, 'epoch') AS span
    FROM poorer WHERE source = ANY(:near_ends)
), of_near_ends AS (
    SELECT place, logged_at, artist_key, title_key,
        unnest(ARRAY[span, span - :reach]) AS span
    FROM near JOIN spelling ON spelling.user_id = :user_id
        AND spelling.recording_id = near.recording_id
), richer AS (
    SELECT recording_id, ms_played, logged_at AS earliest, logged_at AS latest
    FROM listen WHERE user_id = :user_id AND source = ANY(:exact_ends)
    AND logged_at >= (SELECT min(logged_at) FROM near) - :reach
    AND logged_at <= (SELECT max(logged_at) FROM near) + :reach
    UNION ALL
    SELECT recording_id, ms_played, date_trunc('minute', logged_at, 'UTC'),
        date_trunc('minute', logged_at, 'UTC') + interval '1 minute'
    FROM poorer WHERE source = ANY(:cut_ends) AND EXISTS (SELECT FROM near)
), moments AS (
    SELECT recording_id, latest + :after_end AS last, earliest - :half_millisecond
        * least(coalesce(ms_played, :unknown_ms), :longest_ms) AS first
    FROM richer
), meant AS (
    SELECT DISTINCT artist_key, title_key, first, last,
        date_bin(:reach, first, 'epoch') AS span
    FROM moments JOIN spelling ON spelling.user_id = :user_id
        AND spelling.recording_id = moments.recording_id
), judged AS (
    SELECT place, exact_ends.minute IS NOT NULL AS shadowed
    FROM of_cut_ends LEFT JOIN exact_ends USING (minute, artist_key, title_key)
    UNION ALL
    SELECT place, bool_or(coalesce(logged_at BETWEEN first AND last, false))
    FROM of_near_ends LEFT JOIN meant USING (span, artist_key, title_key)
    GROUP BY place
)
UPDATE listen SET shadowed = judged.shadowed FROM judged
WHERE listen.user_id = :user_id AND listen.ctid = judged.place
AND listen.shadowed <> judged.shadowed
""").bindparams(
    poorer=POORER,
    exact_ends=[LOG_CODES[name] for name in EXACT_ENDS],
    cut_ends=[LOG_CODES[name] for name in CUT_ENDS],
    near_ends=[LOG_CODES[name] for name in NEAR_ENDS],
    reach=REACH,
    after_end=AFTER_END,
    half_millisecond=HALF_MILLISECOND,
    unknown_ms=UNKNOWN_MS,
    longest_ms=LONGEST_MS,
)


async def mark_stored(session: AsyncSession, user_id: int) -> None:
    """Bring the marks of a listener's rows in line with the rows that are there."""
    await session.execute(_MARK, {"user_id": user_id})
