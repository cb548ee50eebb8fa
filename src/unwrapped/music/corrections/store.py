"""Reads and writes stored corrections, and identifies the current ones."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.auth.models import User
from unwrapped.music.corrections.by_subject import Rules
from unwrapped.music.corrections.correction import Action, Correction, Scope, Window
from unwrapped.music.corrections.models import CorrectionRow, CorrectionState
from unwrapped.music.store.listener_sql import run
from unwrapped.shared.zones import parse_zone


@dataclass(frozen=True, slots=True)
class Standing:
    """Identifies the current corrections, and the time zone in which they apply."""

    version: int = 0
    """Increases with every change; 0 if there never was a correction."""

    zone: str = "UTC"

    @property
    def zone_info(self) -> ZoneInfo:
        """The zone of windows."""
        return parse_zone(self.zone)


async def read_standing(session: AsyncSession, user_id: int) -> Standing:
    """The current version and time zone of a listener's corrections."""
    found = await session.execute(
        select(col(CorrectionState.version), col(User.time_zone))
        .select_from(User)
        .outerjoin(CorrectionState, col(CorrectionState.user_id) == col(User.id))
        .where(col(User.id) == user_id)
    )
    row = found.one_or_none()
    return Standing() if row is None else Standing(row[0] or 0, row[1])


async def read_corrections(session: AsyncSession, user_id: int) -> list[Correction]:
    """All corrections of a listener."""
    found = await session.scalars(
        select(CorrectionRow).where(col(CorrectionRow.user_id) == user_id)
    )
    return [correction_of(row) for row in found]


async def read_rules(session: AsyncSession, user_id: int, standing: Standing) -> Rules:
    """The current rules. Nothing is read if there never was a correction."""
    if standing.version == 0:
        return Rules()
    return Rules.of(await read_corrections(session, user_id))


_CHANGE = """INSERT INTO correction_state (user_id, version) VALUES (:user_id, 1)
ON CONFLICT (user_id) DO UPDATE SET version = correction_state.version + 1"""


async def lock_corrections(session: AsyncSession, user_id: int) -> None:
    """Lock corrections against other changes until the transaction ends, and increase
    their version.
    """
    await run(session, user_id, _CHANGE)


def correction_of(row: CorrectionRow) -> Correction:
    """The correction of a row."""
    window = None
    if row.weekdays is not None and row.begins is not None and row.ends is not None:
        days = frozenset(row.weekdays)
        window = Window(
            weekdays=days,
            begins=row.begins,
            ends=row.ends,
        )
    return Correction(
        id=row.id,
        # The columns are text, so the database returns strings.
        action=Action(row.action),
        scope=Scope(row.scope),
        artist=row.artist or "",
        title=row.title or "",
        album=row.album,
        targets=tuple(row.targets),
        window=window,
    )


def row_of(user_id: int, one: Correction) -> CorrectionRow:
    """The row of a correction."""
    window = one.window
    return CorrectionRow(
        id=one.id,
        user_id=user_id,
        action=one.action,
        scope=one.scope,
        subject=one.subject,
        artist=one.artist or None,
        title=one.title or None,
        album=one.album,
        targets=list(one.targets),
        weekdays=None if window is None else sorted(window.weekdays),
        begins=None if window is None else window.begins,
        ends=None if window is None else window.ends,
    )
