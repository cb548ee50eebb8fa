"""Stored portraits, also of earlier versions.

Members that were added later have defaults, so that an earlier portrait keeps its meaning:
in version 1 an unknown time is 0.0 hours, without the known share; up to version 2
`skip_share` counts only the forward button.
"""

from functools import cache

from pydantic import TypeAdapter

from unwrapped.music.analysis.portrait import Portrait


def read_stored(portrait: str) -> Portrait:
    """Parse a portrait from JSON. Raises `ValueError` for anything else."""
    return _portraits().validate_json(portrait)


@cache
def _portraits() -> TypeAdapter[Portrait]:
    # msgspec, which writes them, cannot read evidence: a union of date and text.
    return TypeAdapter(Portrait)
