"""Requests and answers of the consent to a model."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from unwrapped.core.fields import Schema
from unwrapped.music.critic.language_model.settings import ModelAddress

LONGEST = 1_000
"""Characters of a host or the name of a model that somebody agrees to."""


class ModelConsentAgree(Schema):
    """Confirmation that the listener has read `terms`, with the model they are about."""

    agreed: Literal[True]
    host: str = Field(description="As named in the terms.", max_length=LONGEST)
    model: str = Field(description="As named in the terms.", max_length=LONGEST)


class ModelConsentRead(Schema):
    """Whether a model may write the caller's verdicts."""

    configured: bool = Field(description="Whether this server has a model.")
    host: str | None = Field(
        description="Where the model is asked; null without one.",
        examples=["api.example.org"],
    )
    model: str | None = Field(examples=["gemma-3-27b"])
    agreed: bool = Field(description="Whether the caller agreed to exactly this model.")
    agreed_at: datetime | None
    changed: bool = Field(
        description="Whether the caller agreed to another model: this one needs a new consent."
    )
    terms: list[str] = Field(description="What agreeing means; empty without a model.")


def terms_of(model: ModelAddress) -> list[str]:
    """The text that a listener reads before a model writes a verdict."""
    where = f"{model.host}, on this machine" if model.is_here else model.host
    return [
        f"The operator of this service has set a model that can write your verdicts:"
        f" {model.name}, at {where}. It is asked only when you request a verdict, and"
        " only if you agree.",
        *what_leaves(model),
        "You can withdraw at any time; the model is then not asked again. Verdicts that it"
        " wrote stay until your account is deleted. Another model, or another address, asks"
        " you again.",
    ]


def what_leaves(model: ModelAddress) -> list[str]:
    """What is sent to a model, and what happens to its answer."""
    return [
        f"What leaves this machine for {model.host} each time: figures about your listening"
        " in that period (totals, shares, ranks, dates, hours of the day), and the names of"
        " the artists, tracks and albums with the most notable figures, with their plays. No single"
        " listen, and nothing about an account: no name, no address, no key.",
        "What came from Spotify's API is left out, and so are listens that another service"
        "  got from it: its terms forbid giving them to a model.",
        f"Who runs {model.host} can read what is sent, and may keep it. It cannot be taken"
        " back.",
        "What the model writes is checked against those figures before you see it; the"
        " house writes what does not hold. A check finds wrong figures and names, not bad"
        " taste: read it before you share it.",
    ]
