"""Query parameters of ListenBrainz, with its error messages."""

from fastapi import Request

from unwrapped.music.scrobbles.listenbrainz.submission import BadSubmission

LARGEST = 2**53
"""The largest number that every JSON parser reads exactly."""


def integer(request: Request, name: str) -> int | None:
    """A parameter that is a whole number; None if it is missing. Raises `BadSubmission`."""
    text = request.query_params.get(name)
    if not text:
        return None
    try:
        number = int(text)
    except ValueError:
        number = LARGEST
    if not abs(number) < LARGEST:
        raise BadSubmission(f"Invalid {name} argument: {text}")
    return number


def count(request: Request, most: int, default: int = 25) -> int:
    """The requested count, at most `most`. Raises `BadSubmission`."""
    given = integer(request, "count")
    if given is not None and given < 0:
        raise BadSubmission("'count' should be a non-negative integer")
    return min(default if given is None else given, most)


def offset(request: Request, most: int) -> int:
    """The number of items to skip. Raises `BadSubmission`."""
    given = integer(request, "offset") or 0
    if not 0 <= given <= most:
        raise BadSubmission(f"'offset' should be between 0 and {most}")
    return given
