"""Audioscrobbler 1.2: what clients ask for, and the text that answers them."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from unwrapped.music.scrobbles.audioscrobbler.call import Call
from unwrapped.music.scrobbles.audioscrobbler.handshake import (
    FURTHEST_SECONDS,
    OK,
    PROTOCOLS,
    Handshake,
    Word,
    failed,
    opened,
)
from unwrapped.music.scrobbles.audioscrobbler.plays import (
    MOST_PLAYS,
    read_letters,
    read_lettered_plays,
    summed_up,
)
from unwrapped.music.scrobbles.holders import Holder, WrongToken
from unwrapped.music.scrobbles.models import SessionKind

type Request = Callable[[Call], Awaitable[str]]


async def shake_hands(call: Call) -> str:
    """Open a session."""
    handshake = Handshake.read(call.parameters)
    if handshake.protocol not in PROTOCOLS:
        return failed(f"This server speaks {' and '.join(sorted(PROTOCOLS))}.")
    try:
        call.holder = await _proved(call, handshake)
    except WrongToken:
        return Word.BADAUTH.answer
    now = datetime.now(UTC).timestamp()
    if not handshake.is_in_time(now):
        call.reason = (
            f"The clock of the client differs from the server's by more than"
            f" {FURTHEST_SECONDS} seconds."
        )
        return Word.BADTIME.answer
    key = await call.sessions.open(call.holder.token_id, SessionKind.HANDSHAKE)
    return opened(key, call.address)


async def say_now_playing(call: Call) -> str:
    """Store what plays now."""
    try:
        call.holder = await _submitting(call)
    except WrongToken:
        return Word.BADSESSION.answer
    given = read_letters(call.parameters)
    ignored = given.nameless()
    call.reason = summed_up([ignored])
    if ignored is None:
        await call.scrobbles.play(call.holder, given.playing())
    return OK


async def submit(call: Call) -> str:
    """Store plays. Those that cannot be taken are answered with "OK" as well: a client
    would send them again for ever, and nothing after them."""
    try:
        call.holder = await _submitting(call)
    except WrongToken:
        return Word.BADSESSION.answer
    plays = read_lettered_plays(call.parameters)
    if len(plays) > MOST_PLAYS:
        call.reason = f"At most {MOST_PLAYS} plays can be sent at once."
        return failed(call.reason)
    now = datetime.now(UTC)
    judged = [(given, given.ignored(now)) for given in plays]
    call.reason = summed_up(ignored for _, ignored in judged)
    taken = [given.scrobble() for given, ignored in judged if ignored is None]
    await call.scrobbles.submit(call.holder, taken)
    return OK


async def _proved(call: Call, handshake: Handshake) -> Holder:
    """Raises `WrongToken`."""
    if handshake.session_key:
        return await call.by_key(handshake.session_key)
    return await call.lookup.by_proof(handshake.user, handshake.proves)


async def _submitting(call: Call) -> Holder:
    """Raises `WrongToken`."""
    key = call.parameters.get("s")
    return await call.lookup.by_session(key, SessionKind.HANDSHAKE)
