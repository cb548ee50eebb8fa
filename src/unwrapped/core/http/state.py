"""The typed state of an application: the only module that uses `app.state`."""

from collections.abc import Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.requests import HTTPConnection

from unwrapped.core.domain import (
    Domain,
    ErrorForm,
    Mount,
    OnUnlink,
    ReadinessCheck,
)
from unwrapped.core.http.metrics import DatabaseMeter, Meter, Metrics
from unwrapped.core.http.mount_paths import is_below
from unwrapped.core.personal_data import PersonalData
from unwrapped.core.process_resources import Resources


class AppState:
    """What the parts of one application share: its domains, metrics and resources."""

    def __init__(self, domains: tuple[Domain, ...]) -> None:
        self.metrics = Metrics()
        self.meters: tuple[Meter, ...] = (
            DatabaseMeter(self.metrics.registry),
            *(
                domain.load_meter(self.metrics.registry)
                for domain in domains
                if domain.load_meter
            ),
        )
        self.on_unlink: tuple[OnUnlink, ...] = tuple(
            domain.unlinked for domain in domains if domain.unlinked
        )
        self.personal_data: tuple[PersonalData, ...] = tuple(
            part for domain in domains for part in domain.personal_data
        )
        self.readiness: Mapping[str, ReadinessCheck] = {
            name: check
            for domain in domains
            for name, check in domain.readiness.items()
        }
        self.mounts = tuple(mount for domain in domains for mount in domain.mounts)
        loaders = [
            domain.load_error_page for domain in domains if domain.load_error_page
        ]
        self.error_page: ErrorForm | None = loaders[-1]() if loaders else None
        """How problems are shown to browsers; None: as JSON, like to programs."""

        self._resources: Resources | None = None

    @property
    def resources(self) -> Resources:
        """The open resources of the process. Raises `RuntimeError` before startup."""
        if self._resources is None:
            raise RuntimeError("the application has not started")
        return self._resources

    @resources.setter
    def resources(self, resources: Resources) -> None:
        self._resources = resources

    def error_form(self, path: str) -> ErrorForm | None:
        """The form of errors at a path; None if they are answered as problems."""
        mount = self.mount_of(path)
        return None if mount is None else mount.error_form

    def mount_of(self, path: str) -> Mount | None:
        """The mount that a path is below; None if there is none."""
        below = (mount for mount in self.mounts if is_below(path, mount.prefix))
        return next(below, None)


def attach_state(app: Starlette, state: AppState) -> None:
    """Set the state of the application, or of one that is mounted in it."""
    app.state.unwrapped = state


def state_of(holder: Starlette | HTTPConnection) -> AppState:
    """The state of an application, or of the one that received a request."""
    app = holder if isinstance(holder, Starlette) else holder.app
    state: AppState = app.state.unwrapped
    return state


def find_state(scope: Mapping[str, Any]) -> AppState | None:
    """The state of the application that received a request; None if it has none."""
    app = scope.get("app")
    found = getattr(getattr(app, "state", None), "unwrapped", None)
    return found if isinstance(found, AppState) else None
