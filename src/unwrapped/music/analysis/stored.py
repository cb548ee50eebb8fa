"""Portraits that were stored, also by earlier versions.

Members that came with version 2 have defaults, so that a portrait of version 1 is read as
it was: there an unknown time is 0.0 hours, and the share that is known is not stated.
"""

from functools import cache

from pydantic import TypeAdapter

from unwrapped.music.analysis.portrait import Portrait


def read_stored(portrait: str) -> Portrait:
    """The portrait of its JSON. Raises `ValueError` for anything else."""
    return _portraits().validate_json(portrait)


@cache
def _portraits() -> TypeAdapter[Portrait]:
    # msgspec, which writes them, cannot read evidence: it is a date or a text.
    return TypeAdapter(Portrait)
