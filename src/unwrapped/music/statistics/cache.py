"""Keeps columns of histories, and answers to questions, in the memory of a web process."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.core.database import MAY_BE_LOST
from unwrapped.core.exceptions import Unavailable
from unwrapped.core.process_resources import Resources
from unwrapped.music.corrections.store import Standing, read_rules
from unwrapped.music.read_model.copies import copies_of
from unwrapped.music.read_model.files import CopyName
from unwrapped.music.read_model.history_state import Head
from unwrapped.music.settings import MusicSettings

if TYPE_CHECKING:
    from unwrapped.music.corrections.correcting import Corrected
    from unwrapped.music.statistics.answering import Questions

MOST_ANSWERS = 64
"""The maximum number of answers that are kept for a listener."""

AT_ONCE = 2
"""The number of questions that are answered at a time: each can use all cores."""

SWEPT_EVERY = 600.0
"""The seconds between sweeps."""

log = structlog.get_logger()


@dataclass(slots=True)
class _Remembered:
    head: Head
    standing: Standing
    corrected: "Corrected"
    questions: "Questions"
    answers: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)


class StatisticsCache:
    """Keeps the histories used last, up to `STATISTICS_MEMORY_BYTES`, but at least one."""

    def __init__(self, resources: Resources) -> None:
        self.most = resources.settings_of(MusicSettings).statistics_memory_bytes
        self._copies = copies_of(resources)
        self._people: OrderedDict[int, _Remembered] = OrderedDict()
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._at_once = asyncio.Semaphore(AT_ONCE)

    async def aclose(self) -> None:
        """Forget everything."""
        self._people.clear()

    @property
    def size(self) -> int:
        """Approximate bytes in memory."""
        return sum(one.questions.size for one in self._people.values())

    async def answer[T](
        self,
        session: AsyncSession,
        head: Head,
        standing: Standing,
        key: Hashable,
        ask: Callable[["Questions"], T],
    ) -> T:
        """The result of `ask` for a history in this state, with these corrections;
        `key` identifies the question.
        """
        remembered = await self._recall(session, head, standing)
        answers = remembered.answers
        if key not in answers:
            async with self._at_once:
                found = await asyncio.to_thread(ask, remembered.questions)
            answers[key] = found
            if len(answers) > MOST_ANSWERS:
                answers.popitem(last=False)
            self._make_room()
            return found
        answers.move_to_end(key)
        known: T = answers[key]
        return known

    async def forget_stale(self) -> None:
        """Forget histories after which more was changed than additions."""
        names = {
            CopyName(one.head.user_id, one.head.version)
            for one in self._people.values()
        }
        for name in await self._copies.stale(names):
            self._people.pop(name.user_id, None)

    async def _recall(
        self, session: AsyncSession, head: Head, standing: Standing
    ) -> _Remembered:
        lock = self._locks.setdefault(head.user_id, asyncio.Lock())
        async with lock:
            known = self._people.get(head.user_id)
            if known is None or _is_earlier(known, head, standing):
                known = await self._read(session, head, standing, known)
                self._people[head.user_id] = known
            self._people.move_to_end(head.user_id)
        self._make_room()
        return known

    async def _read(
        self,
        session: AsyncSession,
        head: Head,
        standing: Standing,
        known: _Remembered | None,
    ) -> _Remembered:
        from unwrapped.music.corrections.correcting import correct
        from unwrapped.music.statistics.answering import Questions

        base = None if known is None else (known.head, known.corrected.raw)
        if base is None or base[0].version < head.version:
            base = await self._copies.columns(session, head, base)
        rules = await read_rules(session, head.user_id, standing)
        corrected = await asyncio.to_thread(correct, base[1], rules, standing.zone_info)
        return _Remembered(base[0], standing, corrected, Questions(corrected))

    def _make_room(self) -> None:
        while len(self._people) > 1 and self.size > self.most:
            self._people.popitem(last=False)


def _is_earlier(known: _Remembered, head: Head, standing: Standing) -> bool:
    """Whether the remembered state is earlier than these, or in another zone."""
    if known.head.version < head.version:
        return True
    if known.standing.version > standing.version:
        return False
    return known.standing != standing


def cache_of(resources: Resources) -> StatisticsCache:
    """The memory of this process, created at first use."""
    return resources.kept(StatisticsCache, StatisticsCache)


@asynccontextmanager
async def lifespan(resources: Resources) -> AsyncIterator[None]:
    """Delete the stale copies on this machine at the start and then periodically."""
    copies_of(resources).keeps_files = True
    sweeping = asyncio.create_task(_sweep(resources))
    try:
        yield
    finally:
        sweeping.cancel()
        with suppress(asyncio.CancelledError):
            await sweeping


async def _sweep(resources: Resources) -> None:
    while True:
        try:
            await copies_of(resources).sweep()
            await cache_of(resources).forget_stale()
        except (Unavailable, *MAY_BE_LOST) as error:
            log.warning("statistics.not_swept", error=type(error).__name__)
        await asyncio.sleep(SWEPT_EVERY)
