"""What a domain declares to have its work done in the background."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from unwrapped.core.domain import Domain
from unwrapped.core.fields import Schema
from unwrapped.core.resources import Resources
from unwrapped.tasks.execution.running import RunningTask
from unwrapped.tasks.retrying import RetryPolicy

type Handler[P: Schema] = Callable[[RunningTask, P], Awaitable[None]]
"""Does the work. It stores data and outcome together, in `task.finishing()`."""

type OnEnd = Callable[[Resources, UUID], Awaitable[None]]
"""Tidies up after a task of which nothing more can come: it completed, was cancelled, or
failed for good. May be called more than once; what it fails to tidy is left to a
periodic job."""

DEADLINE = timedelta(hours=1)
RETRY = RetryPolicy()


@dataclass(frozen=True, slots=True)
class TaskKind[P: Schema]:
    """A kind of task: its parameters, and what does the work."""

    name: str
    """`domain.what_it_does`: the queue's entrypoint."""

    params: type[P]
    handler: Handler[P]
    alone: bool
    """Heavy: of such kinds a worker runs one task at a time, in a child of its own."""

    loads: tuple[str, ...]
    """Modules that the handler of an `alone` kind imports when it runs: they are loaded
    once for all of its children. Loading them starts no thread."""

    limit: int
    """So many run at once in all workers together; 0 for any number."""

    deadline: timedelta
    """An attempt that takes longer fails."""

    retry: RetryPolicy
    ended: OnEnd | None

    async def run(self, task: RunningTask, params: dict[str, object]) -> None:
        """Do the work of a task with the parameters of its row."""
        await self.handler(task, self.params.model_validate(params))


type AnyTaskKind = TaskKind[Any]
"""A kind of task, whatever its parameters."""


_DECLARED: set[str] = set()


def require_declared(name: str) -> None:
    """Raises `ValueError` for the name of no task kind: nobody would work on its tasks."""
    if name not in _DECLARED:
        raise ValueError(
            f"{name} is no task kind; those that @task_kind declares are"
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
    """Declare the decorated coroutine function to be what does a kind of task."""

    def declare(handler: Handler[P]) -> TaskKind[P]:
        _DECLARED.add(name)
        return TaskKind(
            name, params, handler, alone, loads, limit, deadline, retry, ended
        )

    return declare


def kinds_of(domains: Iterable[Domain]) -> dict[str, AnyTaskKind]:
    """All task kinds by name. Raises `TypeError` for what is none, or declared twice."""
    kinds: dict[str, AnyTaskKind] = {}
    for domain in domains:
        for kind in domain.task_kinds:
            if not isinstance(kind, TaskKind) or kind.name in kinds:
                raise TypeError(f"{kind.name} of {domain.name} is no new task kind")
            kinds[kind.name] = kind
    return kinds


def longest_deadline(domains: Iterable[Domain]) -> timedelta:
    """How long a statement of a worker can be of use: no attempt lasts longer."""
    return max((kind.deadline for kind in kinds_of(domains).values()), default=DEADLINE)
