"""Changes of tasks, for any number of watchers in this process.

One connection listens for all of them. It receives ids: their rows are read together, one
statement at a time, and passed to their watchers. Without a connection, the watched rows
are read every second.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from contextvars import Context
from uuid import UUID

import structlog
from sqlalchemy import ARRAY, any_, bindparam, select

from unwrapped.core.database import Database, is_lost_connection
from unwrapped.core.exceptions import TooManyRequests
from unwrapped.core.postgres.listening import keep_listening
from unwrapped.tasks.models import ENDED, TASKS
from unwrapped.tasks.schemas import TaskState
from unwrapped.tasks.service import READ_COLUMNS

CHANNEL = "unwrapped_task"
POLL_SECONDS = 1.0
LONGEST_STREAM_SECONDS = 600.0

# One parameter: a statement accepts at most 32,767.
_CHANGED = select(*READ_COLUMNS, TASKS.c.version).where(
    TASKS.c.id == any_(bindparam("ids", type_=ARRAY(TASKS.c.id.type)))
)

log = structlog.get_logger()


class TooManyStreams(TooManyRequests):
    """The caller has as many event streams open as one person may have."""

    code = "too_many_streams"

    def __init__(self, most: int) -> None:
        super().__init__(
            f"You have {most} event streams open already. Close one, or ask for tasks at"
            " GET /tasks."
        )


class _Watcher:
    """The latest state of a task; older states that were not read are dropped."""

    def __init__(self) -> None:
        self._latest: TaskState | None = None
        self._is_over = False
        self._news = asyncio.Event()

    def publish(self, state: TaskState) -> None:
        self._latest = state
        self._news.set()

    def end(self) -> None:
        """End the stream; later states are ignored."""
        self._is_over = True
        self._news.set()

    async def states(self) -> AsyncIterator[TaskState]:
        seen = 0
        while True:
            await self._news.wait()
            self._news.clear()
            latest, is_over = self._latest, self._is_over
            if latest is not None and latest.version > seen:
                seen = latest.version
                yield latest
            if is_over or (latest is not None and latest.task.status in ENDED):
                return


class TaskFeed:
    """Publishes the states of tasks to the watchers of this process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._watchers: defaultdict[UUID, set[_Watcher]] = defaultdict(set)
        self._changed: set[UUID] = set()
        self._new: defaultdict[UUID, set[_Watcher]] = defaultdict(set)
        """Watchers that wait for the current state; the others have it."""

        self._open = Counter[int]()
        self._news = asyncio.Event()
        self._loops: list[asyncio.Task[None]] = []
        self._is_listening = False
        self._is_stopped = False

    async def close(self) -> None:
        """End every stream, and stop listening."""
        self.stop()
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)

    def stop(self) -> None:
        """End every stream: the process is about to end."""
        self._is_stopped = True
        for watchers in self._watchers.values():
            for watcher in watchers:
                watcher.end()

    @contextmanager
    def admitted(self, user_id: int, most: int) -> Iterator[None]:
        """Let a person open one more stream while the context lasts.

        Raises `TooManyStreams`.
        """
        if self._open[user_id] >= most:
            raise TooManyStreams(most)
        self._open[user_id] += 1
        try:
            yield
        finally:
            self._open[user_id] -= 1
            if not self._open[user_id]:
                del self._open[user_id]

    async def watch(self, task_id: UUID) -> AsyncIterator[TaskState]:
        """Yield the current state of a task and each later one, until it has ended.

        The stream ends earlier with the process, when the task is deleted, and after ten
        minutes: the client opens it again, and is authenticated again. Of states that
        change faster than they are read, only the latest is yielded.
        """
        watcher = _Watcher()
        self._watchers[task_id].add(watcher)
        end = asyncio.get_running_loop().call_later(LONGEST_STREAM_SECONDS, watcher.end)
        if self._is_stopped:
            watcher.end()
        self._start()
        self._new[task_id].add(watcher)
        self._news.set()
        try:
            async for state in watcher.states():
                yield state
        finally:
            end.cancel()
            for watchers in (self._watchers, self._new):
                watchers[task_id].discard(watcher)
                if not watchers[task_id]:
                    del watchers[task_id]

    def _start(self) -> None:
        """Start to listen, unless an earlier watcher has started it."""
        if not self._loops and not self._is_stopped:
            self._loops = [
                # Its log lines must not carry the id of the first watcher's request.
                asyncio.create_task(work(), context=Context())
                for work in (
                    self._keep_listening,
                    self._keep_reading,
                    self._keep_polling,
                )
            ]

    def _read_again(self, task_ids: set[UUID]) -> None:
        self._changed |= task_ids
        self._news.set()

    async def _keep_reading(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            waiting = {
                task_id: set(self._watchers[task_id])
                for task_id in self._changed
                if task_id in self._watchers
            }
            # Only a new watcher needs a state that has not changed.
            waiting = {**self._new, **waiting}
            self._changed.clear()
            self._new.clear()
            if not waiting:
                continue
            try:
                await self._read(waiting)
            except Exception as error:
                # One loop serves all watchers: it must not end.
                if is_lost_connection(error):
                    log.warning("task.feed_behind", error=type(error).__name__)
                else:
                    log.exception("task.feed_failed")
                await asyncio.sleep(POLL_SECONDS)
                self._read_again(set(waiting))

    async def _read(self, waiting: Mapping[UUID, set[_Watcher]]) -> None:
        async with self._database.autocommit() as session:
            rows = (await session.execute(_CHANGED, {"ids": list(waiting)})).all()
        states = {row.id: TaskState.of(row) for row in rows}
        for task_id, watchers in waiting.items():
            for watcher in watchers:
                if task_id in states:
                    watcher.publish(states[task_id])
                else:
                    watcher.end()

    async def _keep_polling(self) -> None:
        """Read the watched rows while there is no connection."""
        while True:
            await asyncio.sleep(POLL_SECONDS)
            if not self._is_listening:
                self._read_again(set(self._watchers))

    async def _keep_listening(self) -> None:
        await keep_listening(
            self._database.address, CHANNEL, self._hear, self._on_listening
        )

    def _hear(self, task_id: str) -> None:
        self._read_again({UUID(task_id)})

    def _on_listening(self, is_listening: bool) -> None:
        self._is_listening = is_listening
        if is_listening:
            # Earlier changes were not received.
            self._read_again(set(self._watchers))
