"""Audioscrobbler 2.0: what methods require of a request."""

from unwrapped.music.scrobbles.audioscrobbler.call import Call
from unwrapped.music.scrobbles.audioscrobbler.errors import Fault, Refusal
from unwrapped.music.scrobbles.holders import Holder, WrongToken


async def require_holder(call: Call) -> Holder:
    """The caller, by the session key. Raises `Refusal`."""
    try:
        return await call.identify_by_key(call.parameters.get("sk"))
    except WrongToken as error:
        raise Refusal(Fault.SESSION) from error


def require(call: Call, name: str) -> str:
    """The value of a required parameter. Raises `Refusal` if it is missing or empty."""
    if value := call.parameters.get(name):
        return value
    raise Refusal(Fault.PARAMETERS, f"{Fault.PARAMETERS.words}: {name}")
