"""Requests and answers of sign-in."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, SecretStr, model_validator

from unwrapped.auth.models import SessionKind
from unwrapped.auth.schemas import NewPassword, Password
from unwrapped.core.schemas import Schema

GivenName = Annotated[str, Field(max_length=200)]
"""A user name in a sign-in; an invalid one is treated as an unknown one."""


_GRANTS = {
    "username": "password",
    "password": "password",
    "refresh_token": "refresh_token",
}
"""The grant that a member of the form belongs to."""


class TokenForm(Schema):
    """The forms of OAuth 2 for a password and for a refresh token."""

    grant_type: Literal["password", "refresh_token"] = "password"
    username: GivenName | None = None
    password: Password | None = None
    refresh_token: Annotated[SecretStr, Field(max_length=200)] | None = None
    scope: Annotated[str, Field(max_length=200)] = ""
    client_id: Annotated[str, Field(max_length=200)] | None = None
    client_secret: Annotated[str, Field(max_length=200)] | None = None

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Self:
        given = {name for name in _GRANTS if getattr(self, name) is not None}
        wanted = {name for name, grant in _GRANTS.items() if grant == self.grant_type}
        if given != wanted:
            raise ValueError(f"{self.grant_type} needs {' and '.join(sorted(wanted))}")
        return self

    @property
    def given_name(self) -> str:
        """The user name of a password form."""
        return self.username or ""

    @property
    def secret(self) -> SecretStr:
        """The password of a password form."""
        return self.password or SecretStr("")


class TokenRead(Schema):
    """An access token (`Authorization: Bearer …`) and the refresh token for the next."""

    access_token: str = Field(repr=False)
    token_type: Literal["bearer"]
    expires_in: int = Field(description="Seconds until the access token expires.")
    refresh_token: str = Field(
        repr=False,
        description="Exchange it once, at this address, for the next two tokens.",
    )


class SignIn(Schema):
    """User name and password."""

    username: GivenName = Field(examples=["ada"])
    password: Password = Field(examples=["correct horse battery"])


class PasswordChange(Schema):
    """A new password, and the current one as proof."""

    current_password: Password = Field(
        default=SecretStr(""),
        description="Omit it if the account has no password; the sign-in must then be at most ten minutes old.",
    )
    new_password: NewPassword


class SessionRead(Schema):
    """A sign-in of the caller."""

    id: UUID
    kind: SessionKind
    created_at: datetime
    last_used_at: datetime = Field(description="Accurate to the hour.")
    expires_at: datetime
    is_current: bool = Field(description="Whether it is the session of this request.")
