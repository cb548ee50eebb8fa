"""Requests and answers about the people of a server."""

from datetime import datetime

from pydantic import Field, SecretStr

from unwrapped.auth.models import Role
from unwrapped.auth.registration import DecidedBy
from unwrapped.auth.schemas import NewPassword, Password
from unwrapped.core.fields import Schema


class PersonRead(Schema):
    """A person with an account."""

    id: int
    username: str
    display_name: str
    role: Role
    created_at: datetime
    signed_in_at: datetime | None = Field(
        description="When they last signed in; null where that was never noted."
    )
    disabled_at: datetime | None = Field(
        description="Since when they may not sign in; null where they may."
    )


class Proof(Schema):
    """That it is the administrator who asks."""

    your_password: Password = Field(
        default=SecretStr(""),
        description="Left out by those who have none: they must have just signed in.",
    )


class NewRole(Proof):
    """What somebody may do from now on."""

    role: Role = Field(examples=[Role.ADMINISTRATOR])


class NewPasswordOf(Proof):
    """Another password for somebody."""

    new_password: NewPassword


class RegistrationRead(Schema):
    """Who may make an account."""

    is_open: bool = Field(description="Whether anybody may who reaches the server.")
    decided_by: DecidedBy = Field(
        description="The setting REGISTRATION, which no switch changes; else the switch;"
        " else the address, where nobody has decided."
    )


class RegistrationChange(Schema):
    """Who may make an account from now on."""

    is_open: bool
