"""`unwrapped worker`: takes tasks from the queue."""

import asyncio
import os
import signal
import sys
from functools import partial
from typing import TYPE_CHECKING

import click

from unwrapped.core.gc_pause import gc_paused

if TYPE_CHECKING:
    from unwrapped.core.config import Configuration
    from unwrapped.tasks.heavy.fork_server import ForkServer


@click.command()
@click.option("--concurrency", type=click.IntRange(2, 100), metavar="N",
              help="The most tasks to run at once.  [default: WORKER_CONCURRENCY, 4]")  # fmt: skip
@click.option("--kinds", metavar="A,B",
              help="Only take tasks of these kinds.  [default: WORKER_KINDS, all]")  # fmt: skip
@click.option("--beside", is_flag=True, hidden=True,
              help="Run beside a web process: stop when standard input ends.")  # fmt: skip
def worker(*, concurrency: int | None, kinds: str | None, beside: bool) -> None:
    """Run background tasks, such as imports and analyses.

    Start any number of workers on any number of machines: they share the queue in the
    database. After SIGTERM or Ctrl-C, running tasks have WORKER_GRACE_SECONDS to end.
    """
    import uvloop

    flags: dict[str, object] = {}
    if concurrency is not None:
        flags["worker_concurrency"] = concurrency
    if kinds is not None:
        if not kinds.strip(" ,"):
            raise click.BadParameter("names no kind.", param_hint="'--kinds'")
        flags["worker_kinds"] = kinds
    # Polars' allocator keeps freed memory, a quarter of what an import uses, unless
    # this is set before Polars is loaded. An inherited value is overwritten: a parent
    # process that has loaded Polars has set one.
    os.environ["_RJEM_MALLOC_CONF"] = "dirty_decay_ms:0,muzzy_decay_ms:0"
    with gc_paused():
        from unwrapped.cli.configuration import read_configuration
        from unwrapped.core.logging import configure_logging
        from unwrapped.main import DOMAINS
        from unwrapped.tasks.execution.worker import check_kinds
        from unwrapped.tasks.heavy.child import run_child
        from unwrapped.tasks.heavy.fork_server import fork_server
        from unwrapped.tasks.kinds import kinds_of
        from unwrapped.tasks.settings import TaskSettings

    configuration = read_configuration().replace(TaskSettings, **flags)
    check_kinds(DOMAINS, configuration)
    configure_logging(configuration.core)
    all_kinds = kinds_of(DOMAINS)
    # Start it before there is an event loop or a connection, which a fork would share.
    with fork_server(all_kinds, partial(run_child, all_kinds, configuration)) as server:
        uvloop.run(_work(configuration, server, beside=beside))


async def _work(
    configuration: "Configuration", server: "ForkServer", *, beside: bool
) -> None:
    from unwrapped.core.postgres.session_settings import SessionSettings
    from unwrapped.core.process_resources import open_resources
    from unwrapped.main import DOMAINS
    from unwrapped.tasks.execution.worker import run_worker
    from unwrapped.tasks.execution.worker_beside import LOST, READY
    from unwrapped.tasks.heavy.worker_side import InChild
    from unwrapped.tasks.kinds import longest_deadline

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    if beside:
        loop.add_reader(sys.stdin.fileno(), _stop_at_end, stop)

    def report(ready: bool) -> None:
        if beside:
            sys.stdout.buffer.write((READY if ready else LOST) + b"\n")
            sys.stdout.buffer.flush()

    sessions = SessionSettings(longest_deadline(DOMAINS))
    async with open_resources(configuration, sessions) as resources:
        heavy = InChild(server, resources)
        async with server.watched(stop):
            await run_worker(resources, DOMAINS, stop, report, heavy)


def _stop_at_end(stop: asyncio.Event) -> None:
    """Set `stop` when standard input has ended: its end makes it readable."""
    if not os.read(sys.stdin.fileno(), 1024):
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        stop.set()
