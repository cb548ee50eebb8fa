"""The public ids of artists, albums, tracks and listens.

Loads no Polars.
"""

import base64
import hashlib
from datetime import UTC, datetime, timedelta

JOINED = "\x1f"
"""Separates the keys of names that are joined to one text."""


def public_id(*keys: str) -> str:
    """The public id of an artist (one key), a track or an album (two keys).

    It is derived from the keys of the names, so that it is the same in every history, and
    still the same after everything was removed and imported again.
    """
    digest = hashlib.sha256(JOINED.join(keys).encode("utf-8", "surrogatepass"))
    return base64.urlsafe_b64encode(digest.digest()[:16]).rstrip(b"=").decode()


def listen_id(
    log: str, started_at: datetime, identity: str, ms_played: int | None
) -> str:
    """The public id of a listen: its start, and a digest of its exact key."""
    moment = (started_at - _EPOCH) // _MICROSECOND
    known = "" if ms_played is None else str(ms_played)
    return f"{moment:x}-{public_id(log, str(moment), identity, known)}"


def start_of(id_of_listen: str) -> datetime | None:
    """The start of the listen with this id; None if the text is not the id of a listen."""
    moment, _, digest = id_of_listen.partition("-")
    try:
        return _EPOCH + int(moment, 16) * _MICROSECOND if digest else None
    except (ValueError, OverflowError):
        return None


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
