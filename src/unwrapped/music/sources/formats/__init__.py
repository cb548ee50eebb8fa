"""The formats that are read. Each is a module `<service>_<form>.py` with a `FORMAT`.

Every module of this package is loaded as a format, so no list has to name it.
"""

import importlib
import pkgutil

from unwrapped.music.sources.format import Format
from unwrapped.music.sources.logs import LOGS

_NAMES = sorted(module.name for module in pkgutil.iter_modules(__path__))

_VERSION = 1
"""Must be increased when a format reads a file differently than before."""

READERS = f"{_VERSION} {' '.join(_NAMES)}"
"""Identifies the formats and their version. An upload that was read by other formats is
read again, even if its bytes are known.
"""


def _found() -> list[Format]:
    return [importlib.import_module(f"{__name__}.{name}").FORMAT for name in _NAMES]


FORMATS: tuple[Format, ...] = tuple(
    sorted(_found(), key=lambda form: min(LOGS[log].rank for log in form.logs))
)
"""Every format, from rich to poor by the rank of its richest log."""
