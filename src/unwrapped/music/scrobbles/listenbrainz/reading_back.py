"""Endpoints of ListenBrainz that read the listens and the feedback of the token's holder."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from unwrapped.core.http.state import state_of
from unwrapped.music.scrobbles.client_listens import (
    Heard,
    HeardService,
    msid_of,
    totals,
)
from unwrapped.music.scrobbles.feedback import Feedback, FeedbackService
from unwrapped.music.scrobbles.holders import Holder
from unwrapped.music.scrobbles.listenbrainz.answers import Answer
from unwrapped.music.scrobbles.listenbrainz.dependencies import NamedReader, NotedRoute
from unwrapped.music.scrobbles.listenbrainz.parameters import count, integer, offset
from unwrapped.music.scrobbles.listenbrainz.submission import BadSubmission
from unwrapped.music.scrobbles.request_handling import session_of
from unwrapped.music.scrobbles.service import scrobble_service
from unwrapped.music.scrobbles.settings import ScrobbleSettings
from unwrapped.shared.zones import parse_zone

MOST_LISTENS = 1_000
MOST_FEEDBACK = 1_000

router = APIRouter(route_class=NotedRoute)


@router.get("/user/{name}/listens")
async def read_listens(request: Request, reader: NamedReader) -> Response:
    before, after = integer(request, "max_ts"), integer(request, "min_ts")
    if before is not None and after is not None and before <= after:
        raise BadSubmission("max_ts should be greater than min_ts")
    wanted = count(request, MOST_LISTENS)
    async with session_of(request, reader) as session:
        service, user_id = HeardService(session), reader.user_id
        # With a lower bound alone, the client asks for the first listens after it.
        follows = before is None and after is not None
        found = await service.between(
            user_id, wanted, after=after, before=before, oldest_first=follows
        )
        first = await service.between(user_id, 1, oldest_first=True)
        last = await service.between(user_id, 1)
    found = found[::-1] if follows else found
    payload = {
        "count": len(found),
        "user_id": reader.username,
        "latest_listen_ts": last[0].listened_at if last else 0,
        "oldest_listen_ts": first[0].listened_at if first else 0,
        "listens": [_listen(one, reader) for one in found],
    }
    return Answer({"payload": payload})


@router.get("/user/{name}/listen-count")
async def count_listens(request: Request, reader: NamedReader) -> Response:
    async with session_of(request, reader) as session:
        zone = parse_zone(reader.time_zone)
        resources = state_of(request).resources
        amounts = await totals(session, resources, reader.user_id, zone)
    return Answer({"payload": {"count": amounts.listens}})


@router.get("/user/{name}/playing-now")
async def read_playing(request: Request, reader: NamedReader) -> Response:
    async with session_of(request, reader) as session:
        service = scrobble_service(session, state_of(request).resources)
        playing = await service.playing(reader.user_id)
    listens = []
    if playing is not None:
        metadata = _metadata(
            playing.artist, playing.title, playing.album, playing.length_ms
        )
        listens.append(
            {
                "track_metadata": metadata,
                "user_name": reader.username,
                "playing_now": True,
            }
        )
    payload = {
        "count": len(listens),
        "user_id": reader.username,
        "playing_now": True,
        "listens": listens,
    }
    return Answer({"payload": payload})


@router.get("/feedback/user/{name}/get-feedback")
async def read_feedback(request: Request, reader: NamedReader) -> Response:
    score = integer(request, "score")
    if score not in (None, 1, -1):
        raise BadSubmission("Score can have a value of 1 or -1.")
    settings = state_of(request).resources.settings_of(ScrobbleSettings)
    skipped = offset(request, settings.track_feedback_per_user)
    async with session_of(request, reader) as session:
        given, total = await FeedbackService(session, settings).given(
            reader.user_id, count(request, MOST_FEEDBACK), skipped, score
        )
    feedback = [_feedback(one, reader) for one in given]
    return Answer(
        {
            "feedback": feedback,
            "count": len(feedback),
            "total_count": total,
            "offset": skipped,
        }
    )


def _listen(heard: Heard, reader: Holder) -> dict[str, object]:
    return {
        "listened_at": heard.listened_at,
        "inserted_at": heard.listened_at,
        "recording_msid": str(heard.msid),
        "user_name": reader.username,
        "track_metadata": _metadata(
            heard.artist, heard.title, heard.album, heard.length_ms, heard.msid
        ),
    }


def _metadata(
    artist: str,
    title: str,
    album: str | None,
    length_ms: int | None,
    msid: UUID | None = None,
) -> dict[str, object]:
    info: dict[str, object] = {"recording_msid": str(msid or msid_of(artist, title))}
    if length_ms is not None:
        info["duration_ms"] = length_ms
    metadata: dict[str, object] = {
        "artist_name": artist,
        "track_name": title,
        "additional_info": info,
    }
    return metadata if album is None else {**metadata, "release_name": album}


def _feedback(given: Feedback, reader: Holder) -> dict[str, object]:
    known = None
    if given.artist is not None and given.title is not None:
        known = {"artist_name": given.artist, "track_name": given.title}
    return {
        "user_id": reader.username,
        "recording_msid": str(given.msid),
        "recording_mbid": None,
        "score": given.score,
        "created": int(given.given_at.timestamp()),
        "track_metadata": known,
    }
