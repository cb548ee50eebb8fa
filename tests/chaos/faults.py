"""Faults, and the evidence that each of them interrupted a task.

A task was interrupted when an attempt of it was under way at the fault, and there was a
later attempt. A fault that interrupted none does not count, and another one of its kind
is made.
"""

import asyncio
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from tests.chaos.domain import STORING
from tests.chaos.fleet import Fleet
from tests.chaos.server import Mode, Observer, OwnServer

HEARTBEAT_SECONDS = 2.0
SHORTEST_PAUSE, LONGEST_PAUSE = 0.2, 0.8
LOOK_SECONDS = 0.03
PATIENCE_SECONDS = 120.0
OPEN_SECONDS = 15.0
"""The time after a fault in which it can turn out what it interrupted."""


class Kind(StrEnum):
    """What goes wrong."""

    KILL = "kill -9"
    STOP = "SIGSTOP"
    TERMINATE = "terminated"
    FAST = "fast restart"
    IMMEDIATE = "immediate restart"


TEN = (
    *Kind,
    *(Kind.KILL, Kind.KILL, Kind.STOP, Kind.TERMINATE, Kind.IMMEDIATE),
)
"""The kinds of ten faults; the first five are one of each."""

_RUNNING = """SELECT start.pid, start.task_id, start.attempt
FROM chaos_start AS start JOIN background_task AS task ON task.id = start.task_id
WHERE task.status = 'processing' AND task.attempt = start.attempt
AND NOT EXISTS (SELECT FROM chaos_effect WHERE task_id = start.task_id)"""

_STORING = f"""SELECT application_name FROM pg_stat_activity
WHERE application_name LIKE '{STORING} %' AND state <> 'idle'"""  # noqa: S608 - our name

_TERMINATE = """SELECT application_name, pg_terminate_backend(pid) FROM pg_stat_activity
WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"""

ACTIVE = (
    "SELECT count(*) FROM background_task WHERE status IN ('pending', 'processing')"
)
"""How many tasks are under way."""

_ACTIVE_HERE = f"{ACTIVE} AND kind LIKE 'chaos.%'"

_LAST_CHANCES = """SELECT count(*) FROM background_task
WHERE kind = 'music.import' AND status IN ('pending', 'processing')
AND attempt - uncounted >= 2"""

_LATER = "SELECT task_id, attempt, at FROM chaos_start WHERE task_id = ANY($1)"


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt at a task."""

    task_id: UUID
    number: int


@dataclass(slots=True)
class Fault:
    """Something that went wrong, and what was under way at that moment."""

    kind: Kind
    at: datetime
    caught: set[Attempt]
    """The attempts that it can have interrupted."""

    made: float = field(default_factory=time.monotonic)
    recoveries: dict[Attempt, timedelta] = field(default_factory=dict)
    """The attempts that it interrupted, each with the time until the next attempt."""

    @property
    def is_open(self) -> bool:
        """Whether it may yet turn out that it interrupted something."""
        young = time.monotonic() - self.made < OPEN_SECONDS
        return young and bool(self.caught) and not self.recoveries


@dataclass(slots=True)
class Injector:
    """Makes faults of all kinds, at seeded moments, until enough of them count."""

    fleet: Fleet
    server: OwnServer
    observer: Observer
    chance: random.Random
    faults: list[Fault] = field(default_factory=list)

    async def make(self, wanted: int, let_go: Callable[[], None]) -> None:
        """Make faults until `wanted` of them count.

        `let_go` releases more tasks: it is called before each fault, and when nothing
        is left that could be interrupted.
        """
        plan = [TEN[number % len(TEN)] for number in range(wanted)]
        self.chance.shuffle(plan)
        while (kind := await self._next(plan)) is not None:
            let_go()
            pause = self.chance.uniform(SHORTEST_PAUSE, LONGEST_PAUSE)
            await asyncio.sleep(pause)
            await self._spare_imports()
            self.fleet.check()
            await self._make(kind, let_go)

    async def _next(self, plan: list[Kind]) -> Kind | None:
        """Return the next kind; None when all faults of the plan have been made and count."""
        while True:
            await self.look()
            seen = [f.kind for f in self.faults if f.recoveries or f.is_open]
            missing = list((Counter(plan) - Counter(seen)).elements())
            if missing:
                return next(
                    kind for kind in plan[len(seen) :] + plan if kind in missing
                )
            if not any(fault.is_open for fault in self.faults):
                return None
            await asyncio.sleep(LOOK_SECONDS)

    async def _spare_imports(self) -> None:
        """Wait until no import is in its last attempt; imports have three, as usual."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await self.observer.number(_LAST_CHANCES):  # noqa: ASYNC110 - elsewhere
                await asyncio.sleep(LOOK_SECONDS)

    async def _make(self, kind: Kind, let_go: Callable[[], None]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await self._try(kind):
                if not await self.observer.number(_ACTIVE_HERE):
                    let_go()
                await asyncio.sleep(LOOK_SECONDS)

    async def _try(self, kind: Kind) -> bool:
        """Make a fault now; False when it would interrupt nothing."""
        match kind:
            case Kind.KILL | Kind.STOP:
                running = await self._running()
                victims = sorted(running.keys() & self.fleet.workers)
                if not victims:
                    return False
                victim = self.chance.choice(victims)
                if kind is Kind.KILL:
                    await self._kill(victim)
                else:
                    await self._stop(victim)
            case Kind.TERMINATE:
                if not await self._storing():
                    return False
                await self._terminate()
            case Kind.FAST | Kind.IMMEDIATE:
                caught = await self._storing()
                if not caught:
                    return False
                mode: Mode = "fast" if kind is Kind.FAST else "immediate"
                self._note(kind, caught)
                await asyncio.to_thread(self.server.restart, mode)
        return True

    async def _kill(self, pid: int) -> None:
        at = datetime.now().astimezone()
        os.kill(pid, signal.SIGKILL)
        # Looked at afterwards: it cannot have gone on.
        self._note(Kind.KILL, (await self._running()).get(pid, set()), at)

    async def _stop(self, pid: int) -> None:
        """Stop it for longer than the heartbeat, so that its tasks are taken over; then continue it."""
        at = datetime.now().astimezone()
        os.kill(pid, signal.SIGSTOP)
        try:
            self._note(Kind.STOP, (await self._running()).get(pid, set()), at)
            fault = self.faults[-1]
            end = time.monotonic() + 3 * HEARTBEAT_SECONDS
            while time.monotonic() < end and not fault.recoveries and fault.caught:
                await asyncio.sleep(LOOK_SECONDS)
                await self.look()
        finally:
            os.kill(pid, signal.SIGCONT)

    async def _terminate(self) -> None:
        at = datetime.now().astimezone()
        cut = await self.observer.fetch(_TERMINATE)
        self._note(Kind.TERMINATE, _named(row["application_name"] for row in cut), at)

    def _note(
        self, kind: Kind, caught: set[Attempt], at: datetime | None = None
    ) -> None:
        at = at or datetime.now().astimezone()
        self.faults.append(Fault(kind, at, self._unharmed(caught)))

    def _unharmed(self, attempts: set[Attempt]) -> set[Attempt]:
        """Return the attempts that no earlier fault can have interrupted."""
        return attempts - {a for fault in self.faults for a in fault.caught}

    async def _running(self) -> dict[int, set[Attempt]]:
        """Return the attempts that are under way, by the process that makes them."""
        running: dict[int, set[Attempt]] = {}
        for row in await self.observer.fetch(_RUNNING):
            attempt = Attempt(row["task_id"], row["attempt"])
            running.setdefault(row["pid"], set()).add(attempt)
        unharmed = {pid: self._unharmed(running[pid]) for pid in running}
        return {pid: attempts for pid, attempts in unharmed.items() if attempts}

    async def _storing(self) -> set[Attempt]:
        """Return the attempts whose last transaction is open in the database."""
        rows = await self.observer.fetch(_STORING)
        return self._unharmed(_named(row["application_name"] for row in rows))

    async def look(self) -> None:
        """Find the next attempts at what faults interrupted."""
        missing = {
            attempt.task_id
            for fault in self.faults
            for attempt in fault.caught - fault.recoveries.keys()
        }
        if not missing:
            return
        starts = await self.observer.fetch(_LATER, list(missing))
        for fault in self.faults:
            for attempt in fault.caught - fault.recoveries.keys():
                later = [
                    row["at"]
                    for row in starts
                    if row["task_id"] == attempt.task_id
                    and row["attempt"] > attempt.number
                ]
                if later:
                    fault.recoveries[attempt] = min(later) - fault.at


def _named(names: Iterable[str]) -> set[Attempt]:
    """The attempts whose connections have these names."""
    words = [name.split() for name in names]
    return {
        Attempt(UUID(answer[1]), int(answer[2]))
        for answer in words
        if len(answer) == 3 and answer[0] == STORING
    }
