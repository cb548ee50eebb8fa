"""Requests and answers about the people of a server."""

from datetime import datetime

from pydantic import Field, SecretStr

from unwrapped.auth.models import Role
from unwrapped.auth.registration import DecidedBy
from unwrapped.auth.schemas import NewPassword, Password
from unwrapped.core.schemas import Schema


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
    """Proof that the administrator sends the request."""

    your_password: Password = Field(
        default=SecretStr(""),
        description="Omit it if your account has no password; your sign-in must then be at most ten minutes old.",
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
        description="`setting`: REGISTRATION, which the switch cannot override; `switch`: an"
        " administrator's choice; `address`: neither, so the server's address decides."
    )


class RegistrationChange(Schema):
    """Who may create an account from now on."""

    is_open: bool
