"""Requests and answers of analyses."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from unwrapped.core.fields import Schema
from unwrapped.music.critic.language_model.settings import CriticName


class AnalysisParams(Schema):
    """Parameters of the task: the period and zone as requested."""

    period: str
    zone: str
    critic: CriticName = CriticName.HOUSE
    """Who writes the verdict; missing in earlier versions."""


class ModelVerdictParams(Schema):
    """The analysis that a model writes the verdict of."""

    analysis: UUID


class AnalysisRead(Schema):
    """A verdict in a list; its portrait is read by its id."""

    id: UUID
    period: str
    zone: str
    title: str
    critic: CriticName = Field(description="Who wrote the verdict.")
    created_at: datetime
