"""Creates, previews, lists and deletes corrections."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.core.database import count_changed
from unwrapped.core.exceptions import Conflict, Invalid, NotFound, TooManyRequests
from unwrapped.core.process_resources import Resources
from unwrapped.music.corrections.by_subject import Rules
from unwrapped.music.corrections.correction import Action, Correction, Scope
from unwrapped.music.corrections.cycles import has_cycle
from unwrapped.music.corrections.models import CorrectionRow
from unwrapped.music.corrections.schemas import CorrectionEffect, CorrectionRead
from unwrapped.music.corrections.store import (
    correction_of,
    lock_corrections,
    read_corrections,
    read_standing,
    row_of,
)
from unwrapped.music.corrections.wording import describe, subject_words
from unwrapped.music.read_model.copies import copies_of
from unwrapped.music.read_model.history_state import read_head
from unwrapped.music.settings import MusicSettings
from unwrapped.shared.pagination import Listing, Page

_LISTING = Listing("corrections", (datetime, UUID))


class CorrectionNotFound(NotFound):
    """The caller has no such correction."""

    code = "correction_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such correction.")


class CorrectionExists(Conflict):
    """There already is a correction of the same artist, album, track or time."""

    code = "correction_exists"

    def __init__(self, one: Correction) -> None:
        super().__init__(
            f"{subject_words(one)} already has a correction. Delete that one first."
        )


class CorrectionCycle(Conflict):
    """The correction would form a cycle, by itself or with others."""

    code = "correction_cycle"

    def __init__(self, one: Correction) -> None:
        super().__init__(
            f"{subject_words(one)} would count as itself, directly or through your other"
            " corrections. Choose another name, or delete such a correction first."
        )


class TooManyCorrections(TooManyRequests):
    """The listener has as many corrections as are allowed."""

    code = "too_many_corrections"

    def __init__(self, most: int) -> None:
        super().__init__(f"You already have {most:,} corrections. Delete one first.")


class TooManyTargets(Invalid):
    """An artist would be split into more artists than are allowed."""

    code = "too_many_targets"

    def __init__(self, most: int) -> None:
        super().__init__(f"An artist can be split into {most} artists at most.")


class CorrectionService:
    """Creates, previews, lists and deletes the corrections of a listener."""

    def __init__(self, session: AsyncSession, resources: Resources) -> None:
        self._session = session
        self._resources = resources

    async def list_corrections(
        self, user_id: int, limit: int, cursor: str | None
    ) -> Page[CorrectionRead]:
        """Corrections, the latest first. Raises `BadCursor`."""
        place = (col(CorrectionRow.created_at), col(CorrectionRow.id))
        query = select(CorrectionRow).where(col(CorrectionRow.user_id) == user_id)
        found = await self._session.scalars(
            _LISTING.newest_first(query, place, limit, cursor)
        )
        page = _LISTING.page(found.all(), limit, lambda row: (row.created_at, row.id))
        return page.of(_read)

    async def get(self, user_id: int, correction_id: UUID) -> CorrectionRead:
        """One correction. Raises `CorrectionNotFound`."""
        row = await self._session.scalar(
            select(CorrectionRow).where(
                col(CorrectionRow.id) == correction_id,
                col(CorrectionRow.user_id) == user_id,
            )
        )
        if row is None:
            raise CorrectionNotFound
        return _read(row)

    async def create(self, user_id: int, new: Correction) -> CorrectionRead:
        """Create a correction.

        Raises `CorrectionExists`, `CorrectionCycle`, `TooManyCorrections` or
        `TooManyTargets`.
        """
        await lock_corrections(self._session, user_id)
        await self._require_place(user_id)
        self._require_sound(await read_corrections(self._session, user_id), new)
        row = row_of(user_id, new)
        try:
            async with self._session.begin_nested():
                self._session.add(row)
        except IntegrityError as error:
            raise CorrectionExists(new) from error
        await self._session.refresh(row)
        return _read(row)

    async def delete(self, user_id: int, correction_id: UUID) -> None:
        """Delete a correction. Raises `CorrectionNotFound`."""
        await lock_corrections(self._session, user_id)
        deleted = await count_changed(
            self._session,
            delete(CorrectionRow).where(
                col(CorrectionRow.id) == correction_id,
                col(CorrectionRow.user_id) == user_id,
            ),
        )
        if not deleted:
            raise CorrectionNotFound

    async def try_out(self, user_id: int, new: Correction) -> CorrectionEffect:
        """Preview the effect of a correction; nothing is stored.

        Raises `CorrectionExists`, `CorrectionCycle` or `TooManyTargets`.
        """
        others = await read_corrections(self._session, user_id)
        if any((one.scope, one.subject) == (new.scope, new.subject) for one in others):
            raise CorrectionExists(new)
        self._require_sound(others, new)
        return await self._effect(user_id, new, others, [*others, new])

    async def effect_of(self, user_id: int, correction_id: UUID) -> CorrectionEffect:
        """The effect of a correction, which deleting it would undo.

        Raises `CorrectionNotFound`.
        """
        every = await read_corrections(self._session, user_id)
        one = next((one for one in every if one.id == correction_id), None)
        if one is None:
            raise CorrectionNotFound
        others = [other for other in every if other.id != correction_id]
        return await self._effect(user_id, one, others, every)

    async def _require_place(self, user_id: int) -> None:
        most = self._resources.settings_of(MusicSettings).corrections_per_user
        mine = col(CorrectionRow.user_id) == user_id
        query = select(func.count()).select_from(CorrectionRow).where(mine)
        if (await self._session.scalar(query) or 0) >= most:
            raise TooManyCorrections(most)

    def _require_sound(self, others: Sequence[Correction], new: Correction) -> None:
        most = self._resources.settings_of(MusicSettings).correction_max_targets
        if len(new.targets) > most and new.action is Action.SPLIT:
            raise TooManyTargets(most)
        if new.scope is not Scope.WINDOW and has_cycle([*others, new]):
            raise CorrectionCycle(new)

    async def _effect(
        self,
        user_id: int,
        one: Correction,
        before: Sequence[Correction],
        after: Sequence[Correction],
    ) -> CorrectionEffect:
        # A web process loads Polars only when it is needed.
        from unwrapped.music.corrections.effects import measure_effect

        standing = await read_standing(self._session, user_id)
        head = await read_head(self._session, user_id)
        copies = copies_of(self._resources)
        _, columns = await copies.columns(self._session, head)
        effect = await asyncio.to_thread(
            measure_effect,
            columns,
            Rules.of(before),
            Rules.of(after),
            standing.zone_info,
        )
        return CorrectionEffect(
            text=describe(one), plays=effect.plays, listens=effect.listens
        )


def _read(row: CorrectionRow) -> CorrectionRead:
    return CorrectionRead(
        id=row.id,
        created_at=row.created_at,
        action=row.action,
        scope=row.scope,
        artist=row.artist,
        title=row.title,
        album=row.album,
        targets=row.targets,
        weekdays=row.weekdays,
        begins=row.begins,
        ends=row.ends,
        text=describe(correction_of(row)),
    )
