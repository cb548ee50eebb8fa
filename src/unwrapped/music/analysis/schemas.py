"""Requests and answers of analyses."""

from datetime import datetime
from uuid import UUID

from unwrapped.core.fields import Schema


class AnalysisParams(Schema):
    """What the task is told: the period and zone as they were asked for."""

    period: str
    zone: str


class AnalysisRead(Schema):
    """A verdict in a list; its portrait is read by its id."""

    id: UUID
    period: str
    zone: str
    title: str
    created_at: datetime
