"""Tables of people, their sessions and their tokens.

Of what opens an account only hashes are kept: Argon2id of passwords, SHA-256 in
hexadecimal of secrets that have 256 random bits.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Identity,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlmodel import Field

from unwrapped.core.tables import Changed, Created, UTCDateTime, one_of


class Role(StrEnum):
    """What somebody may do on the server beside what is their own."""

    LISTENER = "listener"
    ADMINISTRATOR = "administrator"
    """Lists, makes and disables accounts, gives them passwords and roles."""


class User(Changed, table=True):
    """A person with an account."""

    __table_args__ = (one_of("role", Role),)

    id: int | None = Field(
        default=None, primary_key=True, sa_type=BigInteger, sa_column_args=[Identity()]
    )
    username: str = Field(sa_type=Text)
    """As the person writes it."""

    username_key: str = Field(sa_type=Text, unique=True)
    """What makes two user names the same: NFKC, casefold."""

    password_hash: str | None = Field(default=None, sa_type=Text)
    """Argon2id; None for somebody who signs in elsewhere."""

    display_name: str = Field(sa_type=Text)
    email: str | None = Field(default=None, sa_type=Text)
    """Unverified: nothing may be decided by it."""

    time_zone: str = Field(default="UTC", sa_type=Text)
    """IANA name of the zone that the person's days and hours are told in."""

    disabled_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """Since when the person may not sign in, nor be spoken for by any token."""

    role: Role = Field(
        default=Role.LISTENER,
        sa_type=Text,
        sa_column_kwargs={"server_default": Role.LISTENER},
    )
    signed_in_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """When the person last signed in."""


class RegistrationSwitch(Changed, table=True):
    """What an administrator decided about new accounts: one row, or none."""

    __tablename__ = "registration_switch"
    __table_args__ = (CheckConstraint("id = 1", name="id"),)

    id: int = Field(
        default=1,
        primary_key=True,
        sa_type=SmallInteger,
        sa_column_kwargs={"autoincrement": False},
    )
    is_open: bool


class SessionKind(StrEnum):
    """How a session is carried on."""

    WEB = "web"
    """By a cookie."""

    API = "api"
    """By access tokens, and the refresh token that gets the next one."""


class UserSession(Created, table=True):
    """A sign-in: looked up with every request, by a cookie or by its id in a token."""

    __tablename__ = "user_session"
    __table_args__ = (one_of("kind", SessionKind),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: int = Field(
        foreign_key="user.id", ondelete="CASCADE", sa_type=BigInteger, index=True
    )
    kind: SessionKind = Field(sa_type=Text)
    secret_hash: str | None = Field(default=None, sa_type=Text, unique=True)
    """Of the cookie; None where there is none."""

    last_used_at: datetime = Field(sa_type=UTCDateTime)
    """Known to the hour: not every request writes."""

    expires_at: datetime = Field(sa_type=UTCDateTime, index=True)
    """The end, however much it is used."""


class RefreshToken(Created, table=True):
    """A token that is exchanged, once, for an access token and the next of its kind."""

    __tablename__ = "refresh_token"
    __table_args__ = (
        Index(
            "ix_refresh_token_used_at",
            "used_at",
            postgresql_where=text("used_at IS NOT NULL"),
        ),
    )

    token_hash: str = Field(primary_key=True, sa_type=Text)
    session_id: UUID = Field(
        foreign_key="user_session.id", ondelete="CASCADE", index=True
    )
    used_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """When it was exchanged, or its place was taken by another."""

    replaced_by: str | None = Field(default=None, sa_type=Text)
    """The hash of the token that it was last exchanged for."""

    retried_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """When it was exchanged again, because the first answer was lost."""


class Scope(StrEnum):
    """What a personal token may be used for."""

    READ = "read"
    """Requests that change nothing."""

    WRITE = "write"
    """Requests that change something, but for the account itself."""

    EXPORT = "export"
    """Exports: of everything, and of all listens. No other request is made with it."""


class PersonalToken(Created, table=True):
    """A token that a person made for a script or a program of theirs."""

    __tablename__ = "personal_token"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: int = Field(foreign_key="user.id", ondelete="CASCADE", sa_type=BigInteger)
    name: str = Field(sa_type=Text)
    scopes: list[str] = Field(sa_type=ARRAY(Text))
    token_hash: str = Field(sa_type=Text, unique=True)
    ending: str = Field(sa_type=Text)
    """Its last four characters, to tell it from others."""

    expires_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """Known to the minute."""


class OAuthState(Created, table=True):
    """A sign-in with a provider that is under way: deleted by the callback that ends it.

    Nothing in it is of use to whoever reads it: what else the callback needs is made from
    the state and the browser's cookie (`oauth.states`).
    """

    __tablename__ = "oauth_state"

    state_hash: str = Field(primary_key=True, sa_type=Text)
    browser_hash: str = Field(sa_type=Text)
    """Of the cookie of the browser that began it."""

    provider: str = Field(sa_type=Text)
    session_id: UUID | None = Field(
        default=None, foreign_key="user_session.id", ondelete="CASCADE", index=True
    )
    """Who links an account, as they were signed in; None for a sign-in."""

    asks_access: bool
    """Whether the provider's API is to be used, too."""

    next_path: str = Field(sa_type=Text)
    """Where on this service the browser goes afterwards."""

    expires_at: datetime = Field(sa_type=UTCDateTime, index=True)


class LinkedAccount(Changed, table=True):
    """An account with a provider that signs a person in here."""

    __tablename__ = "linked_account"
    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        UniqueConstraint("user_id", "provider"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: int = Field(foreign_key="user.id", ondelete="CASCADE", sa_type=BigInteger)
    provider: str = Field(sa_type=Text)
    """The provider's name in our settings."""

    issuer: str = Field(sa_type=Text)
    subject: str = Field(sa_type=Text)
    """Together with the issuer: who it is. No e-mail address decides that."""

    display_name: str | None = Field(default=None, sa_type=Text)
    """What the provider calls them."""


class ProviderToken(Changed, table=True):
    """What a person lets us ask the provider's API for, and the tokens for it.

    Tokens are encrypted (`core.encryption`), bound to table, column and row.
    """

    __tablename__ = "provider_token"

    account_id: UUID = Field(
        primary_key=True, foreign_key="linked_account.id", ondelete="CASCADE"
    )
    access_token: str | None = Field(default=None, sa_type=Text)
    refresh_token: str | None = Field(default=None, sa_type=Text)
    """None where the provider gave none, and when it takes ours no more."""

    scopes: list[str] = Field(sa_type=ARRAY(Text))
    """What was granted."""

    expires_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """When the access token ends; None where the provider does not say."""

    granted_at: datetime = Field(sa_type=UTCDateTime)
    """When the person last agreed."""

    reconnect_since: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """Since when the person has to agree anew."""

    refresh_id: UUID | None = Field(default=None)
    """The refresh that is under way."""

    refresh_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """When it is given up, and another may begin."""
