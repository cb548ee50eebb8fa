"""Requests and answers of analyses."""

from unwrapped.core.fields import Schema


class AnalysisParams(Schema):
    """What the task is told: the period and zone as they were asked for."""

    period: str
    zone: str
