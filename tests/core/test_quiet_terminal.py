"""A terminal shows no successful requests; JSON has a line for each."""

import pytest
import structlog

from tests.auth.logs import written_log
from unwrapped.core.config import LogFormat, Settings


@pytest.mark.parametrize(
    ("form", "level", "shown"),
    [
        (LogFormat.JSON, "INFO", [200, 303, 404, 500]),
        (LogFormat.CONSOLE, "INFO", [404, 500]),
        (LogFormat.CONSOLE, "DEBUG", [200, 303, 404, 500]),
    ],
)
def test_only_what_went_wrong_is_shown(
    settings: Settings, form: LogFormat, level: str, shown: list[int]
) -> None:
    chosen = settings.model_copy(update={"log_format": form, "log_level": level})
    with written_log(chosen) as log:
        for status in (200, 303, 404, 500):
            structlog.get_logger().info("request.done", status=status)
        structlog.get_logger().info("worker.ready")
    written = log.text.replace('"status":', "status=")
    assert [one for one in (200, 303, 404, 500) if f"status={one}" in written] == shown
    assert "worker.ready" in log.text
