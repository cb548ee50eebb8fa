"""Requests and answers of the sync from Spotify."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from unwrapped.core.fields import Schema

TERMS = [
    "Spotify's terms for developers concern what its API tells of your plays, not an"
    " export of your data that you asked Spotify for.",
    "Apps must not analyse what the API tells to derive listenership metrics or profiles"
    " of users (Developer Policy III.13). Synced plays count in your analyses here as any"
    " others do: turn the sync on only if you answer for that.",
    "It must not be fed to a model of machine learning (Developer Policy III.14,"
    " Developer Terms IV.2.1.a). Here it never is.",
    "It must not be kept for ever, and must be deleted when you disconnect (Developer"
    " Terms IV.3.1). Unlinking your Spotify account here deletes all plays that its API"
    " told; turning the sync off alone deletes none, unless you say so.",
]
"""What a listener reads before plays are synced."""

KIND = "music.spotify_sync"
KEY = "recently-played"
"""Of every such task: one sync of a listener is active at a time."""


class SyncParams(Schema):
    """The task has no parameters: its row says whose plays are synced."""


class SpotifySyncAgree(Schema):
    """That the listener has read `terms`."""

    agreed: Literal[True]


class SpotifySyncRead(Schema):
    """How the sync of a listener's last plays stands."""

    configured: bool = Field(description="Whether this server has an app at Spotify.")
    linked: bool = Field(description="Whether the caller has linked a Spotify account.")
    access: bool = Field(description="Whether it may be asked for the last plays.")
    reconnect_needed: bool = Field(
        description="Whether that ended, so that it has to be given anew."
    )
    access_ends_at: datetime | None = Field(
        description="When Spotify ends it, however often it was used."
    )
    enabled: bool
    agreed_at: datetime | None
    last_synced_at: datetime | None
    next_sync_at: datetime | None = Field(
        description="Null where nothing is synced by itself."
    )
    last_error_code: str | None = Field(
        description="Why the latest attempt failed; null when it did not.",
        examples=["service_overloaded"],
    )
    terms: list[str] = Field(description="What Spotify's terms say of it.")


class ListensDeleted(Schema):
    """What was removed."""

    deleted: int
