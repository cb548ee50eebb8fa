"""Requests and answers about accounts."""

import unicodedata
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, EmailStr, Field, SecretStr, StringConstraints

from unwrapped.auth.names import DisplayName, Username
from unwrapped.core.exceptions import AppException
from unwrapped.core.schemas import Schema
from unwrapped.shared.validators import SafeStr
from unwrapped.shared.zones import parse_zone

SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 256


def _encodable(password: SecretStr) -> SecretStr:
    """Normalize to NFC: keyboards produce the same letters in different forms."""
    try:
        text = unicodedata.normalize("NFC", password.get_secret_value())
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("must not contain broken Unicode") from None
    return SecretStr(text)


def _known_zone(name: str) -> str:
    try:
        return parse_zone(name).key
    except AppException as error:
        raise ValueError(error.message) from error


Password = Annotated[
    SecretStr, Field(max_length=LONGEST_PASSWORD), AfterValidator(_encodable)
]
NewPassword = Annotated[Password, Field(min_length=SHORTEST_PASSWORD)]
TimeZone = Annotated[SafeStr, AfterValidator(_known_zone)]
Email = Annotated[EmailStr, StringConstraints(max_length=254)]


class UserCreate(Schema):
    """A new account."""

    username: Username = Field(examples=["ada"])
    password: NewPassword = Field(examples=["correct horse battery"])
    display_name: DisplayName | None = Field(default=None, examples=["Ada"])
    email: Email | None = Field(default=None, examples=["ada@example.org"])
    time_zone: TimeZone = Field(default="UTC", examples=["Europe/Berlin"])


class UserUpdate(Schema):
    """Changes to an account; omitted members are not changed."""

    display_name: DisplayName = Field(default_factory=str, examples=["Ada L."])
    email: Email | None = Field(default=None, examples=["ada@example.org"])
    time_zone: TimeZone = Field(default_factory=str, examples=["Europe/Berlin"])


class UserRead(Schema):
    """The caller's account."""

    id: int
    username: str
    display_name: str
    email: str | None
    time_zone: str
    created_at: datetime


class AccountDelete(Schema):
    """Proof that the owner of the account sends the request."""

    password: Password = Field(
        default=SecretStr(""),
        description="Omit it if the account has no password; the sign-in must then be at most ten minutes old.",
    )


class PasswordReset(Schema):
    """A password that an administrator sets, without the old one as proof."""

    password: NewPassword
