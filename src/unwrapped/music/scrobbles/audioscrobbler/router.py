"""The routers of both dialects, and the functions that answer their requests."""

from fastapi import APIRouter, Request, Response

from unwrapped.core.exceptions import AppException
from unwrapped.music.scrobbles.audioscrobbler.call import Call
from unwrapped.music.scrobbles.audioscrobbler.errors import Fault, Refusal
from unwrapped.music.scrobbles.audioscrobbler.methods.registry import METHODS
from unwrapped.music.scrobbles.audioscrobbler.parameters import (
    Parameters,
    TooManyFields,
    read_parameters,
)
from unwrapped.music.scrobbles.audioscrobbler.rendering import Answer
from unwrapped.music.scrobbles.audioscrobbler.responding import (
    PREFLIGHT,
    refuse,
    respond,
    text,
    wants_json,
)
from unwrapped.music.scrobbles.audioscrobbler.version_1_2 import (
    Asked,
    say_now_playing,
    shake_hands,
    submit_plays,
)
from unwrapped.music.scrobbles.audioscrobbler.version_1_2_messages import (
    NOW_PLAYING,
    SUBMISSION,
    failed,
)
from unwrapped.music.scrobbles.holders import note_request


def methods_router() -> APIRouter:
    """Return the router of Audioscrobbler 2.0, which has one address for all methods."""
    router = APIRouter()
    router.add_api_route("", answer_method, methods=["GET", "POST"])
    router.add_api_route("", answer_preflight, methods=["OPTIONS"])
    return router


def submissions_router() -> APIRouter:
    """Return the router of Audioscrobbler 1.2."""
    router = APIRouter()
    router.add_api_route("", answer_handshake, methods=["GET", "POST"])
    router.add_api_route(NOW_PLAYING, answer_now_playing, methods=["POST"])
    router.add_api_route(SUBMISSION, answer_submission, methods=["POST"])
    return router


async def answer_preflight() -> Response:
    """Answer a CORS preflight: any origin is allowed."""
    return Response(status_code=204, headers=PREFLIGHT)


async def answer_method(request: Request) -> Response:
    """Call a method of Audioscrobbler 2.0, and return its answer."""
    parameters = await _parameters(request)
    if parameters is None:
        return refuse(Fault.PARAMETERS, "Too many parameters", in_json=False)
    in_json = wants_json(request, parameters)
    call = Call(request, parameters)
    name = parameters.get("method").lower()
    try:
        answer = await _called(call, name)
    except Refusal as refusal:
        await _note(call, name, f"error {refusal.fault.code}", refusal.words)
        return refuse(refusal.fault, refusal.words, in_json=in_json)
    except AppException as error:
        await _note(call, name, f"error {Fault.UNAVAILABLE.code}", error.message)
        raise
    await _note(call, name, "ok", call.reason)
    return respond(answer, in_json=in_json)


async def answer_handshake(request: Request) -> Response:
    """Open a session of Audioscrobbler 1.2."""
    return await _answer_text(request, shake_hands)


async def answer_now_playing(request: Request) -> Response:
    """Store the track that is playing."""
    return await _answer_text(request, say_now_playing)


async def answer_submission(request: Request) -> Response:
    """Store plays."""
    return await _answer_text(request, submit_plays)


async def _called(call: Call, name: str) -> Answer:
    """Call a method by its name. Raises `Refusal`."""
    method = METHODS.get(name)
    if method is None:
        raise Refusal(Fault.METHOD)
    return await method(call)


async def _answer_text(request: Request, asked: Asked) -> Response:
    parameters = await _parameters(request)
    if parameters is None:
        return text(failed("Too many parameters."))
    call = Call(request, parameters)
    try:
        answer = await asked(call)
    except AppException as error:
        await _note(call, "", "FAILED", error.message)
        raise
    await _note(call, "", answer.partition("\n")[0], call.reason)
    return text(answer)


async def _parameters(request: Request) -> Parameters | None:
    """The parameters of a request; None if there are too many."""
    try:
        return read_parameters(request.scope["query_string"], await request.body())
    except TooManyFields:
        return None


async def _note(call: Call, name: str, answer: str, reason: str | None) -> None:
    """Store the outcome of the request for the token's owner."""
    if call.known is None:
        return
    request = f"{call.request.method} {call.request.url.path} {name}".rstrip()
    await note_request(call.resources, call.known, request, answer, reason)
