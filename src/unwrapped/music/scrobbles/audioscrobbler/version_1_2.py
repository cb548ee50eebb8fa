"""Audioscrobbler 1.2: answers the handshake and submissions, as text."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from unwrapped.core.http.own_addresses import own_address
from unwrapped.music.scrobbles.audioscrobbler.call import Call
from unwrapped.music.scrobbles.audioscrobbler.plays import (
    MOST_PLAYS,
    read_lettered_plays,
    read_letters,
    summed_up,
)
from unwrapped.music.scrobbles.audioscrobbler.version_1_2_messages import (
    FURTHEST_SECONDS,
    OK,
    PROTOCOLS,
    Handshake,
    Word,
    failed,
    is_handshake,
    key_and_client,
    opened,
    session_with_client,
)
from unwrapped.music.scrobbles.holders import Holder, WrongToken
from unwrapped.music.scrobbles.models import SessionKind
from unwrapped.music.scrobbles.request_handling import play, submit

PREFIX = "/apis/audioscrobbler/1.2"

type Asked = Callable[[Call], Awaitable[str]]


async def shake_hands(call: Call) -> str:
    """Open a session for a client that proves that it knows a token."""
    if not is_handshake(call.parameters):
        return failed("A client has to begin with a handshake (hs=true).")
    handshake = Handshake.read(call.parameters)
    if handshake.protocol not in PROTOCOLS:
        return failed(
            f"This server supports the protocols {' and '.join(sorted(PROTOCOLS))} only."
        )
    try:
        holder = await _proved(call, handshake)
    except WrongToken:
        return Word.BADAUTH.answer
    now = datetime.now(UTC).timestamp()
    if not handshake.is_in_time(now):
        call.reason = (
            f"The clock of the client differs from the server's by more than"
            f" {FURTHEST_SECONDS} seconds."
        )
        return Word.BADTIME.answer
    key = await call.open_session(holder, SessionKind.HANDSHAKE)
    session = session_with_client(key, handshake.client)
    return opened(session, f"{own_address(call.request)}{PREFIX}")


async def say_now_playing(call: Call) -> str:
    """Store the track that is playing."""
    try:
        holder = await _submitting(call)
    except WrongToken:
        return Word.BADSESSION.answer
    given = read_letters(call.parameters)
    ignored = given.nameless()
    call.reason = summed_up([ignored])
    if ignored is None:
        await play(call.request, holder, given.playing())
    return OK


async def submit_plays(call: Call) -> str:
    """Store plays.

    The answer is "OK" even if some plays are not accepted: otherwise a client would repeat
    them forever, and send no later ones.
    """
    try:
        holder = await _submitting(call)
    except WrongToken:
        return Word.BADSESSION.answer
    plays = read_lettered_plays(call.parameters)
    if len(plays) > MOST_PLAYS:
        call.reason = f"At most {MOST_PLAYS} plays can be sent at once."
        return failed(call.reason)
    now = datetime.now(UTC)
    judged = [(given, given.ignored(now)) for given in plays]
    call.reason = summed_up(ignored for _, ignored in judged)
    _, client = key_and_client(call.parameters.get("s"))
    taken = [given.scrobble(client) for given, ignored in judged if ignored is None]
    await submit(call.request, holder, taken)
    return OK


async def _proved(call: Call, handshake: Handshake) -> Holder:
    """The holder of the token that the client proves to know. Raises `WrongToken`."""
    if handshake.session_key:
        return await call.identify_by_key(handshake.session_key)
    return await call.identify(
        lambda lookup: lookup.by_proof(handshake.user, handshake.proves)
    )


async def _submitting(call: Call) -> Holder:
    """The holder of the session of a submission. Raises `WrongToken`."""
    key, _ = key_and_client(call.parameters.get("s"))
    return await call.identify(
        lambda lookup: lookup.by_session(key, SessionKind.HANDSHAKE)
    )
