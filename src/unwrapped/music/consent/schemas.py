"""Schemas of requests and answers about the consent to a model."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from unwrapped.core.schemas import Schema

LONGEST = 1_000
"""The most characters of the host and of the model's name in a consent."""


class ModelConsentAgree(Schema):
    """Confirmation that the listener has read `terms`, and the model that they describe."""

    agreed: Literal[True]
    host: str = Field(description="As named in the terms.", max_length=LONGEST)
    model: str = Field(description="As named in the terms.", max_length=LONGEST)


class ModelConsentRead(Schema):
    """Whether a model may write the caller's verdicts."""

    configured: bool = Field(description="Whether this server has a model.")
    host: str | None = Field(
        description="The host that requests to the model are sent to; null without a model.",
        examples=["api.example.org"],
    )
    model: str | None = Field(examples=["gemma-3-27b"])
    agreed: bool = Field(description="Whether the caller agreed to exactly this model.")
    agreed_at: datetime | None
    changed: bool = Field(
        description="Whether the caller agreed to another model than the current one, which needs a new consent."
    )
    terms: list[str] = Field(description="What agreeing means; empty without a model.")
