"""Audioscrobbler 2.0: methods that open a session, by a password or by a browser."""

from collections.abc import Callable, Mapping

from unwrapped.core.dependencies import open_session
from unwrapped.music.scrobbles.audioscrobbler.call import Call, sessions_of
from unwrapped.music.scrobbles.audioscrobbler.errors import Fault, Refusal
from unwrapped.music.scrobbles.audioscrobbler.methods import answers
from unwrapped.music.scrobbles.audioscrobbler.methods.requiring import (
    require,
    require_holder,
)
from unwrapped.music.scrobbles.audioscrobbler.proofs import is_proof
from unwrapped.music.scrobbles.audioscrobbler.rendering import Answer
from unwrapped.music.scrobbles.holders import Holder, WrongToken
from unwrapped.music.scrobbles.models import SessionKind
from unwrapped.music.scrobbles.sessions import RequestState

_NOT_REDEEMED: Mapping[RequestState, Fault] = {
    RequestState.UNKNOWN: Fault.AUTHENTICATION,
    RequestState.EXPIRED: Fault.EXPIRED,
    RequestState.UNCONFIRMED: Fault.NOT_CONFIRMED,
}


async def get_mobile_session(call: Call) -> Answer:
    """Open a session; the client sends the scrobbling token in place of a password."""
    try:
        holder = await _by_password(call)
    except WrongToken as error:
        raise Refusal(Fault.AUTHENTICATION) from error
    key = await call.open_session(holder, SessionKind.SIGN_IN)
    return answers.session(holder.username, key)


async def get_token(call: Call) -> Answer:
    """Return a request for a session, which a person confirms in a browser."""
    async with open_session(call.request) as session:
        return answers.requested(sessions_of(session, call.resources).request())


async def give_session(call: Call) -> Answer:
    """Open the session of a request that a person has confirmed."""
    request = require(call, "token")
    async with open_session(call.request) as session:
        sessions = sessions_of(session, call.resources)
        token_id = await sessions.redeem(request)
        if token_id is None:
            raise Refusal(_NOT_REDEEMED[sessions.state(request)])
        key = await sessions.open(token_id, SessionKind.SIGN_IN)
    holder = await call.identify_by_key(key)
    return answers.session(holder.username, key)


async def describe_session(call: Call) -> Answer:
    """Return the session of the key that the client sent."""
    holder = await require_holder(call)
    key = call.parameters.get("sk")
    return {"application": answers.session(holder.username, key)}


async def _by_password(call: Call) -> Holder:
    """The holder of the token. Raises `WrongToken`, or `Refusal` if the client sent neither
    a proof nor a password.
    """
    username, proof = call.parameters.get("username"), call.parameters.get("authtoken")
    if proof:
        proves = _proved_by(username, proof)
        return await call.identify(lambda lookup: lookup.by_proof(username, proves))
    token = require(call, "password")
    return await call.identify(lambda lookup: lookup.by_token(token))


def _proved_by(username: str, proof: str) -> Callable[[str], bool]:
    # pyscrobbler computes the proof with the name in lower case, but sends the name as typed.
    spellings = (username, username.lower())
    return lambda known: any(is_proof(proof, name, known) for name in spellings)
