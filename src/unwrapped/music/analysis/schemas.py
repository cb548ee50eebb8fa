"""Requests and answers of analyses."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from unwrapped.core.fields import Schema
from unwrapped.music.critic.model.settings import CriticName


class AnalysisParams(Schema):
    """What the task is told: the period and zone as they were asked for."""

    period: str
    zone: str
    critic: CriticName = CriticName.HOUSE
    """Who is to write the verdict; not stated by earlier versions."""


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
