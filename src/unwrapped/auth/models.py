"""Tables of people, their sessions and their tokens.

Only hashes of credentials are stored: Argon2id of passwords, SHA-256 in hexadecimal of
secrets with 256 random bits.
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
    """What somebody may do on the server besides managing their own data."""

    LISTENER = "listener"
    ADMINISTRATOR = "administrator"
    """Lists, creates and disables accounts, sets their passwords and roles."""


class User(Changed, table=True):
    """A person with an account."""

    __table_args__ = (one_of("role", Role),)

    id: int | None = Field(
        default=None, primary_key=True, sa_type=BigInteger, sa_column_args=[Identity()]
    )
    username: str = Field(sa_type=Text)
    """As the person spells it."""

    username_key: str = Field(sa_type=Text, unique=True)
    """The canonical form that must be unique: NFKC, casefold."""

    password_hash: str | None = Field(default=None, sa_type=Text)
    """Argon2id; None for somebody who signs in only with providers."""

    display_name: str = Field(sa_type=Text)
    email: str | None = Field(default=None, sa_type=Text)
    """Unverified: no decision may depend on it."""

    time_zone: str = Field(default="UTC", sa_type=Text)
    """IANA name of the zone of the person's days and hours."""

    disabled_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """When the account was disabled. Its credentials are refused while this is set."""

    role: Role = Field(
        default=Role.LISTENER,
        sa_type=Text,
        sa_column_kwargs={"server_default": Role.LISTENER},
    )
    signed_in_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """When the person last signed in."""


class RegistrationSwitch(Changed, table=True):
    """An administrator's decision about new accounts: one row, or none."""

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
    """How a session is authenticated."""

    WEB = "web"
    """By a cookie."""

    API = "api"
    """By access tokens, and a refresh token for the next one."""


class UserSession(Created, table=True):
    """A sign-in. Requests look it up by the secret in a cookie or the id in a token."""

    __tablename__ = "user_session"
    __table_args__ = (one_of("kind", SessionKind),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: int = Field(
        foreign_key="user.id", ondelete="CASCADE", sa_type=BigInteger, index=True
    )
    kind: SessionKind = Field(sa_type=Text)
    secret_hash: str | None = Field(default=None, sa_type=Text, unique=True)
    """The hash of the cookie's secret; None without a cookie."""

    last_used_at: datetime = Field(sa_type=UTCDateTime)
    """Accurate to the hour, so that not every request writes."""

    expires_at: datetime = Field(sa_type=UTCDateTime, index=True)
    """When the session ends, even if it is in use."""


class RefreshToken(Created, table=True):
    """A token that is exchanged once, for an access token and the next refresh token."""

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
    """When it was exchanged, or replaced because the answer with it was lost."""

    replaced_by: str | None = Field(default=None, sa_type=Text)
    """The hash of the token that it was last exchanged for."""

    retried_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """When it was exchanged again because the first answer was lost."""


class Scope(StrEnum):
    """What a personal token may be used for."""

    READ = "read"
    """Requests that change nothing."""

    WRITE = "write"
    """Requests that change something, except the account itself."""

    EXPORT = "export"
    """Exports of everything and of all listens, and no other request."""


class PersonalToken(Created, table=True):
    """A token that a person created for a script or program."""

    __tablename__ = "personal_token"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: int = Field(foreign_key="user.id", ondelete="CASCADE", sa_type=BigInteger)
    name: str = Field(sa_type=Text)
    scopes: list[str] = Field(sa_type=ARRAY(Text))
    token_hash: str = Field(sa_type=Text, unique=True)
    ending: str = Field(sa_type=Text)
    """The last four characters, by which its owner recognises it."""

    expires_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """Accurate to the minute."""


class OAuthState(Created, table=True):
    """A sign-in with a provider that is under way: its callback deletes it.

    The row is useless to a thief: the callback derives the rest from the state and the
    browser's cookie (`oauth.browser_binding`).
    """

    __tablename__ = "oauth_state"

    state_hash: str = Field(primary_key=True, sa_type=Text)
    browser_hash: str = Field(sa_type=Text)
    """The hash of the cookie of the browser that began it."""

    provider: str = Field(sa_type=Text)
    session_id: UUID | None = Field(
        default=None, foreign_key="user_session.id", ondelete="CASCADE", index=True
    )
    """The session that links an account; None for a sign-in."""

    asks_access: bool
    """Whether access to the provider's API is requested, too."""

    next_path: str = Field(sa_type=Text)
    """The path on this service where the browser goes afterwards."""

    expires_at: datetime = Field(sa_type=UTCDateTime, index=True)


class LinkedAccount(Changed, table=True):
    """An account at a provider with which a person signs in here."""

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
    """Identifies the account together with the issuer; an e-mail address never does."""

    display_name: str | None = Field(default=None, sa_type=Text)
    """The person's name at the provider."""


class ProviderToken(Changed, table=True):
    """A person's grant of access to the provider's API, with its tokens.

    Tokens are encrypted (`core.encryption`), bound to table, column and row.
    """

    __tablename__ = "provider_token"

    account_id: UUID = Field(
        primary_key=True, foreign_key="linked_account.id", ondelete="CASCADE"
    )
    access_token: str | None = Field(default=None, sa_type=Text)
    refresh_token: str | None = Field(default=None, sa_type=Text)
    """None if the provider issued none, or no longer accepts ours."""

    scopes: list[str] = Field(sa_type=ARRAY(Text))
    """The granted scopes."""

    expires_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """When the access token expires; None if the provider does not say."""

    granted_at: datetime = Field(sa_type=UTCDateTime)
    """When the person last agreed."""

    reconnect_since: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """Since when the person has had to agree again; None while the grant is valid."""

    refresh_id: UUID | None = Field(default=None)
    """The id of the refresh that is under way, which claims this row."""

    refresh_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """When the claim expires, and another refresh may begin."""
