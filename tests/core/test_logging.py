"""Lines of the log: JSON, one for each event, of every library."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import redirect_stderr
from urllib.parse import quote

import httpx2
import pytest
import structlog
from fastapi import FastAPI

from tests.attacks import attack
from tests.auth.logs import Written, written_log
from unwrapped.core.config import LogFormat, Settings
from unwrapped.core.logging import configure_logging


@pytest.fixture
def log(settings: Settings, app: FastAPI) -> Iterator[Written]:
    """The lines that the test logs; `app` has set up the log before."""
    with written_log(settings) as written:
        yield written


@pytest.mark.parametrize(
    "said",
    [
        "plain",
        "two\nlines\r\n",
        '"quoted" \\ {"a": 1}',
        "\x1b[2Jcleared\x00\u2028",
        "x" * 100_000,
        float("nan"),
        float("inf"),
        10**40,
        b"\xff",
        {"nested": [1, None, {"a": object()}]},
        {1: "a", None: "b"},
        ValueError("oops"),
        None,
    ],
    ids=lambda said: type(said).__name__,
)
def test_each_event_is_one_line_of_json(log: Written, said: object) -> None:
    structlog.get_logger().info("thing.happened", said=said)
    logging.getLogger("some.library").warning("it said %s", said)
    ours, theirs = log.events
    assert (ours["event"], ours["level"]) == ("thing.happened", "info")
    assert theirs["event"].startswith("it said ")
    assert (theirs["level"], theirs["logger"]) == ("warning", "some.library")
    assert log.text.count("\n") == 2


def test_broken_text_is_written_all_the_same(log: Written) -> None:
    structlog.get_logger().info("thing.happened", said="\ud800")
    record = logging.LogRecord("lib", logging.ERROR, "", 0, "said \ud800", None, None)
    [handler] = [
        one
        for one in logging.getLogger().handlers
        if isinstance(one.formatter, structlog.stdlib.ProcessorFormatter)
    ]
    # Not to all handlers: pytest could not report the text that it captures.
    handler.handle(record)
    assert [line["event"] for line in log.events] == ["thing.happened", "said \ud800"]


def test_lines_of_libraries_carry_the_id_of_the_request(log: Written) -> None:
    with structlog.contextvars.bound_contextvars(request_id="abc"):
        structlog.get_logger().info("ours")
        logging.getLogger("some.library").warning("theirs")
    logging.getLogger("some.library").warning("later")
    assert [line.get("request_id") for line in log.events] == ["abc", "abc", None]


def fail() -> None:
    try:
        int("the cause")
    except ValueError as error:
        raise KeyError("the effect") from error


def test_an_exception_is_logged_with_its_cause_in_one_line(log: Written) -> None:
    try:
        fail()
    except KeyError:
        structlog.get_logger().exception("ours")
        logging.getLogger("some.library").exception("theirs")
    assert len(log.events) == 2
    for line in log.events:
        assert "ValueError: invalid literal" in line["exception"]
        assert "KeyError: 'the effect'" in line["exception"]


@pytest.mark.parametrize(
    ("level", "shown"),
    [
        ("DEBUG", ["debug", "info", "warning", "error"]),
        ("INFO", ["info", "warning", "error"]),
        ("WARNING", ["warning", "error"]),
        ("ERROR", ["error"]),
    ],
)
def test_the_level_of_the_settings_holds_for_all(
    settings: Settings, level: str, shown: list[str]
) -> None:
    chosen = settings.model_copy(update={"log_level": level})
    with written_log(chosen) as log:
        for logger in (structlog.get_logger(), logging.getLogger("some.library")):
            for method in ("debug", "info", "warning", "error"):
                getattr(logger, method)("something")
    configure_logging(settings)
    assert [line["level"] for line in log.events] == shown * 2


@pytest.mark.parametrize("name", ["uvicorn.access", "pgqueuer", "httpx2"])
def test_an_event_that_the_service_logs_is_not_logged_by_a_library_as_well(
    log: Written, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A uvicorn that ran in this process without its own log has disabled one of them.
    monkeypatch.setattr(logging.getLogger(name), "propagate", True)
    logging.getLogger(name).info("GET / 200")
    logging.getLogger(name).warning("something is wrong")
    assert [line["event"] for line in log.events] == ["something is wrong"]


FORGED = 'x\r\n{"event": "request.done", "status": 200}\n\u2028\x1b[2J'
"""A line of a log, as an attacker would write it."""


@attack(37, "request")
@pytest.mark.parametrize(
    "form", [LogFormat.JSON, LogFormat.CONSOLE], ids=lambda form: form.value
)
async def test_a_request_is_one_line_whatever_is_in_it(
    client: httpx2.AsyncClient, settings: Settings, form: LogFormat
) -> None:
    requests = [
        httpx2.Request("GET", f"https://testserver/{quote(FORGED)}"),
        httpx2.Request("GET", f"https://testserver/metrics?{quote(FORGED)}"),
        httpx2.Request("GET", f"https://testserver/api/v1/tasks/{quote(FORGED)}"),
        httpx2.Request(FORGED, "https://testserver/metrics"),
        *(
            httpx2.Request(
                "GET", "https://testserver/metrics", headers=[(name, FORGED.encode())]
            )
            for name in (b"X-Request-Id", b"User-Agent", b"Referer", b"Authorization")
        ),
    ]
    chosen = {"log_format": form, "log_level": "DEBUG"}  # at INFO a terminal is quiet
    with written_log(settings.model_copy(update=chosen)) as log:
        for request in requests:
            await client.send(request)
    lines = log.text.removesuffix("\n").split("\n")
    assert len(lines) == len(requests)
    assert all("request.done" in line for line in lines)
    assert "\x1b[2J" not in log.text
    assert "User-Agent" not in log.text


class Terminal(io.StringIO):
    """A stream that people read."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("chosen", "stream", "is_json"),
    [
        (LogFormat.AUTO, Terminal(), False),
        (LogFormat.AUTO, io.StringIO(), True),
        (LogFormat.JSON, Terminal(), True),
        (LogFormat.CONSOLE, io.StringIO(), False),
    ],
)
def test_people_read_words_and_programs_json(
    settings: Settings,
    app: FastAPI,
    chosen: LogFormat,
    stream: io.StringIO,
    is_json: bool,
) -> None:
    with redirect_stderr(stream):
        configure_logging(settings.model_copy(update={"log_format": chosen}))
    structlog.get_logger().info("thing.happened")
    configure_logging(settings)
    [line] = stream.getvalue().splitlines()
    assert "thing.happened" in line
    assert line.startswith("{") == is_json
    if is_json:
        assert json.loads(line)["event"] == "thing.happened"
