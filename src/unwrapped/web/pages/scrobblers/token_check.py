"""Testing a token, for people whose client says that it is wrong."""

import re
from dataclasses import dataclass

from unwrapped.auth.sessions.caller_lookup import PERSONAL_TOKEN
from unwrapped.core.secrets.tokens import CHECK_CHARACTERS
from unwrapped.music.scrobbles.holders import Holder, HolderLookup, WrongToken
from unwrapped.music.scrobbles.tokens import SCROBBLING_TOKEN

_MD5 = re.compile("[0-9a-f]{32}", re.IGNORECASE | re.ASCII)
_UNKNOWN = (
    "It has the form of a scrobbling token, but is none of yours: it was revoked, or"
    " belongs to another account or server."
)
_LENGTH = (
    len(SCROBBLING_TOKEN.prefix) + SCROBBLING_TOKEN.random_characters + CHECK_CHARACTERS
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the server knows about a token."""

    wrong: str | None
    """Why the token is refused, in words; None if it is valid."""

    holder: Holder | None = None
    """The holder of a valid token, with its last request."""


async def see(token: str, user_id: int, lookup: HolderLookup) -> Seen:
    """Test a token of a person's client."""
    if wrong := looks_wrong(token):
        return Seen(wrong)
    try:
        holder = await lookup.by_token(token)
    except WrongToken:
        return Seen(_UNKNOWN)
    return Seen(None, holder) if holder.user_id == user_id else Seen(_UNKNOWN)


def looks_wrong(text: str) -> str | None:
    """Why a text cannot be a scrobbling token, in words; None if it can."""
    if SCROBBLING_TOKEN.is_sound(text):
        return None
    if PERSONAL_TOKEN.owns(text):
        return (
            "This is a personal token, for scripts that use the API. Clients need a"
            " scrobbling token, from this page."
        )
    if _MD5.fullmatch(text):
        return "This is the MD5 of something. Enter the token itself: clients make the MD5."
    if not SCROBBLING_TOKEN.owns(text):
        return f"Tokens begin with {SCROBBLING_TOKEN.prefix}, and this does not."
    if len(text) != _LENGTH:
        return (
            f"Tokens have {_LENGTH} characters, and this has {len(text)}: characters are"
            " missing, or there are too many."
        )
    return (
        "One of its characters is wrong, as after a typing error. Copy it, if you can."
    )
