"""Schemas of requests and answers about scrobbling."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from unwrapped.core.schemas import Schema
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
    last_used_at: datetime | None = Field(
        description="When the token was last used, accurate to the minute."
    )
    last_request: str | None = Field(
        description="The last request with the token.",
        examples=["POST /1/submit-listens"],
    )
    last_answer: str | None = Field(
        description="The status or the short answer to that request.", examples=["200"]
    )
    last_reason: str | None = Field(
        description="Why the last request, or part of it, was refused; null if it was not."
    )
    refused_at: datetime | None = Field(
        description="When a request was last refused; null if none was."
    )
    last_refusal: str | None = Field(
        description="Why that request was refused, even if later requests succeeded."
    )


class ScrobblingTokenCreated(ScrobblingTokenRead):
    """A new scrobbling token with the token itself, which is returned only here."""

    token: str = Field(examples=["uws_…"], repr=False)


class NowPlayingRead(Schema):
    """The track that is playing, as reported by a client."""

    artist: str
    title: str
    album: str | None
    length_ms: int | None
    client: str | None
    created_at: datetime = Field(description="When the client reported it.")
    expires_at: datetime
