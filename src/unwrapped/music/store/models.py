"""The tables of a listening history. The listener comes first in every key.

Rows of `listen` are narrow and refer to dictionaries of their listener: a person's data
is one shard, is deleted by cascade, and no upload changes what another person sees.
Nothing here uses the ORM, so these are plain tables.
"""

from sqlalchemy import (
    ARRAY,
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
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import INT4MULTIRANGE
from sqlmodel import SQLModel

from unwrapped.core.tables import UTCDateTime
from unwrapped.music.history.terms import LONG_MS, Mark
from unwrapped.music.sources.logs import LOGS

LOG_CODES = {name.value: log.code for name, log in LOGS.items()}
"""The numbers by which logs are stored, by name."""

LOG_NAMES = {log.code: name.value for name, log in LOGS.items()}

MARK_CODES = {Mark.RICHER_SOURCE: 1, Mark.ECHO: 2, Mark.DOUBLE_SCROBBLE: 3}
"""The numbers by which marks are stored. Listens with mark 0 count."""

MARK_NAMES = {code: mark for mark, code in MARK_CODES.items()}


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
    """A unique index. Long texts are given by digests, which an index can hold."""
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


history = Table(
    "history",
    SQLModel.metadata,
    _listener(refers=True),
    Column("version", BigInteger, nullable=False),
    Column("rules", Text, nullable=False),
    Column("next_number", Integer, nullable=False),
    Column("logs", ARRAY(SmallInteger), nullable=False),
    Column("streamed", INT4MULTIRANGE, nullable=False),
    Column("removals", Integer, nullable=False),
)
"""The state of a listener's history as a whole.

`version` increases with every change. `rules` is the version of the rules that marks and
names follow. `next_number` is the number of the next record. `logs` are the codes of the
logs of all listens that the history has or had. `streamed` are the numbers of the records
that did not come by an import. `removals` counts removals."""

addition = Table(
    "addition",
    SQLModel.metadata,
    _listener(refers=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("first_started", UTCDateTime),
    Column("last_started", UTCDateTime),
)
"""Versions of a history that only added listens, and the first and the last start of these
listens; null if a version added none.

Marks, names and keys of all other listens did not change. Data derived from an earlier
version (`music.read_model`) can be brought up to date if each version since has a row.
"""

artist = Table(
    "artist",
    SQLModel.metadata,
    _listener(refers=True),
    _number(),
    Column("public_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    _unique("uq_artist_public_id", "user_id", "public_id"),
)
"""Artists under the name that is shown. The public id is derived from the key of the name:
it stays the same when the artist is removed and stored again, unlike the number."""

track = Table(
    "track",
    SQLModel.metadata,
    _listener(refers=True),
    _number(),
    Column("public_id", Text, nullable=False),
    Column("artist_id", Integer, nullable=False),
    Column("title", Text, nullable=False),
    _refers("artist_id", "artist"),
    _unique("uq_track_public_id", "user_id", "public_id"),
    Index("ix_track_artist", "user_id", "artist_id"),
)
"""Tracks: what is counted and shown."""

album = Table(
    "album",
    SQLModel.metadata,
    _listener(refers=True),
    _number(),
    Column("public_id", Text, nullable=False),
    Column("artist_id", Integer, nullable=False),
    Column("name", Text, nullable=False),
    _refers("artist_id", "artist"),
    _unique("uq_album_public_id", "user_id", "public_id"),
    Index("ix_album_artist", "user_id", "artist_id"),
)
"""Albums under the name that is shown."""

recording = Table(
    "recording",
    SQLModel.metadata,
    _listener(refers=True),
    _number(),
    Column("identity", Text, nullable=False),
    Column("track_id", Integer, nullable=False),
    _refers("track_id", "track"),
    _unique("uq_recording_identity", "user_id", "md5(identity)"),
    Index("ix_recording_track", "user_id", "track_id"),
)
"""Recordings, identified by a service's URI or by the keys of their names. The track that a
recording counts as follows from its spellings."""

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
    Column("album_id", Integer),
    Column("last_started", UTCDateTime, nullable=False),
    ForeignKeyConstraint(
        ["user_id", "recording_id"],
        ["recording.user_id", "recording.id"],
        ondelete="CASCADE",
    ),
    _refers("album_id", "album"),
    Index("ix_spelling_album", "user_id", "album_id"),
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
"""The spellings of recordings, numbered within each recording, with the start of the latest
listen and the album with which the listens are shown."""

end_reason = Table(
    "end_reason",
    SQLModel.metadata,
    _listener(refers=True),
    _number(),
    Column("reason", Text, nullable=False),
    _unique("uq_end_reason_reason", "user_id", "md5(reason)"),
)
"""Reasons for the ends of listens, in the log's words."""

listen = Table(
    "listen",
    SQLModel.metadata,
    # No foreign key: checking "user" for each of a million rows would double the time of
    # inserting them. `lock_history` locks the listener while rows are added, and a
    # trigger of the migration (`listens_go_with_user`) deletes them with the user.
    Column("user_id", BigInteger, nullable=False),
    Column("started_at", UTCDateTime, nullable=False),
    Column("recording_id", Integer, nullable=False),
    Column("spelling_id", Integer, nullable=False),
    Column("ms_played", Integer),
    # Not null: in rows of a log without lengths, a null would cost eight bytes each.
    Column("length_ms", Integer, nullable=False, server_default=text("0")),
    Column("number", Integer, nullable=False, server_default=text("0")),
    Column("end_reason_id", Integer),
    Column("log", SmallInteger, nullable=False),
    Column("mark", SmallInteger, nullable=False),
    Column("skipped", Boolean),
    Column("shuffle", Boolean),
    CheckConstraint("ms_played >= 0", name="ms_played"),
    UniqueConstraint(
        "user_id",
        "started_at",
        "recording_id",
        "log",
        "ms_played",
        name="uq_listen_exact_key",
        postgresql_nulls_not_distinct=True,
    ),
    Index(
        "ix_listen_long",
        "user_id",
        "started_at",
        postgresql_where=text(f"ms_played > {LONG_MS}"),
    ),
)
"""Every listen, once. `mark` is the reason why it is not counted (`MARK_CODES`), or 0.
`length_ms` is the length of the track, or 0. `number` is the number of its first record:
numbers increase and are never reused; listens from before there were numbers have 0.

The spelling is not a foreign key: checking a million of them would take longer than the rest
of an import. The merge takes the numbers from rows that it has just read or added.
"""

also_logged = Table(
    "also_logged",
    SQLModel.metadata,
    Column("user_id", BigInteger, nullable=False),
    Column("started_at", UTCDateTime, nullable=False),
    Column("recording_id", Integer, nullable=False),
    Column("spelling_id", Integer, nullable=False),
    Column("ms_played", Integer),
    Column("length_ms", Integer, nullable=False, server_default=text("0")),
    Column("number", Integer, nullable=False, server_default=text("0")),
    Column("end_reason_id", Integer),
    Column("log", SmallInteger, nullable=False),
    Column("skipped", Boolean),
    Column("shuffle", Boolean),
    ForeignKeyConstraint(
        ["user_id", "recording_id", "spelling_id"],
        ["spelling.user_id", "spelling.recording_id", "spelling.id"],
        ondelete="CASCADE",
    ),
    Index("ix_also_logged_started_at", "user_id", "started_at"),
    Index("ix_also_logged_spelling", "user_id", "recording_id", "spelling_id"),
)
"""Further records of stored listens: rows with the same exact key and other values in
the remaining columns. The first record of a listen, in a fixed order, is in `listen`.
"""

import_records = Table(
    "import_records",
    SQLModel.metadata,
    _listener(refers=True),
    Column("import_id", Uuid, primary_key=True),
    Column("records", INT4MULTIRANGE, nullable=False),
    Column("content", Text),
    Column("names", ARRAY(Text), nullable=False),
    Column("removals", Integer, nullable=False),
    ForeignKeyConstraint(
        ["user_id", "import_id"],
        ["history_import.user_id", "history_import.id"],
        ondelete="CASCADE",
    ),
    Index("ix_import_records_content", "user_id", "content"),
)
"""The numbers of the records that each import had. `content` is the digest of what was read,
and `removals` is the value that `history.removals` had: while both are the same, another
import of the same bytes adds nothing. `names` are the names of the uploads, in the order of
their digests. Imports from before there were numbers have no row.
"""
