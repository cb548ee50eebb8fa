"""Cleaning names, truth values and durations from exports."""

from unwrapped.music.sources.rows.text_pieces import JsonValue
from unwrapped.music.sources.spellings import safe_text

MS_LIMIT = 2**31
"""24 days: the longest possible listen, and the most that a 32-bit column holds."""

BAD_DURATION = -1
"""Marks an invalid duration."""


def text(value: object) -> str | None:
    """A name, also from a number, since an album can be called 1989; None if empty."""
    if isinstance(value, bool):
        return None
    return safe_text(str(value)) if isinstance(value, str | int) else None


def flag(value: JsonValue) -> bool | None:
    """A truth value, also from 0 or 1; None for anything else."""
    return bool(value) if value in (0, 1) else None


def duration(value: JsonValue) -> int | None:
    """Milliseconds; None when not given, `BAD_DURATION` when invalid."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return BAD_DURATION
    whole = isinstance(value, int) or value.is_integer()
    return int(value) if whole and 0 <= value < MS_LIMIT else BAD_DURATION
