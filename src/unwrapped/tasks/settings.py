"""Settings of the workers."""

from pydantic import Field

from unwrapped.core.config import Environment


class TaskSettings(Environment):
    """How workers take up tasks and let go of them."""

    worker: bool = Field(
        default=True,
        description="Whether the web process has a worker beside it. `serve --no-worker` turns it off.",
    )
    worker_heartbeat_seconds: float = Field(
        default=15.0,
        ge=1.0,
        description="After this long without a sign of life a worker's tasks are taken over.",
    )
    worker_grace_seconds: float = Field(
        default=20.0,
        ge=0.0,
        description="How long a stopping worker lets running tasks go on.",
    )
    worker_concurrency: int = Field(
        default=4, ge=2, le=100, description="Tasks that one worker runs at once."
    )
