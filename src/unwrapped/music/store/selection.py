"""Selects stored listens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.music.store.listener_sql import run


@dataclass(frozen=True, slots=True)
class ExactKey:
    """The unique key of a listener's listens."""

    started_at: datetime
    recording: int
    log: int
    ms_played: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The listens that match every member; None matches all listens."""

    log: int | None = None
    since: datetime | None = None
    before: datetime | None = None
    recordings: Sequence[int] | None = None
    spellings: Sequence[tuple[int, int]] | None = None
    """The numbers of a recording and of one of its spellings, for each spelling."""

    keys: Sequence[ExactKey] | None = None
    records: str | None = None
    """The numbers of records, as a multirange."""

    @property
    def condition(self) -> str:
        """SQL on a row of `listen` or `also_logged`, without parameters."""
        parts = []
        if self.log is not None:
            parts.append(f"log = {int(self.log)}")
        if self.since is not None:
            parts.append(f"started_at >= timestamptz '{self.since.isoformat()}'")
        if self.before is not None:
            parts.append(f"started_at < timestamptz '{self.before.isoformat()}'")
        if self.recordings is not None:
            listed = ",".join(str(int(number)) for number in self.recordings)
            parts.append(f"recording_id = ANY ('{{{listed}}}'::integer[])")
        if self.spellings is not None:
            parts.append(_spelled(self.spellings))
        if self.keys is not None:
            parts.append(_among(self.keys))
        if self.records is not None:
            parts.append(f"number <@ '{self.records}'::int4multirange")
        return " AND ".join(parts) or "true"


def _spelled(spellings: Sequence[tuple[int, int]]) -> str:
    if not spellings:
        return "false"
    listed = ",".join(f"({int(one)}, {int(other)})" for one, other in spellings)
    return f"(recording_id, spelling_id) IN ({listed})"


def _among(keys: Sequence[ExactKey]) -> str:
    if not keys:
        return "false"
    listed = ",".join(
        f"(timestamptz '{key.started_at.isoformat()}', {int(key.recording)},"
        f" {int(key.log)}, {-1 if key.ms_played is None else int(key.ms_played)})"
        for key in keys
    )
    return f"(started_at, recording_id, log, coalesce(ms_played, -1)) IN ({listed})"


async def count_selected(
    session: AsyncSession, user_id: int, selection: Selection
) -> int:
    """The number of matching listens of a listener."""
    query = f"SELECT count(*) FROM listen WHERE user_id = :user_id AND {selection.condition}"
    return int((await run(session, user_id, query))[0][0])
