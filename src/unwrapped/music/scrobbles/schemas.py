"""Requests and answers about scrobbling."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from unwrapped.core.fields import Schema
from unwrapped.shared.validators import RequiredStr


class ScrobblingTokenCreate(Schema):
    """A new scrobbling token."""

    name: RequiredStr = Field(examples=["Kitchen radio"])


class ScrobblingTokenRead(Schema):
    """A scrobbling token, without the token itself."""

    id: UUID
    name: str
    ending: str = Field(description="The last four characters of the token.")
    created_at: datetime
    last_used_at: datetime | None = Field(description="Accurate to the minute.")
    last_request: str | None = Field(examples=["POST /1/submit-listens"])
    last_answer: str | None = Field(examples=["200"])
    last_reason: str | None = Field(
        description="Why the last request was refused; null if it was not."
    )
    refused_at: datetime | None
    last_refusal: str | None = Field(
        description="The reason of the last refusal, even if later requests succeeded."
    )


class ScrobblingTokenCreated(ScrobblingTokenRead):
    """A new scrobbling token; it is shown only here."""

    token: str = Field(examples=["uws_…"], repr=False)


class NowPlayingRead(Schema):
    """What is playing, as reported by a client."""

    artist: str
    title: str
    album: str | None
    length_ms: int | None
    client: str | None
    created_at: datetime = Field(description="When the client reported it.")
    expires_at: datetime
