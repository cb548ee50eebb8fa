"""What a domain plugs into the application; `main.py` holds the list of domains."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from unwrapped.core.config import Environment
from unwrapped.core.personal_data import PersonalData
from unwrapped.core.resources import Resources

if TYPE_CHECKING:
    from fastapi import APIRouter
    from prometheus_client import CollectorRegistry

    from unwrapped.core.metrics import Meter


class Named(Protocol):
    """A task kind, as far as core needs to know."""

    @property
    def name(self) -> str:
        """`domain.what_it_does`."""
        ...


@dataclass(frozen=True, slots=True)
class PeriodicJob:
    """Something to be done from time to time, by whichever worker comes first."""

    name: str
    every: timedelta
    run: Callable[[Resources], Awaitable[int]]
    """Does it, and says to how many things. A tick can be missed, when a worker dies, and
    two can overlap, when one takes longer than `every`: both must do no harm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """One folder of the house."""

    name: str
    load_router: "Callable[[], APIRouter] | None" = None
    """Its endpoints; imported by web processes alone: a worker has none."""
    task_kinds: tuple[Named, ...] = ()
    periodic_jobs: tuple[PeriodicJob, ...] = ()
    settings: type[Environment] | None = None
    """Its own settings, if it has any."""
    streamed: frozenset[tuple[str, str]] = frozenset()
    """Method and path of the endpoints that read a body of any size, piece by piece."""
    personal_data: tuple[PersonalData, ...] = ()
    """All that its tables hold on a person."""
    load_meter: "Callable[[CollectorRegistry], Meter] | None" = None
    """Its figures for Prometheus, of a web process."""


def check_settings(domains: Iterable[Domain]) -> None:
    """Raises `InvalidSettings` at start where a domain would at its first use."""
    for domain in domains:
        if domain.settings is not None:
            domain.settings.load()
