"""Requests and answers about providers and linked accounts."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from unwrapped.auth.oauth.settings import SPOTIFY, login_of
from unwrapped.core.fields import Schema

NextPath = Annotated[str, Field(max_length=2000)]
"""A path of this service; whatever could lead elsewhere leads to `/`."""


class ProviderRead(Schema):
    """A provider that people may sign in with."""

    name: str = Field(examples=["spotify"])
    title: str = Field(examples=["Spotify"])
    login: str = Field(
        description="Where a browser begins to sign in.",
        examples=[login_of(SPOTIFY)],
    )
    offers_access: bool = Field(
        description="Whether this service can use the provider's API for somebody."
    )


class LinkBegin(Schema):
    """An account that is to be linked."""

    next: NextPath | None = Field(
        default=None, description="Where on this service to go afterwards."
    )
    access: bool = Field(
        default=False,
        description="Whether to ask for access to the provider's API, too.",
        strict=True,
    )


class LinkBegun(Schema):
    """Where to go on with it."""

    authorization_url: str = Field(
        description="The provider's page: for the browser that asked, within ten minutes."
    )


class AccessRead(Schema):
    """What the provider's API may be asked for."""

    scopes: list[str]
    granted_at: datetime
    ends_at: datetime | None = Field(
        description="When the person has to agree anew; null where the provider sets no end."
    )
    reconnect_since: datetime | None = Field(
        description="Since when the provider has refused; null while all is well."
    )


class LinkedAccountRead(Schema):
    """An account with a provider that signs the caller in."""

    provider: str = Field(examples=["spotify"])
    display_name: str | None
    created_at: datetime
    access: AccessRead | None = Field(description="Null where none was given.")
