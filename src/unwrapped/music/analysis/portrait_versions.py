"""Reading stored portraits, including those of earlier versions.

Members that were added later have defaults, and earlier portraits keep their meaning:
in version 1 an unknown time is 0.0 hours, and there is no known share; up to version 2
`skip_share` counts only the forward button.
"""

from functools import cache

from pydantic import TypeAdapter

from unwrapped.music.analysis.portrait import Portrait


def read_stored(portrait: str) -> Portrait:
    """Parse a portrait from JSON. Raises `ValueError` if it is not a portrait."""
    return _portraits().validate_json(portrait)


@cache
def _portraits() -> TypeAdapter[Portrait]:
    # Not msgspec, which writes portraits: it cannot read the union of date and text in
    # evidence.
    return TypeAdapter(Portrait)
