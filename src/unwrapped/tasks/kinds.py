"""What a domain declares to have its work done in the background."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from unwrapped.core.domain import Domain
from unwrapped.core.fields import Schema
from unwrapped.core.resources import Resources
from unwrapped.tasks.running import RunningTask

MAX_ATTEMPTS = 3

type Handler[P: Schema] = Callable[[RunningTask, P], Awaitable[None]]
"""Does the work. It stores data and outcome together, in `task.finishing()`."""

type OnEnd = Callable[[Resources, UUID], Awaitable[None]]
"""Tidies up after a task that has ended, well or not; may be called more than once."""


async def _nothing(resources: Resources, task_id: UUID) -> None:
    return None


@dataclass(frozen=True, slots=True)
class TaskKind[P: Schema]:
    """A kind of task: its parameters, and what does the work."""

    name: str
    params: type[P]
    handler: Handler[P]
    alone: bool
    """Of such kinds one task at a time runs in a process: they take its memory."""

    ended: OnEnd

    async def run(self, task: RunningTask, params: dict[str, object]) -> None:
        """Do the work of a task with the parameters of its row."""
        await self.handler(task, self.params.model_validate(params))


class AnyTaskKind(Protocol):
    """A `TaskKind`, whatever its parameters."""

    @property
    def name(self) -> str:
        """`domain.what_it_does`: the queue's entrypoint."""
        ...

    @property
    def alone(self) -> bool:
        """See `TaskKind`."""
        ...

    @property
    def ended(self) -> OnEnd:
        """See `OnEnd`."""
        ...

    async def run(self, task: RunningTask, params: dict[str, object]) -> None:
        """See `TaskKind`."""
        ...


def task_kind[P: Schema](
    name: str, params: type[P], *, alone: bool = False, ended: OnEnd = _nothing
) -> Callable[[Handler[P]], TaskKind[P]]:
    """Declare the decorated coroutine function to be what does a kind of task."""

    def declare(handler: Handler[P]) -> TaskKind[P]:
        return TaskKind(name, params, handler, alone, ended)

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
