"""Requests and answers of shares."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from unwrapped.core.fields import Schema
from unwrapped.shared.validators import Moment


class ShareCreate(Schema):
    """The analysis to share, and until when."""

    analysis: UUID = Field(
        description="The id of the analysis, which is that of its task."
    )
    expires_at: Annotated[
        Moment | None,
        Field(description="None: until it is revoked."),
    ] = None
    with_name: bool = Field(
        default=False,
        strict=True,
        description="Whether it shows the caller's current display name.",
    )


class ShareRead(Schema):
    """A share; its link is shown once, when it is made."""

    id: UUID
    analysis_id: UUID
    title: str
    name: str | None = Field(
        description="The listener's name on the page; null: no name."
    )
    created_at: datetime
    expires_at: datetime | None


class ShareCreated(ShareRead):
    """A new share with its link."""

    url: str = Field(
        description="Anybody who has this may see the analysis. Only a hash is kept.",
        examples=["https://music.example.org/s/…"],
    )
