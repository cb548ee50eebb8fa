"""Declaring kinds of background tasks."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from unwrapped.core.domain import Domain
from unwrapped.core.process_resources import Resources
from unwrapped.core.schemas import Schema
from unwrapped.tasks.execution.running_task import RunningTask
from unwrapped.tasks.retry_policy import RetryPolicy

type Handler[P: Schema] = Callable[[RunningTask, P], Awaitable[None]]
"""Does the work. It stores data and outcome together, in `task.finishing()`."""

type OnEnd = Callable[[Resources, UUID], Awaitable[None]]
"""Cleans up after a task that will not run again: it completed, was cancelled, or
failed finally. May be called more than once; if it fails, a periodic job has to clean
up.
"""

DEADLINE = timedelta(hours=1)
RETRY = RetryPolicy()


@dataclass(frozen=True, slots=True)
class TaskKind[P: Schema]:
    """A kind of task: its parameters and its handler."""

    name: str
    """`domain.what_it_does`: the queue's entrypoint."""

    params: type[P]
    handler: Handler[P]
    alone: bool
    """Heavy: a worker runs one task of all such kinds at a time, in a child process."""

    loads: tuple[str, ...]
    """Modules that the handler of an `alone` kind imports when it runs: they are loaded
    once for all of its children. Loading them must not start a thread.
    """

    limit: int
    """The most that run at once in all workers together; 0 for any number."""

    deadline: timedelta
    """An attempt that takes longer fails."""

    retry: RetryPolicy
    ended: OnEnd | None

    async def run(self, task: RunningTask, params: dict[str, object]) -> None:
        """Run the handler with the parameters of a task's row."""
        await self.handler(task, self.params.model_validate(params))


type AnyTaskKind = TaskKind[Any]
"""A kind of task, whatever its parameters."""


_DECLARED: set[str] = set()


def require_declared(name: str) -> None:
    """Raise `ValueError` for an unknown kind: no worker would run its tasks."""
    if name not in _DECLARED:
        raise ValueError(
            f"{name} is not a task kind; those that @task_kind declares are"
            f" {', '.join(sorted(_DECLARED))}"
        )


def task_kind[P: Schema](
    name: str,
    params: type[P],
    *,
    alone: bool = False,
    loads: tuple[str, ...] = (),
    limit: int = 0,
    deadline: timedelta = DEADLINE,
    retry: RetryPolicy = RETRY,
    ended: OnEnd | None = None,
) -> Callable[[Handler[P]], TaskKind[P]]:
    """Declare the decorated coroutine function as the handler of a kind of task."""

    def declare(handler: Handler[P]) -> TaskKind[P]:
        _DECLARED.add(name)
        return TaskKind(
            name, params, handler, alone, loads, limit, deadline, retry, ended
        )

    return declare


def kinds_of(domains: Iterable[Domain]) -> dict[str, AnyTaskKind]:
    """All task kinds by name. Raises `TypeError` for anything else, or duplicates."""
    kinds: dict[str, AnyTaskKind] = {}
    for domain in domains:
        for kind in domain.task_kinds:
            if not isinstance(kind, TaskKind) or kind.name in kinds:
                raise TypeError(f"{kind.name} of {domain.name} is not a new task kind")
            kinds[kind.name] = kind
    return kinds


def longest_deadline(domains: Iterable[Domain]) -> timedelta:
    """The longest time that a statement of a worker may take: no attempt lasts longer."""
    return max((kind.deadline for kind in kinds_of(domains).values()), default=DEADLINE)
