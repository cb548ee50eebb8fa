"""Storing what clients report with a token: listens, and the track that is playing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.core.database import count_changed
from unwrapped.core.process_resources import Resources
from unwrapped.music.scrobbles.holders import Holder
from unwrapped.music.scrobbles.inbox import Inbox
from unwrapped.music.scrobbles.models import NowPlaying, RecordingMbid
from unwrapped.music.scrobbles.playing_now import LONGEST_PLAYING, PLAYING, Playing
from unwrapped.music.scrobbles.schemas import NowPlayingRead
from unwrapped.music.scrobbles.settings import ScrobbleSettings
from unwrapped.music.sources.scrobble import Scrobble
from unwrapped.music.sources.spellings import safe_text, shorten


@dataclass(frozen=True, slots=True)
class Submitted:
    """The result of a submission. It is stored wholly when the transaction commits."""

    stored: int
    """The number of submitted listens, including those that are known already."""


class ScrobbleService:
    """Stores and reads what clients report, in a given transaction."""

    def __init__(self, session: AsyncSession, settings: ScrobbleSettings) -> None:
        self._session = session
        self._settings = settings

    async def submit(self, holder: Holder, scrobbles: Sequence[Scrobble]) -> Submitted:
        """Store listens in the inbox, from which a worker merges them within a second.

        Submitting the same listens again changes nothing. Their times must be valid
        (`bad_time`). Raises `InboxFull`.
        """
        clean = [_clean(one, holder.token_name) for one in scrobbles]
        if clean:
            most = self._settings.scrobbles_waiting_per_user
            await Inbox(self._session).store(holder.user_id, clean, most)
            await self._note_mbids(holder.user_id, clean)
        return Submitted(len(clean))

    async def play(self, holder: Holder, playing: Playing) -> None:
        """Store the track that is playing.

        Reporting the same track again changes nothing, not even the time of its end.
        """
        length = playing.length_ms
        lasts = PLAYING if length is None else timedelta(milliseconds=length)
        now = datetime.now(UTC)
        row = {
            "user_id": holder.user_id,
            "created_at": now,
            "artist": _name(playing.artist),
            "title": _name(playing.title),
            "album": _optional(playing.album),
            "length_ms": length,
            "client": _optional(playing.client) or holder.token_name,
            "expires_at": now + min(lasts, LONGEST_PLAYING),
        }
        statement = insert(NowPlaying).values(row)
        is_same = (
            (col(NowPlaying.artist) == row["artist"])
            & (col(NowPlaying.title) == row["title"])
            & (col(NowPlaying.expires_at) > now)
        )
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=["user_id"], set_=row, where=~is_same
            )
        )
        await self._note_mbids(holder.user_id, [playing])

    async def stop_playing(self, user_id: int) -> None:
        """Delete the track that is playing."""
        await self._session.execute(
            delete(NowPlaying).where(col(NowPlaying.user_id) == user_id)
        )

    async def playing(self, user_id: int) -> NowPlayingRead | None:
        """The track that is playing; None if there is none."""
        found = await self._session.scalar(
            select(NowPlaying).where(
                col(NowPlaying.user_id) == user_id,
                col(NowPlaying.expires_at) > func.clock_timestamp(),
            )
        )
        return None if found is None else NowPlayingRead.model_validate(found)

    async def _note_mbids(
        self, user_id: int, named: Sequence[Scrobble | Playing]
    ) -> None:
        """Store the names of MusicBrainz recordings, for feedback that has only an id."""
        names = {
            one.recording_mbid: (_name(one.artist), _name(one.title))
            for one in named
            if one.recording_mbid is not None
        }
        rows = [
            {"user_id": user_id, "mbid": UUID(mbid), "artist": artist, "title": title}
            for mbid, (artist, title) in names.items()
        ]
        if rows:
            await self._session.execute(
                insert(RecordingMbid).on_conflict_do_nothing(), rows
            )


def _clean(scrobble: Scrobble, token_name: str) -> Scrobble:
    """A scrobble ready to store, with safe texts of limited length and a client.

    A client that does not send its name gets the name of its token.
    """
    return msgspec.structs.replace(
        scrobble,
        artist=_name(scrobble.artist),
        title=_name(scrobble.title),
        album=_optional(scrobble.album),
        album_artist=_optional(scrobble.album_artist),
        client=_optional(scrobble.client) or token_name,
    )


def _name(name: str) -> str:
    return shorten(safe_text(name)) or ""


def _optional(name: str | None) -> str | None:
    return shorten(safe_text(name))


def scrobble_service(session: AsyncSession, resources: Resources) -> ScrobbleService:
    """Return the service for a transaction."""
    return ScrobbleService(session, resources.settings_of(ScrobbleSettings))


async def delete_past_playing(resources: Resources) -> int:
    """Delete tracks that are no longer playing; return the number of listeners."""
    over = col(NowPlaying.expires_at) <= func.clock_timestamp()
    async with resources.database.session() as session:
        return await count_changed(session, delete(NowPlaying).where(over))
