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
        description="When they last signed in; null if that was never recorded."
    )
    disabled_at: datetime | None = Field(
        description="When the account was disabled; null if it is enabled."
    )


class Proof(Schema):
    """Proof that the administrator asks."""

    your_password: Password = Field(
        default=SecretStr(""),
        description="Omitted by people without a password, who must have just signed in.",
    )


class NewRole(Proof):
    """A new role."""

    role: Role = Field(examples=[Role.ADMINISTRATOR])


class NewPasswordOf(Proof):
    """A new password for somebody else."""

    new_password: NewPassword


class RegistrationRead(Schema):
    """Who may create an account."""

    is_open: bool = Field(
        description="Whether anybody who reaches the server may create an account."
    )
    decided_by: DecidedBy = Field(
        description="The setting REGISTRATION, which no switch changes; else the switch;"
        " else the address, where nobody has decided."
    )


class RegistrationChange(Schema):
    """Who may create an account from now on."""

    is_open: bool
