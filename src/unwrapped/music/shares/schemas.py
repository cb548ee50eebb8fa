"""Schemas of requests and answers about shares."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from unwrapped.core.schemas import Schema
from unwrapped.shared.validators import Moment


class ShareCreate(Schema):
    """A new share of an analysis."""

    analysis: UUID = Field(
        description="The id of the analysis, which is also the id of its task."
    )
    expires_at: Annotated[
        Moment | None,
        Field(description="When the share expires; null if it is open until revoked."),
    ] = None
    with_name: bool = Field(
        default=False,
        strict=True,
        description="Whether the page shows the caller's current display name.",
    )


class ShareRead(Schema):
    """A share, without its link."""

    id: UUID
    analysis_id: UUID
    title: str
    name: str | None = Field(
        description="The listener's name on the page; null if the page shows none."
    )
    created_at: datetime
    expires_at: datetime | None


class ShareCreated(ShareRead):
    """A new share with its link."""

    url: str = Field(
        description="The link. Anyone who has it can see the analysis; only a hash of its token is stored.",
        examples=["https://music.example.org/s/…"],
    )
