"""A process that starts a worker, as `serve` does; the tests kill it.

    python -m tests.tasks.process_with_worker

It prints the process id of the worker once the worker takes tasks.
"""

import asyncio
import sys

from unwrapped.core.domain import load_configuration
from unwrapped.main import DOMAINS
from unwrapped.tasks.execution.worker_beside import worker_beside


async def main() -> None:
    """Keep a worker running until this process is killed."""
    async with worker_beside(load_configuration(DOMAINS)) as child:
        while not child.ready:  # noqa: ASYNC110 - in another process
            await asyncio.sleep(0.05)
        sys.stdout.write(f"{child.pid}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
