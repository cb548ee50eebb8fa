"""Builds the application from the domains, and opens the resources they need."""

from collections.abc import AsyncIterator, Callable
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
)
from datetime import timedelta
from importlib.metadata import version

from fastapi import APIRouter, FastAPI
from starlette.applications import Starlette

from unwrapped.core.config import Configuration, Settings
from unwrapped.core.domain import Domain
from unwrapped.core.http.api_docs import add_api_docs, whole_document
from unwrapped.core.http.api_prefix import API
from unwrapped.core.http.guards.body_deadline import BodyDeadline
from unwrapped.core.http.guards.cors import CrossOrigin
from unwrapped.core.http.guards.host_check import HostCheck
from unwrapped.core.http.guards.proxies import ProxyCheck
from unwrapped.core.http.health import health_router
from unwrapped.core.http.middleware import BodyLimit, ReadableStartup, RequestContext
from unwrapped.core.http.mount_paths import MountPaths
from unwrapped.core.http.problems import ALWAYS, add_problem_handlers
from unwrapped.core.http.routing import OVERRIDES, operation_id
from unwrapped.core.http.security_headers import SecurityHeaders
from unwrapped.core.http.state import AppState, attach_state, state_of
from unwrapped.core.logging import configure_logging
from unwrapped.core.postgres.session_settings import SessionSettings
from unwrapped.core.process_resources import open_resources
from unwrapped.tasks.execution.worker import check_kinds


def build_app(configuration: Configuration, domains: tuple[Domain, ...]) -> FastAPI:
    """Build the application of these domains, with these settings."""
    for domain in domains:
        if domain.check is not None:
            domain.check(configuration)
    check_kinds(domains, configuration)
    settings = configuration.core
    configure_logging(settings)
    app = FastAPI(
        openapi_url=None,  # `core/http/api_docs.py` has a page without third-party scripts
        title="Unwrapped",
        summary="Turns a listening history into a judged, charted, shareable portrait.",
        version=version("unwrapped"),
        lifespan=_lifespan_of(configuration, domains),
        responses=ALWAYS,
        generate_unique_id_function=operation_id,
        redirect_slashes=False,  # it would redirect to any `Host`
    )
    state = AppState(domains)
    attach_state(app, state)
    add_problem_handlers(app)
    app.include_router(health_router(state.readiness))
    _add_routes(app, domains)
    app.dependency_overrides = OVERRIDES.dependency_overrides
    _add_mounts(app, domains)
    if settings.api_docs:
        add_api_docs(app)
    _add_middleware(app, settings, domains)
    document = app.openapi
    app.openapi = lambda: whole_document(document())  # type: ignore[method-assign]
    return app


def _add_middleware(
    app: FastAPI, settings: Settings, domains: tuple[Domain, ...]
) -> None:
    streamed = {
        (method, API + path): require_size
        for domain in domains
        for (method, path), require_size in domain.streamed.items()
    }
    # The middleware that is added last is the outermost.
    app.add_middleware(BodyDeadline)
    app.add_middleware(BodyLimit, max_bytes=settings.max_body_size, streamed=streamed)
    app.add_middleware(HostCheck, allowed=settings.own_hosts)
    app.add_middleware(RequestContext, metrics=state_of(app).metrics)
    if settings.frontend_url is not None:
        # Outside `RequestContext`: the front end can read its answer to a crash, too.
        app.add_middleware(CrossOrigin, origin=settings.frontend_url, prefix=f"{API}/")
    app.add_middleware(SecurityHeaders)
    app.add_middleware(ProxyCheck, trusted=settings.trusted_proxies)
    app.add_middleware(MountPaths, mounts=state_of(app).mounts)
    app.add_middleware(ReadableStartup)


def _add_routes(app: FastAPI, domains: tuple[Domain, ...]) -> None:
    """Add the endpoints and the pages of the domains."""
    for domain in domains:
        for load in (domain.load_router, domain.load_pages):
            if load is not None:
                app.router.routes.extend(load().routes)


def _add_mounts(app: FastAPI, domains: tuple[Domain, ...]) -> None:
    for domain in domains:
        for mount in domain.mounts:
            mounted = mount.load()
            if isinstance(mounted, APIRouter):
                app.include_router(
                    mounted, prefix=mount.prefix, include_in_schema=False
                )
                continue
            if isinstance(mounted, Starlette):
                attach_state(mounted, state_of(app))
            app.mount(mount.prefix, mounted)


def _lifespan_of(
    configuration: Configuration, domains: tuple[Domain, ...]
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    limit = timedelta(seconds=configuration.core.database_statement_seconds)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            resources = await stack.enter_async_context(
                open_resources(configuration, SessionSettings(limit))
            )
            state_of(app).resources = resources
            for domain in domains:
                if domain.lifespan is not None:
                    await stack.enter_async_context(domain.lifespan(resources))
            yield

    return lifespan
