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
    """A scrobbling token, but for the token itself."""

    id: UUID
    name: str
    ending: str = Field(description="The last four characters of the token.")
    created_at: datetime
    last_used_at: datetime | None = Field(description="Known to the minute.")
    last_request: str | None = Field(examples=["POST /1/submit-listens"])
    last_answer: str | None = Field(examples=["200"])
    last_reason: str | None = Field(
        description="Why the last request was refused; null where it was not."
    )
    refused_at: datetime | None
    last_refusal: str | None = Field(
        description="The reason of the last refusal, whatever came after it."
    )


class ScrobblingTokenCreated(ScrobblingTokenRead):
    """A new scrobbling token: the only time that it is shown."""

    token: str = Field(examples=["uws_…"], repr=False)


class NowPlayingRead(Schema):
    """What is playing, as a client says."""

    artist: str
    title: str
    album: str | None
    length_ms: int | None
    client: str | None
    created_at: datetime = Field(description="When the client said so.")
    expires_at: datetime
