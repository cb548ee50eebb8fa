"""Reads the keys of all spellings of recordings with a URI."""

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.music.store.listener_sql import run

type SpellingKeys = tuple[int, str, str, str | None]
"""The number of a recording, and the keys of artist, title and album of a spelling."""

# By primary keys, independent of the planner's statistics.
_RESPELLED = """SELECT spelling.recording_id, artist_key, title_key, album_key
FROM unnest(CAST(:recordings AS integer[])) AS wanted (id)
JOIN LATERAL (SELECT identity FROM recording WHERE user_id = :user_id
    AND id = wanted.id LIMIT 1) AS recording ON true
JOIN LATERAL (SELECT recording_id, artist_key, title_key, album_key FROM spelling
    WHERE user_id = :user_id AND recording_id = wanted.id OFFSET 0) AS spelling ON true
WHERE identity <> artist_key || chr(31) || title_key"""


async def read_spelling_keys(
    session: AsyncSession, user_id: int, recordings: Iterable[int]
) -> list[SpellingKeys]:
    """The keys of all spellings of these recordings, except recordings without a URI:
    the keys of their shown names suffice.
    """
    rows = await run(session, user_id, _RESPELLED, recordings=list(recordings))
    return [
        (row.recording_id, row.artist_key, row.title_key, row.album_key) for row in rows
    ]
