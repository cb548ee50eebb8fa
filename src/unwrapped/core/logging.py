"""Logs: one JSON line for each event on stderr, with the id of its request.

Never in a line: tokens, e-mail addresses, listening history. Libraries that use the
standard module log in the same form.
"""

import json
import logging
import sys
from http import HTTPStatus

import msgspec
import structlog

from unwrapped.core.config import LogFormat, Settings

REQUEST_DONE = "request.done"
OURS = ("migration", "ms", "file")
"""Values that modules of the service add to events of the standard module."""


def configure_logging(settings: Settings) -> None:
    """Set up structlog and the standard module for this process."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: structlog.typing.Processor = _as_json
    in_terminal = sys.stderr.isatty()
    if settings.log_format is LogFormat.CONSOLE or (
        settings.log_format is LogFormat.AUTO and in_terminal
    ):
        renderer = structlog.dev.ConsoleRenderer(colors=in_terminal)
    level = logging.getLevelNamesMapping()[settings.log_level]
    is_quiet = renderer is not _as_json and level > logging.DEBUG
    structlog.configure(
        processors=[*([_leave_out_successes] if is_quiet else ()), *shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                renderer,
            ],
            foreign_pre_chain=[
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(allow=OURS),
                *shared,
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    # Each of these would write a line for each request or job; REQUEST_DONE has more.
    for chatty in ("uvicorn.access", "pgqueuer", "httpx2"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # It would log a traceback for each attempt in an outage, which is one line here.
    logging.getLogger("asyncpg.pool").setLevel(logging.ERROR)


def _leave_out_successes(
    logger: object, method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Drop successful requests: people at a terminal look for what went wrong."""
    if event.get("event") == REQUEST_DONE and event["status"] < HTTPStatus.BAD_REQUEST:
        raise structlog.DropEvent
    return event


def _as_json(logger: object, method: str, event: structlog.typing.EventDict) -> str:
    try:
        return msgspec.json.encode(event, enc_hook=str).decode()
    except UnicodeEncodeError:
        # Lone surrogates, from a file name or a hostile body: escaped.
        return json.dumps(event, default=str, skipkeys=True)
