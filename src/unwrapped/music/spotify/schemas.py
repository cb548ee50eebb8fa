"""Schemas of requests and answers about the sync from Spotify."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from unwrapped.core.schemas import Schema

TERMS = [
    "Spotify's terms for developers apply to data from its API. They do not apply to the"
    " export of your data that you requested from Spotify.",
    "Apps must not analyse data from the API to derive listenership metrics or profiles"
    " of users (Developer Policy III.13). Synced plays count in your analyses here like all"
    " others: turn the sync on only if you take responsibility for that.",
    "Data from the API must not be fed to a machine learning model (Developer Policy III.14,"
    " Developer Terms IV.2.1.a). This service never does that.",
    "Data from the API must not be stored indefinitely, and must be deleted when you disconnect"
    " (Developer Terms IV.3.1). Unlinking your Spotify account here deletes all plays that"
    " its API returned; turning the sync off deletes none, unless you ask for it.",
]
"""The terms that a listener reads before plays are synced."""

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
