"""The tables of corrections."""

from datetime import time
from uuid import UUID, uuid4

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Index,
    SmallInteger,
    Text,
    Time,
    UniqueConstraint,
)
from sqlmodel import Field, SQLModel

from unwrapped.core.tables import Created, one_of
from unwrapped.music.corrections.correction import Action, Scope

_WHOLE = """CASE scope
    WHEN 'artist' THEN artist IS NOT NULL AND title IS NULL AND album IS NULL
    WHEN 'album' THEN artist IS NOT NULL AND title IS NULL AND album IS NOT NULL
    WHEN 'track' THEN artist IS NOT NULL AND title IS NOT NULL
    ELSE artist IS NULL AND title IS NULL AND album IS NULL END
AND CASE scope WHEN 'window'
    THEN weekdays IS NOT NULL AND begins IS NOT NULL AND ends IS NOT NULL
        AND cardinality(weekdays) > 0
    ELSE weekdays IS NULL AND begins IS NULL AND ends IS NULL END"""

_TARGETED = """CASE action
    WHEN 'exclude' THEN cardinality(targets) = 0
    WHEN 'split' THEN scope = 'artist' AND cardinality(targets) >= 2
    ELSE cardinality(targets) = CASE scope
        WHEN 'artist' THEN 1 WHEN 'album' THEN 1 WHEN 'track' THEN 2 ELSE -1 END END"""


class CorrectionRow(Created, table=True):
    """A correction of a listener. Names are stored as written and compared by keys."""

    __tablename__ = "correction"
    __table_args__ = (
        Index("ix_correction_listing", "user_id", "created_at", "id"),
        UniqueConstraint("user_id", "scope", "subject", name="uq_correction_subject"),
        one_of("action", Action),
        one_of("scope", Scope),
        CheckConstraint(_WHOLE, name="whole"),
        CheckConstraint(_TARGETED, name="targeted"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: int = Field(foreign_key="user.id", ondelete="CASCADE", sa_type=BigInteger)
    action: Action = Field(sa_type=Text)
    scope: Scope = Field(sa_type=Text)
    subject: str = Field(sa_type=Text)
    """The subject as a text; a listener has one correction for each."""

    artist: str | None = Field(default=None, sa_type=Text)
    title: str | None = Field(default=None, sa_type=Text)
    album: str | None = Field(default=None, sa_type=Text)
    targets: list[str] = Field(sa_type=ARRAY(Text))
    weekdays: list[int] | None = Field(default=None, sa_type=ARRAY(SmallInteger))
    begins: time | None = Field(default=None, sa_type=Time)
    ends: time | None = Field(default=None, sa_type=Time)


class CorrectionState(SQLModel, table=True):
    """How often the corrections of a listener were changed; a change locks this row."""

    __tablename__ = "correction_state"

    user_id: int = Field(
        foreign_key="user.id",
        ondelete="CASCADE",
        sa_type=BigInteger,
        primary_key=True,
        sa_column_kwargs={"autoincrement": False},
    )
    version: int = Field(sa_type=BigInteger)
