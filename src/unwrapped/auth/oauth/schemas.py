"""Requests and answers about providers and linked accounts."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from unwrapped.auth.oauth.settings import SPOTIFY, login_of
from unwrapped.core.schemas import Schema

NextPath = Annotated[str, Field(max_length=2000)]
"""A path of this service; anything that could lead elsewhere becomes `/`."""


class ProviderRead(Schema):
    """A provider that people may sign in with."""

    name: str = Field(examples=["spotify"])
    title: str = Field(examples=["Spotify"])
    login: str = Field(
        description="The path at which a browser begins to sign in.",
        examples=[login_of(SPOTIFY)],
    )
    offers_access: bool = Field(
        description="Whether people can grant access to the provider's API."
    )


class LinkBegin(Schema):
    """A request to link an account."""

    next: NextPath | None = Field(
        default=None, description="The path on this service to go to afterwards."
    )
    access: bool = Field(
        default=False,
        description="Whether to ask for access to the provider's API, too.",
        strict=True,
    )


class LinkBegun(Schema):
    """The address to continue at."""

    authorization_url: str = Field(
        description="The provider's page: open it in the same browser within ten minutes."
    )


class AccessRead(Schema):
    """The access to the provider's API that the person granted."""

    scopes: list[str]
    granted_at: datetime
    ends_at: datetime | None = Field(
        description="When the person has to agree again; null if the provider sets no end."
    )
    reconnect_since: datetime | None = Field(
        description="Since when the provider has refused access; null while it has not."
    )


class LinkedAccountRead(Schema):
    """An account at a provider with which the caller signs in."""

    provider: str = Field(examples=["spotify"])
    display_name: str | None
    created_at: datetime
    access: AccessRead | None = Field(description="Null if no access was granted.")
