"""`Schema`, the base of requests and answers."""

from pydantic import BaseModel, ConfigDict


class Schema(BaseModel):
    """Base of requests and answers: unknown members are refused."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)
