"""Under which names recordings count and are shown, as SQL on one listener's rows.

The same rule as `tracks.name_tracks`, which a property test compares it with: every
recording goes by its latest spelling, and of names that differ in spelling alone the
latest is shown for all. Strings are ordered by code point, as there.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.music.store.statements import NEXT_ID, add_rows, run_all

_LATEST_FIRST = """last_logged DESC, artist COLLATE "C", title COLLATE "C",
    album COLLATE "C" NULLS LAST"""

_FIND_NAMES = (
    f"""CREATE TEMPORARY TABLE named ON COMMIT DROP AS
    SELECT DISTINCT ON (recording_id) recording_id, artist, artist_key, title,
        title_key, album, album_key, last_logged
    FROM spelling WHERE user_id = :user_id
    ORDER BY recording_id, {_LATEST_FIRST}""",
    f"""CREATE TEMPORARY TABLE named_artist ON COMMIT DROP AS
    SELECT DISTINCT ON (artist_key) artist_key AS key, artist AS name
    FROM named ORDER BY artist_key, {_LATEST_FIRST}""",
    f"""CREATE TEMPORARY TABLE named_track ON COMMIT DROP AS
    SELECT DISTINCT ON (artist_key, title_key) artist_key, title_key AS key, title
    FROM named ORDER BY artist_key, title_key, {_LATEST_FIRST}""",
    f"""CREATE TEMPORARY TABLE named_album ON COMMIT DROP AS
    SELECT DISTINCT ON (artist_key, album_key) artist_key, album_key AS key, album
    FROM named WHERE album_key IS NOT NULL
    ORDER BY artist_key, album_key, {_LATEST_FIRST}""",
)

_NEW_ARTISTS = f"""INSERT INTO artist (user_id, id, key, name)
    SELECT :user_id, {NEXT_ID.format(table="artist")}, key, name FROM named_artist AS new
    WHERE NOT EXISTS (
        SELECT FROM artist AS old WHERE old.user_id = :user_id AND old.key = new.key)"""

_NEW_TRACKS = f"""INSERT INTO track (user_id, id, artist_id, key, title)
    SELECT :user_id, {NEXT_ID.format(table="track")}, artist.id, new.key, new.title
    FROM named_track AS new
    JOIN artist ON artist.user_id = :user_id AND artist.key = new.artist_key
    WHERE NOT EXISTS (
        SELECT FROM track AS old WHERE old.user_id = :user_id
        AND old.artist_id = artist.id AND old.key = new.key)"""

_APPLY_NAMES = (
    """UPDATE artist SET name = new.name FROM named_artist AS new
    WHERE user_id = :user_id AND artist.key = new.key AND artist.name <> new.name""",
    """UPDATE track SET title = new.title
    FROM named_track AS new
    JOIN artist ON artist.user_id = :user_id AND artist.key = new.artist_key
    WHERE track.user_id = :user_id AND track.artist_id = artist.id
    AND track.key = new.key AND track.title <> new.title""",
    """UPDATE recording SET track_id = track.id, album = named_album.album
    FROM named
    JOIN artist ON artist.user_id = :user_id AND artist.key = named.artist_key
    JOIN track ON track.user_id = :user_id AND track.artist_id = artist.id
        AND track.key = named.title_key
    LEFT JOIN named_album ON named_album.artist_key = named.artist_key
        AND named_album.key = named.album_key
    WHERE recording.user_id = :user_id AND recording.id = named.recording_id
    AND (recording.track_id, recording.album)
        IS DISTINCT FROM (track.id, named_album.album)""",
    """DELETE FROM track WHERE user_id = :user_id AND NOT EXISTS (
        SELECT FROM recording WHERE recording.user_id = :user_id
        AND recording.track_id = track.id)""",
    """DELETE FROM artist WHERE user_id = :user_id AND NOT EXISTS (
        SELECT FROM track WHERE track.user_id = :user_id AND track.artist_id = artist.id)""",
    "DROP TABLE named, named_artist, named_track, named_album",
)


async def name_recordings(session: AsyncSession, user_id: int) -> None:
    """Bring the dictionaries of a listener in line with the spellings in use."""
    await run_all(session, user_id, _FIND_NAMES)
    await add_rows(session, user_id, "artist", _NEW_ARTISTS)
    await add_rows(session, user_id, "track", _NEW_TRACKS)
    await run_all(session, user_id, _APPLY_NAMES)
