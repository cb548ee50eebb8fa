"""The application and its domains.

uvicorn serves `unwrapped.main:app`, which is built at first use. A worker imports the
domains, but no module for HTTP.
"""

import sys
from typing import TYPE_CHECKING

import unwrapped.auth.domain
import unwrapped.music.domain
import unwrapped.tasks.domain
import unwrapped.web.domain
from unwrapped.core.config import Configuration, Settings
from unwrapped.core.domain import Domain, load_configuration, settings_kinds
from unwrapped.core.exceptions import AppException

if TYPE_CHECKING:
    from fastapi import FastAPI

DOMAINS: tuple[Domain, ...] = (
    unwrapped.auth.domain.DOMAIN,
    unwrapped.tasks.domain.DOMAIN,
    unwrapped.music.domain.DOMAIN,
    unwrapped.web.domain.DOMAIN,
)
"""All domains. A new domain needs a folder and a line here."""


def create_app(settings: Configuration | Settings | None = None) -> "FastAPI":
    """Build the application with the given settings, or those of the environment.

    If only core's settings are given, the settings of the domains have their defaults.
    """
    from unwrapped.application import build_app

    if isinstance(settings, Settings):
        settings = configuration_of(settings)
    return build_app(settings or load_configuration(DOMAINS), DOMAINS)


def configuration_of(core: Settings) -> Configuration:
    """Return core's settings with the default settings of all domains."""
    return Configuration((core, *(kind() for kind in settings_kinds(DOMAINS))))


def __getattr__(name: str) -> "FastAPI":
    """Return `app`, built at first use: importing this module starts nothing."""
    if name != "app":
        raise AttributeError(name)
    try:
        app = globals()["app"] = create_app()
    except AppException as error:
        # uvicorn would show a traceback.
        sys.stderr.write(f"unwrapped: {error.message}\n")
        raise SystemExit(2) from error
    return app
