"""Endpoints of ListenBrainz: submissions, feedback, removals and the state of imports."""

import asyncio
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from unwrapped.core.exceptions import Invalid
from unwrapped.core.http.state import state_of
from unwrapped.music.scrobbles.client_listens import HeardService, msid_of
from unwrapped.music.scrobbles.feedback import FeedbackService
from unwrapped.music.scrobbles.holders import WrongToken
from unwrapped.music.scrobbles.latest_imports import ImportedUntil
from unwrapped.music.scrobbles.listenbrainz.answers import Answer, Empty
from unwrapped.music.scrobbles.listenbrainz.dependencies import (
    NotedRoute,
    Reader,
    Submitter,
    holder_of,
    token_of,
)
from unwrapped.music.scrobbles.listenbrainz.reading_back import router as reading_router
from unwrapped.music.scrobbles.listenbrainz.stats import router as stats_router
from unwrapped.music.scrobbles.listenbrainz.submission import (
    BadSubmission,
    parse_submission,
    read_object,
)
from unwrapped.music.scrobbles.request_handling import (
    body_turn,
    play,
    session_of,
    submit,
)
from unwrapped.music.scrobbles.service import scrobble_service
from unwrapped.music.scrobbles.settings import ScrobbleSettings

AT_ONCE_BYTES = 64 * 1024
"""A larger body is parsed in a thread."""

SCORES = (-1, 0, 1)

router = APIRouter(route_class=NotedRoute)


class NoTokenGiven(Invalid):
    """A request to validate a token contains no token."""

    code = "no_token_given"

    def __init__(self) -> None:
        super().__init__("You need to provide an Authorization token.")


@router.get("/validate-token")
async def validate_token(request: Request) -> Response:
    token = request.query_params.get("token")
    if token is None:
        if "authorization" not in request.headers:
            raise NoTokenGiven
        token = token_of(request)
    try:
        holder = await holder_of(request, token)
    except WrongToken:
        return Answer({"code": 200, "message": "Token invalid.", "valid": False})
    return Answer(
        {
            "code": 200,
            "message": "Token valid.",
            "valid": True,
            "user_name": holder.username,
        }
    )


@router.post("/submit-listens")
async def submit_listens(request: Request, holder: Submitter) -> Response:
    async with body_turn(request, holder):
        body = await request.body()
        if len(body) > AT_ONCE_BYTES:
            submission = await asyncio.to_thread(parse_submission, body)
        else:
            submission = parse_submission(body)
        if submission.listens:
            await submit(request, holder, submission.listens)
    answer = {"status": "ok"}
    if (playing := submission.playing) is not None:
        await play(request, holder, playing)
        if request.query_params.get("return_msid"):
            answer["recording_msid"] = str(msid_of(playing.artist, playing.title))
    return Answer(answer)


@router.post("/playing-now/delete")
async def delete_playing_now(request: Request, holder: Submitter) -> Response:
    async with session_of(request, holder) as session:
        service = scrobble_service(session, state_of(request).resources)
        await service.stop_playing(holder.user_id)
    return Answer({"status": "ok"})


@router.post("/delete-listen")
async def delete_listen(request: Request, holder: Reader) -> Response:
    document = read_object(await request.body())
    if "listened_at" not in document:
        raise BadSubmission("Listen timestamp missing.")
    if "recording_msid" not in document:
        raise BadSubmission("Recording MSID missing.")
    listened_at, msid = document["listened_at"], document["recording_msid"]
    try:
        moment = int(listened_at) if isinstance(listened_at, int | float | str) else 0
    except (ValueError, OverflowError) as error:
        raise BadSubmission("Listen timestamp missing.") from error
    track = _uuid(msid, f"{msid}: Recording MSID format invalid.")
    async with session_of(request, holder) as session:
        await HeardService(session).delete(holder.user_id, moment, track)
    return Answer({"status": "ok"})


@router.post("/feedback/recording-feedback")
async def give_feedback(request: Request, holder: Reader) -> Response:
    document = read_object(await request.body())
    score = document.get("score")
    if isinstance(score, bool) or score not in SCORES:
        raise BadSubmission("Feedback can have a value of 1, 0 or -1.")
    msid, mbid = document.get("recording_msid"), document.get("recording_mbid")
    if not (msid or mbid):
        raise BadSubmission(
            "JSON document must contain either recording_msid or recording_mbid"
        )
    settings = state_of(request).resources.settings_of(ScrobbleSettings)
    async with session_of(request, holder) as session:
        feedback = FeedbackService(session, settings)
        if mbid:
            track = _uuid(mbid, f"{mbid}: Recording MBID format invalid.")
            await feedback.give_by_mbid(holder.user_id, track, int(score))
        else:
            track = _uuid(msid, f"{msid}: Recording MSID format invalid.")
            await feedback.give_by_msid(holder.user_id, track, int(score))
    return Answer({"status": "ok"})


@router.get("/latest-import")
async def read_latest_import(request: Request, holder: Reader) -> Response:
    service = ImportedUntil.service_of(request.query_params.get("service"))
    async with session_of(request, holder) as session:
        until = await ImportedUntil(session).read(holder.user_id, service)
    return Answer(
        {
            "musicbrainz_id": holder.username,
            "latest_import": until,
            "status": None,
            "error": None,
        }
    )


@router.post("/latest-import")
async def raise_latest_import(request: Request, holder: Submitter) -> Response:
    document = read_object(await request.body())
    service = ImportedUntil.service_of(document.get("service"))
    until = document.get("ts")
    if isinstance(until, bool) or not isinstance(until, int):
        raise BadSubmission("Invalid data sent")
    async with session_of(request, holder) as session:
        await ImportedUntil(session).raise_to(holder.user_id, service, until)
    return Answer({"status": "ok"})


router.routes.extend((*reading_router.routes, *stats_router.routes))


# Any other request is answered with 404, even if its path exists: clients handle that.
@router.api_route(
    "/{path:path}", methods=["OPTIONS", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
)
async def allow_any_origin(request: Request, path: str) -> Response:
    if request.method != "OPTIONS":
        raise HTTPException(HTTPStatus.NOT_FOUND, "Not Found")
    return Empty()


def _uuid(value: object, message: str) -> UUID:
    try:
        return UUID(str(value))
    except ValueError as error:
        raise BadSubmission(message) from error
