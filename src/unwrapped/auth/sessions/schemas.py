"""Requests and answers of sign-in."""

from typing import Annotated, Literal

from pydantic import Field

from unwrapped.auth.schemas import Password
from unwrapped.core.fields import Schema


class TokenForm(Schema):
    """The password form of OAuth 2, as API clients and the docs page send it."""

    grant_type: Literal["password"] = "password"
    username: Annotated[str, Field(max_length=200)]
    password: Password
    scope: Annotated[str, Field(max_length=200)] = ""
    client_id: Annotated[str, Field(max_length=200)] | None = None
    client_secret: Annotated[str, Field(max_length=200)] | None = None


class TokenRead(Schema):
    """An access token, for the header `Authorization: Bearer …`."""

    access_token: str
    token_type: Literal["bearer"]
    expires_in: int = Field(description="Seconds until it expires.")
