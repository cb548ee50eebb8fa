"""Which of several forms a client asks for (RFC 9110, section 12.5.1)."""

from collections.abc import Sequence
from contextlib import suppress

HTML = "text/html"
JSON = "application/json"

type _Ranges = dict[str, float]


def preferred(accept: str, offered: Sequence[str]) -> str:
    """The media type that `Accept` prefers: by quality, then by how exactly it is
    named.

    The first of equals is returned; that also applies if `Accept` names none of them.
    """
    ranges = _ranges(accept)
    return max(offered, key=lambda kind: _rank(kind, ranges))


def _rank(kind: str, ranges: _Ranges) -> tuple[float, int]:
    """The quality of a media type, and 2 if it is named, 1 if its family is."""
    family = f"{kind.partition('/')[0]}/*"
    for exactness, one in ((2, kind), (1, family), (0, "*/*")):
        if one in ranges:
            quality = ranges[one]
            return quality, exactness if quality else 0
    return 0.0, 0


def _ranges(accept: str) -> _Ranges:
    """The quality of each range; invalid ranges are left out."""
    ranges: _Ranges = {}
    for part in accept.lower().split(","):
        kind, *parameters = (one.strip() for one in part.split(";"))
        quality = 1.0
        with suppress(ValueError):
            for parameter in parameters:
                name, _, value = parameter.partition("=")
                if name.strip() == "q":
                    quality = min(max(float(value), 0.0), 1.0)
            ranges[kind] = max(quality, ranges.get(kind, 0.0))
    return ranges
