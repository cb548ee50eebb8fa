"""Settings of accounts and sign-in."""

from datetime import timedelta
from enum import StrEnum

from pydantic import Field

from unwrapped.core.settings_sources import EnvironmentSettings


class Registration(StrEnum):
    """Who may create an account."""

    OPEN = "open"
    CLOSED = "closed"


SESSIONS_PER_USER = 100
TOKENS_PER_USER = 50


class AuthSettings(EnvironmentSettings):
    """Who may have an account, and how often they may try to sign in."""

    registration: Registration | None = Field(
        default=None,
        description="open: anybody who reaches the service may create an account; closed: only the first person may, then administrators create accounts. Unset: an administrator decides on the page People; until then, registration is open if only this machine reaches the service.",
    )
    sign_ins_per_account: int = Field(
        default=10,
        ge=1,
        description="The most failed sign-ins to one account in 15 minutes, from all addresses together.",
    )
    sign_ins_per_address: int = Field(
        default=30,
        ge=1,
        description="The most sign-ins from one address in 15 minutes.",
    )
    sign_ins_per_browser: int = Field(
        default=10,
        ge=1,
        description="The most failed sign-ins to one account in 15 minutes from a browser that has signed in to it before; these are counted separately.",
    )
    passwords_per_owner: int = Field(
        default=10,
        ge=1,
        description="The most wrong passwords in 15 minutes from somebody who is signed in and changes the password or deletes the account.",
    )
    registrations_per_address: int = Field(
        default=10,
        ge=1,
        description="The most new accounts from one address in an hour.",
    )
    refreshes_per_session: int = Field(
        default=30,
        ge=1,
        description="The most refreshes of one session in 15 minutes.",
    )
    export_minutes: int = Field(
        default=60,
        ge=1,
        le=24 * 60,
        description=(
            "Minutes that one export may read the database; a client that takes"
            " longer to receive the export is disconnected."
        ),
    )

    @property
    def longest_export(self) -> timedelta:
        """`EXPORT_MINUTES` as a duration."""
        return timedelta(minutes=self.export_minutes)

    sessions_per_user: int = Field(
        default=SESSIONS_PER_USER,
        ge=1,
        description="The most sessions of one person; a further sign-in ends the session that has been unused for the longest time.",
    )
    tokens_per_user: int = Field(
        default=TOKENS_PER_USER,
        ge=1,
        description="The most personal tokens of one person.",
    )
