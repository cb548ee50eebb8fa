"""The worker beside a web process: a child process that is restarted when it dies."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog

from unwrapped.core.config import Configuration
from unwrapped.tasks.settings import TaskSettings

READY, LOST = b"ready", b"lost"
SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
HEALTHY_SECONDS = 60.0

log = structlog.get_logger()


class WorkerChild:
    """`unwrapped worker` as a child, started again when it dies."""

    def __init__(self, configuration: Configuration) -> None:
        self._environment = configuration.as_environment(os.environ)
        self._grace = configuration.of(TaskSettings).worker_grace_seconds
        self._process: asyncio.subprocess.Process | None = None
        self.ready = False
        """Whether the worker takes tasks now."""

    @property
    def pid(self) -> int | None:
        """The process id of the worker; None while there is none."""
        return self._process.pid if self._process else None

    async def keep_alive(self) -> None:
        """Start the worker, and restart it, with longer pauses while it dies early."""
        pause = SHORTEST_PAUSE
        loop = asyncio.get_running_loop()
        while True:
            begun = loop.time()
            try:
                code = await self._run_once()
            except OSError as error:
                code = None
                log.warning("worker.not_started", error=str(error))
            lived = loop.time() - begun
            pause = SHORTEST_PAUSE if lived > HEALTHY_SECONDS else pause
            log.warning("worker.died", code=code, restart_in=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _run_once(self) -> int:
        # The worker stops when its standard input ends, even if this process is killed.
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "unwrapped", "worker", "--beside"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=self._environment,
            start_new_session=True,
        )
        try:
            if self._process.stdout is not None:
                async for line in self._process.stdout:
                    self.ready = line.strip() == READY
            return await self._process.wait()
        finally:
            self.ready = False

    async def stop(self) -> None:
        """Stop the worker; kill it after its grace time."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            async with asyncio.timeout(self._grace + 5.0):
                await process.wait()
        except TimeoutError:
            log.warning("worker.killed")
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


@asynccontextmanager
async def worker_beside(configuration: Configuration) -> AsyncIterator[WorkerChild]:
    """A worker child with this configuration, while the context lasts."""
    child = WorkerChild(configuration)
    keeping = asyncio.create_task(child.keep_alive())
    try:
        yield child
    finally:
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping
        await child.stop()
