"""What a domain plugs into the application; `main.py` holds the list of domains."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sqlmodel import SQLModel

from unwrapped.core.config import Configuration
from unwrapped.core.personal_data import PersonalData
from unwrapped.core.process_resources import Resources
from unwrapped.core.secrets.encrypted_columns import Sealed
from unwrapped.core.settings_sources import EnvironmentSettings

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
"""Called with a user's id and the name of the provider that the user unlinks."""

type Lifespan = Callable[[Resources], AbstractAsyncContextManager[None]]

type ReadinessCheck = Callable[[Resources], bool | None]
"""Whether something that a process needs is available; None if it needs no such thing.
"""

type ErrorForm = Callable[[Problem, Mapping[str, str]], Response]
"""Renders the answer to a problem; the caller passes the status and the headers."""


@dataclass(frozen=True, slots=True)
class PeriodicJob:
    """A job that one of the workers runs periodically."""

    name: str
    every: timedelta
    run: Callable[[Resources], Awaitable[int]]
    """Runs the job and returns the number of things it dealt with. A tick is missed
    when a worker dies, and two ticks overlap when one takes longer than `every`:
    neither may do harm.
    """


@dataclass(frozen=True, slots=True)
class Drain:
    """An inbox that workers empty as soon as they are notified."""

    name: str
    channel: str
    """The channel (NOTIFY) that announces new entries."""

    run: Callable[[Resources], Awaitable[int]]
    """Handles some entries and returns their number; it is called again until that is
    0. Two workers can run it at once, and one can die in the middle: neither may do
    harm.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """Endpoints under a prefix of their own, as a foreign protocol defines them."""

    prefix: str
    """Begins with a slash and does not end with one."""

    load: "Callable[[], APIRouter | ASGIApp]"
    """Returns a router or an application; Starlette's and FastAPI's get the `AppState`.
    """

    error_form: ErrorForm | None = None
    """How every error below the prefix is answered; None: as everywhere else."""

    body_limit: Callable[[Resources], int] | None = None
    """The most bytes of a body below the prefix; None: as everywhere else."""

    root_parameter: tuple[str, str] | None = None
    """Name and value of the query parameter that sends a request for `/` to this mount.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """What one domain (a folder of the source) plugs in."""

    name: str
    load_router: "Callable[[], APIRouter] | None" = None
    """Its endpoints; only web processes import them."""
    load_pages: "Callable[[], APIRouter] | None" = None
    """Its pages for people, which the OpenAPI document leaves out."""
    mounts: tuple[Mount, ...] = ()
    load_error_page: "Callable[[], ErrorForm] | None" = None
    """Renders a problem for browsers; of several domains with one, the last counts."""
    lifespan: Lifespan | None = None
    """A context that is open while a web process runs; it ends before the resources."""
    readiness: Mapping[str, ReadinessCheck] = field(default_factory=dict)
    """What `/readyz` checks, by the name of the member in its answer."""
    task_kinds: tuple[Named, ...] = ()
    periodic_jobs: tuple[PeriodicJob, ...] = ()
    drains: tuple[Drain, ...] = ()
    settings: tuple[type[EnvironmentSettings], ...] = ()
    """Its own settings."""
    check: Callable[[Configuration], None] | None = None
    """Called when a web process starts; raises `InvalidSettings` if the domain cannot
    work with these settings.
    """
    streamed: "Mapping[tuple[str, str], RequireSize]" = field(default_factory=dict)
    """Method and path of the endpoints that stream a body of any size, each with the
    check that refuses a body whose declared size is too large.
    """
    personal_data: tuple[PersonalData, ...] = ()
    """All that its tables store about a person."""
    sealed: tuple[Sealed, ...] = ()
    """Its encrypted columns: a key is removed when none of them needs it."""
    fleeting: tuple[type[SQLModel], ...] = ()
    """Its tables that a restore leaves empty: sessions and their tokens, ticks."""
    forget_derived: Callable[[Resources], Awaitable[object]] | None = None
    """Deletes what it derived from the database and keeps elsewhere; for a restore.
    """
    unlinked: OnUnlink | None = None
    """Deletes what a provider's API returned, in the transaction that unlinks an
    account.
    """
    load_meter: "Callable[[CollectorRegistry], Meter] | None" = None
    """Its metrics for Prometheus, in a web process."""


def settings_kinds(domains: Iterable[Domain]) -> list[type[EnvironmentSettings]]:
    """The settings classes of these domains."""
    return [kind for domain in domains for kind in domain.settings]


def load_configuration(
    domains: Iterable[Domain], file: Path | None = None
) -> Configuration:
    """The settings of core and of these domains, from the environment and `file`.

    `file` defaults to that of `UNWRAPPED_ENV_FILE`, then to `.env` of the working
    folder. Raises `InvalidSettings`, which names every value of any domain that cannot
    be used.
    """
    return Configuration.load(settings_kinds(domains), file)
