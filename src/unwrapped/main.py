"""The application: puts the domains together and holds open what they need.

`unwrapped.main:app` is for uvicorn; it is built when it is first asked for.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.metadata import version

from fastapi import APIRouter, FastAPI

import unwrapped.auth.domain
import unwrapped.music.domain
import unwrapped.tasks.domain
import unwrapped.web.domain
from unwrapped.core.api_docs import add_api_docs
from unwrapped.core.body_deadline import BodyDeadline
from unwrapped.core.config import Settings, load_settings
from unwrapped.core.domain import Domain, check_settings
from unwrapped.core.exceptions import AppException
from unwrapped.core.health import router as health_router
from unwrapped.core.host_check import HostCheck
from unwrapped.core.logging import configure_logging
from unwrapped.core.metrics import Metrics
from unwrapped.core.middleware import BodyLimit, ReadableStartup, RequestContext
from unwrapped.core.problems import ALWAYS, add_problem_handlers, tell_media_type
from unwrapped.core.resources import open_resources
from unwrapped.core.security_headers import SecurityHeaders
from unwrapped.tasks.child import worker_beside
from unwrapped.tasks.settings import TaskSettings

API_PREFIX = "/api/v1"

DOMAINS: tuple[Domain, ...] = (
    unwrapped.auth.domain.DOMAIN,
    unwrapped.tasks.domain.DOMAIN,
    unwrapped.music.domain.music_domain(unwrapped.web.domain.draw_page),
    unwrapped.web.domain.DOMAIN,
)
"""All domains: adding one is a folder and a line here."""


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application with these settings, or those of the environment."""
    settings = settings or load_settings()
    check_settings(DOMAINS)
    configure_logging(settings)
    app = FastAPI(
        openapi_url="/openapi.json" if settings.api_docs else None,
        docs_url=None,  # `core/api_docs.py` has a page without scripts of others
        redoc_url=None,
        title="Unwrapped",
        summary="Turns a listening history into a judged, charted, shareable portrait.",
        version=version("unwrapped"),
        lifespan=_lifespan,
        responses=ALWAYS,
        redirect_slashes=False,  # it would redirect to whatever `Host` says
    )
    app.state.settings = settings
    app.state.metrics = Metrics()
    app.state.personal_data = [
        part for domain in DOMAINS for part in domain.personal_data
    ]
    add_problem_handlers(app)
    app.include_router(health_router)
    app.include_router(_api())
    if settings.api_docs:
        add_api_docs(app)
    _add_middleware(app, settings)
    document = app.openapi
    app.openapi = lambda: tell_media_type(document())  # type: ignore[method-assign]
    return app


def _add_middleware(app: FastAPI, settings: Settings) -> None:
    streamed = frozenset(
        (method, API_PREFIX + path)
        for domain in DOMAINS
        for method, path in domain.streamed
    )
    # The last one added is the outermost.
    app.add_middleware(BodyDeadline)
    app.add_middleware(BodyLimit, max_bytes=settings.max_body_size, streamed=streamed)
    app.add_middleware(HostCheck, allowed=settings.own_hosts)
    app.add_middleware(RequestContext, metrics=app.state.metrics)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(ReadableStartup)


def _api() -> APIRouter:
    api = APIRouter(prefix=API_PREFIX)
    for domain in DOMAINS:
        if domain.router is not None:
            api.include_router(domain.router)
    return api


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        resources = await stack.enter_async_context(open_resources(app.state.settings))
        app.state.resources = resources
        task_settings = resources.settings_of(TaskSettings)
        app.state.worker = None
        if task_settings.worker:
            app.state.worker = await stack.enter_async_context(
                worker_beside(resources.settings, task_settings)
            )
        yield


def __getattr__(name: str) -> FastAPI:
    """`app`, built at its first use: importing this module starts nothing."""
    if name != "app":
        raise AttributeError(name)
    try:
        app = globals()["app"] = create_app()
    except AppException as error:
        # uvicorn alone would show a traceback.
        sys.stderr.write(f"unwrapped: {error.message}\n")
        raise SystemExit(2) from error
    return app
