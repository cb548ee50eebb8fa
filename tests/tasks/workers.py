"""Workers for tests: in this process, and as processes that can be killed."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.processes import PIPE, Process, start
from tests.waiting import PATIENCE_SECONDS, eventually
from unwrapped.core.domain import Domain
from unwrapped.core.process_resources import Resources
from unwrapped.tasks.domain import DOMAIN
from unwrapped.tasks.execution.worker import run_worker
from unwrapped.tasks.execution.worker_beside import READY
from unwrapped.tasks.kinds import AnyTaskKind


@dataclass(slots=True)
class InProcess:
    """A worker in this process."""

    stop: asyncio.Event = field(default_factory=asyncio.Event)
    readiness: list[bool] = field(default_factory=list)
    """What it has reported, in order: whether it is ready."""


@asynccontextmanager
async def working(
    resources: Resources, *kinds: AnyTaskKind, domains: Iterable[Domain] = ()
) -> AsyncIterator[InProcess]:
    """Run a worker in this process while the context lasts."""
    worker = InProcess()
    domain = Domain(name="tests", task_kinds=kinds)
    running = asyncio.create_task(
        run_worker(
            resources, [domain, DOMAIN, *domains], worker.stop, worker.readiness.append
        )
    )
    try:
        await eventually(lambda: bool(worker.readiness) or running.done())
        yield worker
    finally:
        worker.stop.set()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await running


@dataclass(slots=True)
class Workers:
    """Processes that work on the test's database."""

    log: Path
    environment: dict[str, str]
    _started: list[Process] = field(default_factory=list)
    _kept: list[asyncio.Task[None]] = field(default_factory=list)

    async def start(self, **over: str) -> Process:
        """Start a worker, and wait until it takes tasks; `over` changes its environment."""
        with self.log.open("ab") as log:
            process = start(
                (sys.executable, "-m", "tests.tasks.worker_child", "--beside"),
                env=self.environment | over,
                stdin=PIPE,
                stdout=PIPE,
                stderr=log.fileno(),
            )
        self._started.append(process)
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE_SECONDS):
            line = await asyncio.to_thread(process.stdout.readline)
        assert line.strip() == READY, self.log.read_text()
        return process

    def keep(self) -> None:
        """Keep a worker running: start another one when it dies."""
        self._kept.append(asyncio.create_task(self._keep()))

    async def _keep(self) -> None:
        while True:
            process = await self.start()
            while process.poll() is None:  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.05)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for task in self._kept:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        for process in self._started:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()


async def ended(process: Process, seconds: float) -> int:
    """Return the exit code of a process that must end within these seconds."""
    await eventually(lambda: process.poll() is not None, seconds)
    return process.wait()
