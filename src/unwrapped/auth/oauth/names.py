"""Validation of names and identifiers from a provider."""

from typing import Annotated

from pydantic import StringConstraints, TypeAdapter, ValidationError

from unwrapped.auth.names import DisplayName, Username

LONGEST_SUBJECT = 255
"""Characters (OpenID Connect Core, 2)."""

_SUBJECT = TypeAdapter[str](
    Annotated[
        str,
        StringConstraints(
            strict=True, min_length=1, max_length=LONGEST_SUBJECT, pattern=r"^[!-~]+$"
        ),
    ]
)
_SHOWN = TypeAdapter[str](DisplayName)
_USERNAME = TypeAdapter[str](Username)


def subject_of(value: object) -> str | None:
    """Return the identifier unchanged; None if the value is not one."""
    return _valid(_SUBJECT, value)


def shown_name(value: object) -> str | None:
    """Return the display name; None if the value is not one."""
    return _valid(_SHOWN, value)


def username_of(name: str) -> str | None:
    """Return a name as a user name, without spaces and shortened; None if not valid."""
    return _valid(_USERNAME, "".join(name.split())[:32])


def _valid(kind: TypeAdapter[str], value: object) -> str | None:
    try:
        return kind.validate_python(value)
    except ValidationError:
        return None
