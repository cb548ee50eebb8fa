"""Schemas of requests and answers about the sync from Spotify."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from unwrapped.core.schemas import Schema

KIND = "music.spotify_sync"
KEY = "recently-played"
"""The key of every sync task: one sync of a listener is active at a time."""


class SyncParams(Schema):
    """The task has no parameters: its row names the user."""


class SpotifySyncAgree(Schema):
    """Confirmation that the listener has read `terms`."""

    agreed: Literal[True]


class SpotifySyncRead(Schema):
    """The state of the sync of a listener's last plays."""

    configured: bool = Field(description="Whether this server has an app at Spotify.")
    linked: bool = Field(description="Whether the caller has linked a Spotify account.")
    access: bool = Field(
        description="Whether the caller lets this server read their last plays."
    )
    reconnect_needed: bool = Field(
        description="Whether this access has ended, so that the caller must grant it again."
    )
    access_ends_at: datetime | None = Field(
        description="When Spotify ends the access, even if it is in use; null if unknown."
    )
    enabled: bool
    agreed_at: datetime | None
    last_synced_at: datetime | None
    next_sync_at: datetime | None = Field(
        description="Null if nothing is synced automatically."
    )
    last_error_code: str | None = Field(
        description="The code of the error of the latest sync; null if it succeeded.",
        examples=["service_overloaded"],
    )
    terms: list[str] = Field(description="What Spotify's terms say about the sync.")


class ListensDeleted(Schema):
    """The number of removed listens."""

    deleted: int
