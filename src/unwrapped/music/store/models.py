"""Tables of a listening history. The listener comes first in every key.

Rows of `listen` are narrow and refer to dictionaries of their listener: a person's data
is one shard, goes by cascade, and nobody's upload changes what another sees. Nothing
here goes through the ORM, so that these are plain tables.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlmodel import SQLModel

from unwrapped.core.tables import UTCDateTime
from unwrapped.music.sources.logs import LOGS

LOG_CODES = {name.value: log.code for name, log in LOGS.items()}
"""How the logs of listens are stored (`source`), by name."""

LOG_NAMES = {log.code: name.value for name, log in LOGS.items()}

MOST_MS = 2**31 - 1


def _listener(*, refers: bool = False) -> Column[int]:
    owner = [ForeignKey("user.id", ondelete="CASCADE")] if refers else []
    return Column("user_id", BigInteger, *owner, primary_key=True, autoincrement=False)


def _number() -> Column[int]:
    """The number of a dictionary row, counted for each listener."""
    return Column("id", Integer, primary_key=True, autoincrement=False)


def _refers(column: str, table: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["user_id", column], [f"{table}.user_id", f"{table}.id"]
    )


def _unique(name: str, *columns: str, nulls_distinct: bool = True) -> Index:
    """A unique index; texts by their digest, as an index cannot hold a long one."""
    return Index(
        name,
        *(text(column) if "(" in column else column for column in columns),
        unique=True,
        postgresql_nulls_not_distinct=not nulls_distinct,
    )


def _spelled() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["user_id", "recording_id", "spelling_id"],
        ["spelling.user_id", "spelling.recording_id", "spelling.id"],
        ondelete="CASCADE",
    )


artist = Table(
    "artist",
    SQLModel.metadata,
    _listener(refers=True),
    _number(),
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    _unique("uq_artist_key", "user_id", "md5(key)"),
)
"""Artists, by the key of their name, under the name that is shown."""

track = Table(
    "track",
    SQLModel.metadata,
    _listener(refers=True),
    _number(),
    Column("artist_id", Integer, nullable=False),
    Column("key", Text, nullable=False),
    Column("title", Text, nullable=False),
    _refers("artist_id", "artist"),
    _unique("uq_track_key", "user_id", "artist_id", "md5(key)"),
)
"""Tracks: what is counted and shown."""

recording = Table(
    "recording",
    SQLModel.metadata,
    _listener(refers=True),
    _number(),
    Column("identity", Text, nullable=False),
    Column("track_id", Integer),
    Column("album", Text),
    _refers("track_id", "track"),
    _unique("uq_recording_identity", "user_id", "md5(identity)"),
    Index("ix_recording_track", "user_id", "track_id"),
)
"""Recordings: a service's URI, or the names. The track and album that each counts as
follow from its spellings; `track_id` is null only inside the transaction that adds it."""

spelling = Table(
    "spelling",
    SQLModel.metadata,
    _listener(refers=True),
    Column("recording_id", Integer, primary_key=True, autoincrement=False),
    _number(),
    Column("artist", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("album", Text),
    Column("artist_key", Text, nullable=False),
    Column("title_key", Text, nullable=False),
    Column("album_key", Text),
    Column("last_logged", UTCDateTime, nullable=False),
    ForeignKeyConstraint(
        ["user_id", "recording_id"],
        ["recording.user_id", "recording.id"],
        ondelete="CASCADE",
    ),
    _unique(
        "uq_spelling_names",
        "user_id",
        "recording_id",
        "md5(artist)",
        "md5(title)",
        "md5(album)",
        nulls_distinct=False,
    ),
)
"""All spellings that a recording has had, each with the time of its latest listen."""

end_reason = Table(
    "end_reason",
    SQLModel.metadata,
    _listener(refers=True),
    _number(),
    Column("reason", Text, nullable=False),
    _unique("uq_end_reason_reason", "user_id", "md5(reason)"),
)
"""Why listens ended, in the source's words."""

listen = Table(
    "listen",
    SQLModel.metadata,
    # No foreign key: the look into "user" for each of a million rows takes as long as
    # all the rest of their insert. `lock_history` holds the listener while rows come,
    # and a trigger (`listens_go_with_user`, by hand in the migration) is the cascade.
    Column("user_id", BigInteger, nullable=False),
    Column("logged_at", UTCDateTime, nullable=False),
    Column("recording_id", Integer, nullable=False),
    Column("spelling_id", Integer, nullable=False),
    Column("ms_played", Integer),
    Column("end_reason_id", Integer),
    Column("source", SmallInteger, nullable=False),
    Column("skipped", Boolean),
    Column("shuffle", Boolean),
    Column("shadowed", Boolean, nullable=False),
    CheckConstraint("ms_played >= 0", name="ms_played"),
    UniqueConstraint(
        "user_id",
        "logged_at",
        "recording_id",
        "source",
        "ms_played",
        name="uq_listen_exact_key",
        postgresql_nulls_not_distinct=True,
    ),
)
"""Every listen, once. `logged_at` is the time as the source logged it (its end, or near);
`shadowed` ones are not counted, as a richer source logged the same listen.

Its spelling is not a foreign key: looking up a million of them would take longer than
all the rest of an import. The merge takes the ids from the rows that it has just joined.
"""

also_spelled = Table(
    "also_spelled",
    SQLModel.metadata,
    Column("user_id", BigInteger, nullable=False),
    Column("logged_at", UTCDateTime, nullable=False),
    Column("recording_id", Integer, nullable=False),
    Column("spelling_id", Integer, nullable=False),
    Column("ms_played", Integer),
    Column("source", SmallInteger, nullable=False),
    _spelled(),
    UniqueConstraint(
        "user_id",
        "recording_id",
        "spelling_id",
        "logged_at",
        "source",
        "ms_played",
        name="uq_also_spelled",
        postgresql_nulls_not_distinct=True,
    ),
)
"""Further spellings that a stored listen came under: rows that were known but for that."""
