"""The process in which one attempt at a heavy task runs.

The worker sends the order over a connection, and closes it to stop the child: when the
task was cancelled, when its time is over, when the worker stops or is killed. Only the
outcome is sent back; data and progress go to the database as in the worker.
"""

import asyncio
import os
import socket
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

import msgspec
import structlog
import uvloop

from unwrapped.core.config import Configuration
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.postgres.session_settings import SessionSettings
from unwrapped.core.process_resources import attached_resources
from unwrapped.tasks.execution.claims import Claim
from unwrapped.tasks.execution.running_task import RunningTask, Superseded
from unwrapped.tasks.failures import INTERNAL_ERROR, Failure, failure_of
from unwrapped.tasks.heavy.memory import limit_own_memory
from unwrapped.tasks.kinds import AnyTaskKind

POOL_SIZE = 3
LAST_SECONDS = 1.0
"""Seconds until a child ends whose worker is gone and cannot kill it."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Order:
    """An order to make an attempt."""

    kind: str
    claim: Claim
    address: DatabaseAddress
    memory_max_bytes: int

    @property
    def connection_name(self) -> str:
        """The name of this child's connections in the database, used by no other
        process.
        """
        return f"unwrapped {self.claim.task_id}/{self.claim.attempt}"


@dataclass(frozen=True, slots=True)
class Ending:
    """How an attempt ended: failed, superseded, or else with its outcome in the row."""

    failure: Failure | None = None
    is_superseded: bool = False


def run_child(
    kinds: Mapping[str, AnyTaskKind],
    configuration: Configuration,
    connection: socket.socket,
) -> NoReturn:
    """Make the attempt that the connection orders, and end the process."""
    code = 1
    try:
        with connection.makefile("rb") as sent:
            line = sent.readline()
        if line:  # otherwise it was stopped before it began
            order = msgspec.json.decode(line, type=Order)
            ending = _run(order, kinds[order.kind], configuration, connection)
            connection.sendall(msgspec.json.encode(ending))
        code = 0
    except Exception:
        # The outermost frame of a process: an error beyond it would run the fork
        # server's code.
        log.exception("task.child_failed")
    finally:
        sys.stderr.flush()
        os._exit(code)


def _run(
    order: Order,
    kind: AnyTaskKind,
    configuration: Configuration,
    connection: socket.socket,
) -> Ending:
    limit_own_memory(order.memory_max_bytes)
    # libpq's variable: ADBC opens its own connections.
    os.environ["PGAPPNAME"] = order.connection_name
    # The loop is not closed: that would wait for computing threads.
    loop = uvloop.new_event_loop()
    return loop.run_until_complete(_attempt(kind, order, configuration, connection))


async def _attempt(
    kind: AnyTaskKind,
    order: Order,
    configuration: Configuration,
    connection: socket.socket,
) -> Ending:
    claim = order.claim
    sessions = SessionSettings(kind.deadline, order.connection_name)
    _stop_at_end_of(connection)
    with structlog.contextvars.bound_contextvars(request_id=claim.request_id):
        async with attached_resources(
            configuration, order.address, POOL_SIZE, sessions
        ) as resources:
            task = RunningTask(resources, claim)
            try:
                async with task.reporting():
                    await kind.run(task, claim.params)
                    task.require_outcome()
            except Superseded:
                return Ending(is_superseded=True)
            except Exception as error:
                # The worker writes any error to the row.
                failure = failure_of(error)
                if failure is INTERNAL_ERROR:
                    log.exception("task.crashed", task_id=str(task.id))
                return Ending(failure)
    return Ending()


def _stop_at_end_of(connection: socket.socket) -> None:
    """Cancel the current task when the other end is closed, and end soon after."""
    loop = asyncio.get_running_loop()
    work = asyncio.current_task()

    def wait() -> None:
        connection.recv(1)
        if work is not None:
            loop.call_soon_threadsafe(work.cancel)
        # Also if the event loop is blocked.
        time.sleep(LAST_SECONDS)
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
