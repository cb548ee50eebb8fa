"""Reads the columns of a history from PostgreSQL."""

from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.postgres.session_settings import SessionSettings
from unwrapped.music.read_model.columns import Columns, columns_of
from unwrapped.music.read_model.history_state import Head
from unwrapped.music.read_model.key_variants import variants_of, with_variant
from unwrapped.music.store.history_snapshot import read_history


def read_columns(
    address: DatabaseAddress,
    user_id: int,
    snapshot: str | None = None,
    sessions: SessionSettings = SessionSettings(),
) -> tuple[Head, Columns]:
    """The state of a history and its columns, from one snapshot. Blocks while it reads.

    `snapshot` is that of another transaction, or None for a new one.
    """
    stored = read_history(address, user_id, snapshot, sessions)
    head = Head(user_id, *stored.state) if stored.state else Head(user_id)
    variants = variants_of(stored.respelled)
    return head, columns_of(with_variant(stored.listens, variants), variants)
