"""Portraits that were stored, also by earlier versions.

Members that came with a later version have defaults, so that a portrait of an earlier one
is read as it was: in version 1 an unknown time is 0.0 hours, and the share that is known
is not stated; up to version 2 `skip_share` counts the forward button alone.
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
