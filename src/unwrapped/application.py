"""Puts the domains together into an application, and holds open what they need."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from importlib.metadata import version

from fastapi import APIRouter, FastAPI

from unwrapped.core.config import Configuration, Settings
from unwrapped.core.domain import Domain
from unwrapped.core.http.api_docs import add_api_docs, operation_id, whole_document
from unwrapped.core.http.body_deadline import BodyDeadline
from unwrapped.core.http.cross_origin import CrossOrigin
from unwrapped.core.http.health import router as health_router
from unwrapped.core.http.host_check import HostCheck
from unwrapped.core.http.metrics import Metrics
from unwrapped.core.http.middleware import BodyLimit, ReadableStartup, RequestContext
from unwrapped.core.http.problems import ALWAYS, add_problem_handlers
from unwrapped.core.http.proxies import ProxyCheck
from unwrapped.core.http.security_headers import SecurityHeaders
from unwrapped.core.http.stop_signals import on_stop_signal
from unwrapped.core.logging import configure_logging
from unwrapped.core.postgres.session_settings import SessionSettings
from unwrapped.core.resources import open_resources
from unwrapped.tasks.child import worker_beside
from unwrapped.tasks.feed import TaskFeed
from unwrapped.tasks.settings import TaskSettings
from unwrapped.tasks.worker import check_kinds

API_PREFIX = "/api/v1"


def build_app(configuration: Configuration, domains: tuple[Domain, ...]) -> FastAPI:
    """The application of these domains, with these settings."""
    for domain in domains:
        if domain.check is not None:
            domain.check(configuration)
    check_kinds(domains, configuration)
    settings = configuration.core
    configure_logging(settings)
    app = FastAPI(
        openapi_url=None,  # `core/http/api_docs.py` has a page without scripts of others
        title="Unwrapped",
        summary="Turns a listening history into a judged, charted, shareable portrait.",
        version=version("unwrapped"),
        lifespan=_lifespan,
        responses=ALWAYS,
        generate_unique_id_function=operation_id,
        redirect_slashes=False,  # it would redirect to whatever `Host` says
    )
    app.state.configuration = configuration
    metrics = app.state.metrics = Metrics()
    app.state.meters = [
        domain.load_meter(metrics.registry) for domain in domains if domain.load_meter
    ]
    app.state.on_unlink = [domain.unlinked for domain in domains if domain.unlinked]
    app.state.personal_data = [
        part for domain in domains for part in domain.personal_data
    ]
    add_problem_handlers(app)
    app.include_router(health_router)
    app.include_router(_api(domains))
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
        (method, API_PREFIX + path): require_size
        for domain in domains
        for (method, path), require_size in domain.streamed.items()
    }
    # The last one added is the outermost.
    app.add_middleware(BodyDeadline)
    app.add_middleware(BodyLimit, max_bytes=settings.max_body_size, streamed=streamed)
    app.add_middleware(HostCheck, allowed=settings.own_hosts)
    app.add_middleware(RequestContext, metrics=app.state.metrics)
    if settings.frontend_url is not None:
        # Around what answers a crash: a front end can read that, too.
        app.add_middleware(
            CrossOrigin, origin=settings.frontend_url, prefix=f"{API_PREFIX}/"
        )
    app.add_middleware(SecurityHeaders)
    app.add_middleware(ProxyCheck, trusted=settings.trusted_proxies)
    app.add_middleware(ReadableStartup)


def _api(domains: tuple[Domain, ...]) -> APIRouter:
    api = APIRouter(prefix=API_PREFIX)
    for domain in domains:
        if domain.load_router is not None:
            api.include_router(domain.load_router())
    return api


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        configuration: Configuration = app.state.configuration
        limit = timedelta(seconds=configuration.core.database_statement_seconds)
        resources = await stack.enter_async_context(
            open_resources(configuration, SessionSettings(limit))
        )
        app.state.resources = resources
        feed = app.state.task_feed = TaskFeed(resources.database)
        stack.push_async_callback(feed.close)
        # A server waits for open streams before it lets the lifespan end.
        stack.enter_context(on_stop_signal(feed.stop))
        app.state.worker = None
        if configuration.of(TaskSettings).worker:
            app.state.worker = await stack.enter_async_context(
                worker_beside(configuration)
            )
        yield
