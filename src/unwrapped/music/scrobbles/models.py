"""The tables of scrobbles, and of the tokens and sessions of players."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    func,
)
from sqlmodel import Field, SQLModel

from unwrapped.core.tables import Changed, Created, UTCDateTime, one_of


class ScrobblingToken(Created, table=True):
    """A token that a person created for one client. Only the endpoints for players accept
    it.
    """

    __tablename__ = "scrobbling_token"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: int = Field(foreign_key="user.id", ondelete="CASCADE", sa_type=BigInteger)
    name: str = Field(sa_type=Text)
    token_hash: str = Field(sa_type=Text, unique=True)
    sealed_md5: str = Field(sa_type=Text)
    """The MD5 of the token in hexadecimal, encrypted (`core.secrets.encryption`). Clients
    of Audioscrobbler prove that they know it, so it is as secret as the token.
    """

    ending: str = Field(sa_type=Text)
    """The last four characters of the token, by which people recognise it."""

    last_used_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """The time of the last request; up to a minute old while the outcome is the same."""

    last_request: str | None = Field(default=None, sa_type=Text)
    last_answer: str | None = Field(default=None, sa_type=Text)
    last_reason: str | None = Field(default=None, sa_type=Text)
    """Why the last request, or part of it, was refused, in words; None if it was not."""

    refused_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    last_refusal: str | None = Field(default=None, sa_type=Text)
    """The reason of the last refusal, even if later requests succeeded."""


class SessionKind(StrEnum):
    """The protocol of a session."""

    SIGN_IN = "sign_in"
    """Audioscrobbler 2.0; the session lasts as long as its token."""

    HANDSHAKE = "handshake"
    """Audioscrobbler 1.2; the session ends after a day."""


class ScrobblingSession(Created, table=True):
    """A session of an Audioscrobbler client; its key is used in place of a token."""

    __tablename__ = "scrobbling_session"
    __table_args__ = (one_of("kind", SessionKind),)

    key_hash: str = Field(primary_key=True, sa_type=Text)
    token_id: UUID = Field(
        foreign_key="scrobbling_token.id", ondelete="CASCADE", index=True
    )
    kind: SessionKind = Field(sa_type=Text)
    expires_at: datetime | None = Field(default=None, sa_type=UTCDateTime, index=True)


class ScrobblingGrant(Created, table=True):
    """A request for a session that a person has confirmed. It can be redeemed once."""

    __tablename__ = "scrobbling_grant"

    request_hash: str = Field(primary_key=True, sa_type=Text)
    token_id: UUID = Field(
        foreign_key="scrobbling_token.id", ondelete="CASCADE", index=True
    )
    expires_at: datetime = Field(sa_type=UTCDateTime, index=True)


scrobble_inbox = Table(
    "scrobble_inbox",
    SQLModel.metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column(
        "user_id",
        BigInteger,
        ForeignKey("user.id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("received_at", UTCDateTime, nullable=False, server_default=func.now()),
    Column("digest", Text, nullable=False),
    Column("listens", Integer, nullable=False),
    Column("scrobbles", JSON, nullable=False),
    UniqueConstraint("user_id", "digest"),
    Index("ix_scrobble_inbox_order", "user_id", "id"),
)
"""Submissions that are stored and wait to be merged. A submission that is sent again while
it waits has the same digest; after the merge, the history knows its listens."""


class NowPlaying(Created, table=True):
    """The track that a listener is playing, as reported by a client."""

    __tablename__ = "now_playing"

    user_id: int = Field(
        primary_key=True,
        foreign_key="user.id",
        ondelete="CASCADE",
        sa_type=BigInteger,
    )
    artist: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    album: str | None = Field(default=None, sa_type=Text)
    length_ms: int | None = Field(default=None)
    client: str | None = Field(default=None, sa_type=Text)
    expires_at: datetime = Field(sa_type=UTCDateTime, index=True)


class TrackFeedback(Changed, table=True):
    """A track that a listener loves or hates."""

    __tablename__ = "track_feedback"
    __table_args__ = (CheckConstraint("score IN (-1, 1)", name="score"),)

    user_id: int = Field(
        primary_key=True,
        foreign_key="user.id",
        ondelete="CASCADE",
        sa_type=BigInteger,
    )
    msid: UUID = Field(primary_key=True)
    """The id of the track, derived from its names (`client_listens.msid_of`). If a client gave
    an unknown MusicBrainz id, that id.
    """

    score: int
    artist: str | None = Field(default=None, sa_type=Text)
    title: str | None = Field(default=None, sa_type=Text)
    """None, like the artist, if a client named the track by an unknown id."""


class RecordingMbid(Created, table=True):
    """The id of a MusicBrainz recording that a client sent, with the names of its track.

    When clients later report that a listener loves the track, they send only this id.
    """

    __tablename__ = "recording_mbid"

    user_id: int = Field(
        primary_key=True,
        foreign_key="user.id",
        ondelete="CASCADE",
        sa_type=BigInteger,
    )
    mbid: UUID = Field(primary_key=True)
    artist: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)


class ImportService(StrEnum):
    """The services from which the import tools of clients read."""

    LASTFM = "last.fm"
    LIBREFM = "libre.fm"


class LatestImport(Changed, table=True):
    """The time up to which a client's tool has imported listens of another service."""

    __tablename__ = "latest_import"
    __table_args__ = (one_of("service", ImportService),)

    user_id: int = Field(
        primary_key=True,
        foreign_key="user.id",
        ondelete="CASCADE",
        sa_type=BigInteger,
    )
    service: ImportService = Field(primary_key=True, sa_type=Text)
    until: datetime = Field(sa_type=UTCDateTime)
