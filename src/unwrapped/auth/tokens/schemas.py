"""Requests and answers about personal tokens."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator, Field

from unwrapped.auth.models import Scope
from unwrapped.core.schemas import Schema
from unwrapped.shared.validators import Moment, RequiredStr


def _each_once(given: object) -> object:
    if isinstance(given, list):
        names = [one for one in given if isinstance(one, str)]
        if len(set(names)) < len(names):
            raise ValueError("must not name a scope twice")
    return given


Scopes = Annotated[
    frozenset[Scope],
    Field(min_length=1, max_length=len(Scope)),
    BeforeValidator(_each_once),
]


class PersonalTokenCreate(Schema):
    """A new personal token."""

    name: RequiredStr = Field(examples=["scrobbler in the kitchen"])
    scopes: Scopes = Field(examples=[["read"]])
    expires_at: Moment | None = Field(default=None, examples=["2027-12-31T00:00:00Z"])


class PersonalTokenRead(Schema):
    """A personal token, without the token itself."""

    id: UUID
    name: str
    scopes: list[Scope]
    ending: str = Field(description="The last four characters of the token.")
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = Field(description="Accurate to the minute.")


class PersonalTokenCreated(PersonalTokenRead):
    """A new personal token; it is shown only here."""

    token: str = Field(examples=["unwrapped_pat_…"], repr=False)
