"""What a domain plugs into the application; `main.py` holds the list of domains."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sqlmodel import SQLModel

from unwrapped.core.config import Configuration
from unwrapped.core.environment import Environment
from unwrapped.core.personal_data import PersonalData
from unwrapped.core.resources import Resources
from unwrapped.core.secrets.sealed import Sealed

if TYPE_CHECKING:
    from fastapi import APIRouter
    from prometheus_client import CollectorRegistry
    from sqlalchemy.ext.asyncio import AsyncSession
    from starlette.responses import Response
    from starlette.types import ASGIApp

    from unwrapped.core.http.metrics import Meter
    from unwrapped.core.http.middleware import RequireSize
    from unwrapped.core.http.problems import Problem


class Named(Protocol):
    """A task kind, as far as core needs to know."""

    @property
    def name(self) -> str:
        """`domain.what_it_does`."""
        ...


type OnUnlink = Callable[[AsyncSession, int, str], Awaitable[None]]
"""Takes the id of a user and the name of the provider whose account they take away."""

type Lifespan = Callable[[Resources], AbstractAsyncContextManager[None]]

type ReadinessCheck = Callable[[Resources], bool | None]
"""Whether something that a process needs serves it; None where it does not need it."""

type ErrorForm = Callable[[Problem, Mapping[str, str]], Response]
"""Makes the answer to a problem; it is sent with the status and the headers that it is
given."""


@dataclass(frozen=True, slots=True)
class PeriodicJob:
    """Something to be done from time to time, by whichever worker comes first."""

    name: str
    every: timedelta
    run: Callable[[Resources], Awaitable[int]]
    """Does it, and says to how many things. A tick can be missed, when a worker dies, and
    two can overlap, when one takes longer than `every`: both must do no harm."""


@dataclass(frozen=True, slots=True)
class Drain:
    """Something that workers work off as soon as they hear that it is there."""

    name: str
    channel: str
    """Where a notification (NOTIFY) says that there is something."""

    run: Callable[[Resources], Awaitable[int]]
    """Does some of it, and says to how many things; it is run again until that is 0. Two
    workers can run it at once, and one can die in the middle: both must do no harm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """Endpoints under a prefix of their own, as others have laid them down."""

    prefix: str
    """It begins with a slash, and does not end with one."""

    load: "Callable[[], APIRouter | ASGIApp]"
    """A router, or an application: one of Starlette's or FastAPI's gets our state."""

    error_form: ErrorForm | None = None
    """How every error below the prefix is answered; None: as everywhere."""

    body_limit: Callable[[Resources], int] | None = None
    """The bytes that a body below the prefix may have; None: as everywhere."""

    root_parameter: tuple[str, str] | None = None
    """Name and value of the parameter by which a request of `/` is meant for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """One folder of the house."""

    name: str
    load_router: "Callable[[], APIRouter] | None" = None
    """Its endpoints; imported by web processes alone: a worker has none."""
    load_pages: "Callable[[], APIRouter] | None" = None
    """Its pages for people, which the document of the API leaves out."""
    mounts: tuple[Mount, ...] = ()
    load_error_page: "Callable[[], ErrorForm] | None" = None
    """What shows a problem to browsers. One domain has it; of several the last counts."""
    lifespan: Lifespan | None = None
    """What is open for as long as a web process runs; closed before the resources."""
    readiness: Mapping[str, ReadinessCheck] = field(default_factory=dict)
    """What `/readyz` asks, by the name of the member in its answer."""
    task_kinds: tuple[Named, ...] = ()
    periodic_jobs: tuple[PeriodicJob, ...] = ()
    drains: tuple[Drain, ...] = ()
    settings: tuple[type[Environment], ...] = ()
    """Its own settings."""
    check: Callable[[Configuration], None] | None = None
    """Raises `InvalidSettings` at the start of a web process that could not work."""
    streamed: "Mapping[tuple[str, str], RequireSize]" = field(default_factory=dict)
    """Method and path of the endpoints that read a body of any size, piece by piece, and
    what refuses one that says it is too large."""
    personal_data: tuple[PersonalData, ...] = ()
    """All that its tables hold on a person."""
    sealed: tuple[Sealed, ...] = ()
    """Its encrypted columns: a key goes when none of them needs it."""
    fleeting: tuple[type[SQLModel], ...] = ()
    """Its tables that no restore of a backup brings back: who is signed in, what is due."""
    forget_derived: Callable[[Resources], Awaitable[object]] | None = None
    """Deletes what it has derived from the database and keeps elsewhere: the database is
    about to be another one."""
    unlinked: OnUnlink | None = None
    """Forgets what a provider's API gave us, in the transaction that unlinks an account."""
    load_meter: "Callable[[CollectorRegistry], Meter] | None" = None
    """Its figures for Prometheus, of a web process."""


def settings_kinds(domains: Iterable[Domain]) -> list[type[Environment]]:
    """The settings classes of these domains."""
    return [kind for domain in domains for kind in domain.settings]


def load_configuration(
    domains: Iterable[Domain], file: Path | None = None
) -> Configuration:
    """The settings of core and of these domains, from the environment and `file`.

    Without a file it is that of `UNWRAPPED_ENV_FILE`, else `.env` of the working folder.
    Raises `InvalidSettings`, which names every value of any domain that cannot be used.
    """
    return Configuration.load(settings_kinds(domains), file)
