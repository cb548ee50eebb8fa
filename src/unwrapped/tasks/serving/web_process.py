"""Tasks in a web process: the feed of their changes, and a worker beside it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from unwrapped.core.http.stop_signals import on_stop_signal
from unwrapped.core.process_resources import Resources
from unwrapped.tasks.execution.worker_beside import WorkerChild, worker_beside
from unwrapped.tasks.serving.feed import TaskFeed
from unwrapped.tasks.settings import TaskSettings


class WebTasks:
    """The feed of a web process, and the worker beside it."""

    def __init__(self, resources: Resources) -> None:
        self.feed = TaskFeed(resources.database)
        self.worker: WorkerChild | None = None
        """None if workers run elsewhere."""

    async def aclose(self) -> None:
        """End every stream."""
        await self.feed.close()


def web_tasks(resources: Resources) -> WebTasks:
    """The feed and the worker of this process, created at first use."""
    return resources.kept(WebTasks, WebTasks)


@asynccontextmanager
async def lifespan(resources: Resources) -> AsyncIterator[None]:
    """End the feed at a stop signal, and run a worker beside the process if configured."""
    held = web_tasks(resources)
    configuration = resources.configuration
    async with AsyncExitStack() as stack:
        # A server waits for open streams before it lets the lifespan end.
        stack.enter_context(on_stop_signal(held.feed.stop))
        if configuration.of(TaskSettings).worker:
            held.worker = await stack.enter_async_context(worker_beside(configuration))
        yield


def is_worker_ready(resources: Resources) -> bool | None:
    """Whether the worker beside this process takes tasks; None without one."""
    worker = web_tasks(resources).worker
    return None if worker is None else worker.ready
