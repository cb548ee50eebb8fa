"""Which times are accepted as the time of a listen, in any protocol."""

from datetime import datetime, timedelta
from enum import StrEnum

EARLIEST = 1_033_410_600
"""The Unix time at which Audioscrobbler began. An earlier time comes from a wrong clock."""

LATEST_AHEAD = timedelta(hours=1)
"""How far a client's clock may be ahead of the server's."""


class BadTime(StrEnum):
    """Why a time is not accepted as the time of a listen."""

    TOO_OLD = "too_old"
    TOO_NEW = "too_new"


def bad_time(listened_at: int, now: datetime) -> BadTime | None:
    """Why the Unix time of a listen is not accepted; None if it is."""
    if listened_at < EARLIEST:
        return BadTime.TOO_OLD
    if listened_at >= (now + LATEST_AHEAD).timestamp():
        return BadTime.TOO_NEW
    return None
