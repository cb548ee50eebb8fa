"""Settings of tasks and of the workers that run them."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, Field, NonNegativeInt
from pydantic_settings import NoDecode

from unwrapped.core.setting_types import CommaSeparated
from unwrapped.core.settings_sources import EnvironmentSettings

MIB = 1024 * 1024


def _limits(value: object) -> object:
    """The pairs of a variable like `music.import=2,music.analysis=4`."""
    if not isinstance(value, str):
        return value
    pairs = (part.partition("=") for part in value.split(",") if part.strip())
    return {kind.strip(): limit.strip() for kind, _, limit in pairs}


Limits = Annotated[Mapping[str, NonNegativeInt], NoDecode, BeforeValidator(_limits)]


TASKS_PER_USER = 20


class TaskSettings(EnvironmentSettings):
    """How workers take and release tasks."""

    worker: bool = Field(
        default=True,
        description="Whether `serve` also starts a worker. `serve --no-worker` starts none.",
    )
    worker_heartbeat_seconds: float = Field(
        default=15.0,
        ge=1.0,
        description=(
            "Seconds without a heartbeat after which another worker takes over a"
            " worker's tasks."
        ),
    )
    worker_grace_seconds: float = Field(
        default=20.0,
        ge=0.0,
        description=(
            "Seconds for which a worker that is stopped lets its running tasks"
            " continue."
        ),
    )
    worker_concurrency: int = Field(
        default=4,
        ge=2,
        le=100,
        description=(
            "Tasks that one worker runs at once, heavy ones (imports, analyses) one"
            " at a time."
        ),
    )
    worker_kinds: CommaSeparated = Field(
        default=(),
        description=(
            "The kinds of task that a worker takes, separated by commas, like"
            " music.import,music.analysis. Unset: all kinds."
        ),
    )
    task_limits: Limits = Field(
        default={},
        description=(
            "The most tasks of a kind that all workers together run at once, like"
            " music.import=2,music.analysis=4. Set the same value for all workers."
        ),
    )
    tasks_per_user: int = Field(
        default=TASKS_PER_USER,
        ge=1,
        description="Tasks of one person that wait or run, including Spotify syncs.",
    )
    event_streams_per_user: int = Field(
        default=20,
        ge=1,
        description="Event streams of one person that are open at once, in each web process.",
    )
    task_memory_max_bytes: int = Field(
        default=1536 * MIB,
        ge=256 * MIB,
        description=(
            "Bytes of memory that one heavy task (an import, an analysis) may use;"
            " a task that needs more fails."
        ),
    )
    task_retention_days: int = Field(
        default=90,
        ge=1,
        le=36_500,
        description="Days after which a task that ended is deleted; what it stored is kept.",
    )
