"""The processes of the chaos test: a web process, and workers that a supervisor keeps."""

import asyncio
import json
import os
import signal
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from tests.processes import DEVNULL, PIPE, Process, start

PATIENCE_SECONDS = 60.0
LOOK_SECONDS = 0.05

NO_DATABASE = 2
"""The exit code of a worker that found no database when it started."""


@dataclass(slots=True)
class Fleet:
    """Processes with one environment, all ended in the end."""

    environment: dict[str, str]
    log: Path
    _workers: dict[int, Process] = field(default_factory=dict)
    _slots: list[asyncio.Task[None]] = field(default_factory=list)
    _held: ExitStack = field(default_factory=ExitStack)

    async def web(self) -> str:
        """Start the web process; its address."""
        process = self._start("tests.chaos.web_process", stdout=PIPE)
        assert process.stdout is not None
        self._held.callback(process.stdout.close)
        self._held.callback(process.wait, PATIENCE_SECONDS)
        self._held.callback(process.terminate)
        async with asyncio.timeout(PATIENCE_SECONDS):
            port = await asyncio.to_thread(process.stdout.readline)
        assert port, self.log.read_text()
        return f"http://127.0.0.1:{int(port)}"

    def keep_workers(self, count: int) -> None:
        """Keep `count` workers running: one that dies is restarted at once."""
        self._slots = [asyncio.create_task(self._keep()) for _ in range(count)]

    async def _keep(self) -> None:
        while True:
            process = self._start("tests.chaos.worker_process", "worker")
            self._workers[process.pid] = process
            while process.poll() is None:  # noqa: ASYNC110 - a process
                await asyncio.sleep(LOOK_SECONDS)
            code = process.returncode
            assert code in {-signal.SIGKILL, NO_DATABASE}, f"{code}: {self.log}"
            del self._workers[process.pid]

    @property
    def workers(self) -> set[int]:
        """The process ids of the workers."""
        return set(self._workers)

    def check(self) -> None:
        """Fail if a worker ended that nobody killed."""
        for slot in self._slots:
            if slot.done():
                slot.result()

    def logged(self, event: str) -> list[dict[str, Any]]:
        """What the processes logged of an event."""
        lines = [line for line in self.log.read_text().splitlines() if event in line]
        return [
            answer for line in lines if (answer := json.loads(line))["event"] == event
        ]

    async def stop_workers(self) -> list[int]:
        """SIGTERM for all workers; their exit codes."""
        for slot in self._slots:
            slot.cancel()
        await asyncio.gather(*self._slots, return_exceptions=True)
        for process in self._workers.values():
            process.terminate()
        async with asyncio.TaskGroup() as group:
            ends = [
                group.create_task(asyncio.to_thread(process.wait, PATIENCE_SECONDS))
                for process in self._workers.values()
            ]
        self._workers.clear()
        return [end.result() for end in ends]

    def _start(self, module: str, *arguments: str, stdout: int = DEVNULL) -> Process:
        with self.log.open("ab") as log:
            return start(
                (sys.executable, "-m", module, *arguments),
                env=self.environment,
                stdout=stdout,
                stderr=log.fileno(),
            )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Kill all processes, also those that are stopped."""
        for slot in self._slots:
            slot.cancel()
        await asyncio.gather(*self._slots, return_exceptions=True)
        for process in self._workers.values():
            process.kill()
            process.wait(PATIENCE_SECONDS)
        await asyncio.to_thread(self._held.close)


def processes_environment(**ours: str) -> dict[str, str]:
    """A small environment: nothing of the user's own reaches the processes."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in {"PATH", "HOME"} or name.startswith("COVERAGE_")
    }
    return kept | {"PYTHONUTF8": "1"} | ours
