"""The formats that are read, one module each: `<service>_<form>.py` with its `FORMAT`.

Every module here is a format of the service: there is no list to add it to.
"""

import importlib
import pkgutil

from unwrapped.music.sources.format import Format
from unwrapped.music.sources.logs import LOGS

_NAMES = sorted(module.name for module in pkgutil.iter_modules(__path__))

_VERSION = 1
"""Increases when a format reads a file differently than before."""

READERS = f"{_VERSION} {' '.join(_NAMES)}"
"""Identifies the readers: an upload that others have read is read again, even if its
bytes are known.
"""


def _found() -> list[Format]:
    return [importlib.import_module(f"{__name__}.{name}").FORMAT for name in _NAMES]


FORMATS: tuple[Format, ...] = tuple(
    sorted(_found(), key=lambda form: min(LOGS[log].rank for log in form.logs))
)
"""Every format, from rich to poor by the rank of its richest log."""
