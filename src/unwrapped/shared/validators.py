"""Types of input for all domains: limited, clean, and safe for the database.

PostgreSQL refuses NUL and lone surrogates in text, and times beyond its range. These
types refuse them first, so that the answer is 422 and not 500.
"""

import re
import unicodedata
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

# C0 and C1 controls (useless in a form), surrogates, noncharacters.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_LINES = str.maketrans("", "", "\n\t")

LONGEST_TEXT = 200
LONGEST_LINES = 5_000


def _safe(text: str) -> str:
    if _UNSAFE.search(text):
        raise ValueError("must not contain control characters or broken Unicode")
    return unicodedata.normalize("NFC", text)


def _safe_lines(text: str) -> str:
    lines = text.replace("\r\n", "\n")
    _safe(lines.translate(_LINES))
    return unicodedata.normalize("NFC", lines)


SafeStr = Annotated[
    str,
    StringConstraints(max_length=LONGEST_TEXT, strict=True),
    AfterValidator(_safe),
]
"""Text of one line: NFC, no control characters, no surrogates, at most 200 characters."""

RequiredStr = Annotated[
    str,
    StringConstraints(
        max_length=LONGEST_TEXT, strict=True, strip_whitespace=True, min_length=1
    ),
    AfterValidator(_safe),
]
"""A `SafeStr` that is not empty."""

SafeText = Annotated[
    str,
    StringConstraints(max_length=LONGEST_LINES, strict=True),
    AfterValidator(_safe_lines),
]
"""Text of several lines: `SafeStr` with newlines and tabs; CRLF becomes a newline."""

END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)

Moment = Annotated[AwareDatetime, Field(lt=END_OF_TIME)]
"""A time with a zone, before the year 9999: it can be converted to UTC."""
