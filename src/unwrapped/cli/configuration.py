"""The configuration of a command: the environment, and `.env` or `--env-file`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from unwrapped.core.config import Configuration, Settings
    from unwrapped.music.critic.language_model.settings import CriticSettings

_FILE = "unwrapped.env_file"


def _keep_file(ctx: click.Context, param: click.Parameter, file: Path | None) -> None:
    if file is not None:
        ctx.meta[_FILE] = file.absolute()


env_file_option = click.Option(
    ["--env-file"],
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    expose_value=False,
    callback=_keep_file,
    help="Read settings from this file, not from `.env` in the working folder.",
)


def read_configuration() -> "Configuration":
    """Return the settings of all domains. Raises `InvalidSettings` with all errors."""
    from unwrapped.core.domain import load_configuration
    from unwrapped.core.gc_pause import gc_paused

    with gc_paused():
        from unwrapped.main import DOMAINS

    return load_configuration(DOMAINS, _file())


def read_core_settings() -> "Settings":
    """Return core's settings alone, for a command that needs no domain and is fast."""
    from unwrapped.core.config import load_settings

    return load_settings(_file())


def read_critic_settings() -> "CriticSettings":
    """Return the settings of the critic alone. Raises `InvalidSettings`."""
    from unwrapped.core.settings_sources import read_settings
    from unwrapped.music.critic.language_model.settings import CriticSettings

    (settings,) = read_settings([CriticSettings], _file())
    if not isinstance(settings, CriticSettings):
        raise TypeError(f"{settings!r} are settings of another kind")
    return settings


def _file() -> Path | None:
    context = click.get_current_context(silent=True)
    file: Path | None = context.meta.get(_FILE) if context else None
    return file
