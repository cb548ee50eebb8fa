"""Schemas of the parameters of analysis tasks, and of listed analyses."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from unwrapped.core.schemas import Schema
from unwrapped.music.critic.language_model.settings import CriticName


class AnalysisParams(Schema):
    """Parameters of the task that judges a period; period and zone are as requested."""

    period: str
    zone: str
    critic: CriticName = CriticName.HOUSE
    """Who writes the verdict. Tasks of earlier versions do not have this parameter."""


class ModelVerdictParams(Schema):
    """Parameters of the task in which a model writes the verdict of an analysis."""

    analysis: UUID


class AnalysisRead(Schema):
    """A verdict in a list, without its portrait."""

    id: UUID
    period: str
    zone: str
    title: str
    critic: CriticName = Field(description="Who wrote the verdict.")
    created_at: datetime
