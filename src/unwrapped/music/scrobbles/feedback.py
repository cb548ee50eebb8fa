"""The tracks that a listener loves or hates, as reported by clients."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.core.exceptions import Invalid
from unwrapped.core.postgres.advisory_locks import take_lock
from unwrapped.music.scrobbles.client_listens import msid_of
from unwrapped.music.scrobbles.models import NowPlaying, RecordingMbid, TrackFeedback
from unwrapped.music.scrobbles.settings import ScrobbleSettings
from unwrapped.music.sources.spellings import safe_text, shorten

LOVED, HATED = 1, -1


class TooMuchFeedback(Invalid):
    """The listener loves or hates the most tracks that one listener may."""

    code = "too_much_feedback"

    def __init__(self, most: int) -> None:
        super().__init__(
            f"You love or hate {most:,} tracks already, which is the most allowed."
        )


@dataclass(frozen=True, slots=True)
class Feedback:
    """A listener's feedback on a track, with the names of the track if they are known."""

    msid: UUID
    score: int
    artist: str | None
    title: str | None
    given_at: datetime


class FeedbackService:
    """Stores and reads the feedback of listeners."""

    def __init__(self, session: AsyncSession, settings: ScrobbleSettings) -> None:
        self._session = session
        self._most = settings.track_feedback_per_user

    async def give(self, user_id: int, artist: str, title: str, score: int) -> None:
        """Store that a listener loves (1) or hates (-1) a track; 0 deletes the feedback.

        Raises `TooMuchFeedback`.
        """
        names = (shorten(safe_text(artist)), shorten(safe_text(title)))
        await self._store(user_id, msid_of(artist, title), score, *names)

    async def give_by_msid(self, user_id: int, msid: UUID, score: int) -> None:
        """Like `give`, for a track that a client names by the id of `msid_of`.

        The names are stored only if that track is playing.
        """
        playing = await self._session.get(NowPlaying, user_id)
        names: tuple[str | None, str | None] = None, None
        if playing is not None and msid_of(playing.artist, playing.title) == msid:
            names = playing.artist, playing.title
        await self._store(user_id, msid, score, *names)

    async def give_by_mbid(self, user_id: int, mbid: UUID, score: int) -> None:
        """Like `give`, for a track that a client names by its MusicBrainz id.

        The names are those that a client sent with this id earlier; if none did, only the
        id is stored.
        """
        known = await self._session.get(RecordingMbid, (user_id, mbid))
        if known is None:
            await self._store(user_id, mbid, score, None, None)
        else:
            await self.give(user_id, known.artist, known.title, score)

    async def given(
        self, user_id: int, limit: int, offset: int = 0, score: int | None = None
    ) -> tuple[Sequence[Feedback], int]:
        """A page of feedback, the latest first, and the number of all of it.

        With `score`, only feedback with this score.
        """
        wanted = [col(TrackFeedback.user_id) == user_id]
        if score is not None:
            wanted.append(col(TrackFeedback.score) == score)
        rows = await self._session.scalars(
            select(TrackFeedback)
            .where(*wanted)
            .order_by(col(TrackFeedback.updated_at).desc(), col(TrackFeedback.msid))
            .limit(limit)
            .offset(offset)
        )
        count = select(func.count()).select_from(TrackFeedback).where(*wanted)
        given = [
            Feedback(row.msid, row.score, row.artist, row.title, row.updated_at)
            for row in rows
        ]
        return given, await self._session.scalar(count) or 0

    async def loved(self, user_id: int, msids: Sequence[UUID]) -> set[UUID]:
        """Those of the given tracks that the listener loves."""
        found = await self._session.scalars(
            select(col(TrackFeedback.msid)).where(
                col(TrackFeedback.user_id) == user_id,
                col(TrackFeedback.score) == LOVED,
                col(TrackFeedback.msid).in_(msids),
            )
        )
        return set(found)

    async def _store(
        self,
        user_id: int,
        msid: UUID,
        score: int,
        artist: str | None,
        title: str | None,
    ) -> None:
        mine = col(TrackFeedback.user_id) == user_id
        if not score:
            await self._session.execute(
                delete(TrackFeedback).where(mine, col(TrackFeedback.msid) == msid)
            )
            return
        await take_lock(self._session, "track_feedback", user_id)
        others = (mine, col(TrackFeedback.msid) != msid)
        count = select(func.count()).select_from(TrackFeedback).where(*others)
        if (await self._session.scalar(count) or 0) >= self._most:
            raise TooMuchFeedback(self._most)
        given = insert(TrackFeedback).values(
            user_id=user_id, msid=msid, score=score, artist=artist, title=title
        )
        await self._session.execute(
            given.on_conflict_do_update(
                index_elements=["user_id", "msid"],
                set_={
                    "score": score,
                    "updated_at": func.now(),
                    "artist": func.coalesce(
                        given.excluded.artist, col(TrackFeedback.artist)
                    ),
                    "title": func.coalesce(
                        given.excluded.title, col(TrackFeedback.title)
                    ),
                },
            )
        )
