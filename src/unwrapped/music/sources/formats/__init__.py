"""The formats that are read, one module each: `<service>_<form>.py` with its `FORMAT`.

A module that lies here is a format of the service: there is no list to add it to.
"""

import importlib
import pkgutil

from unwrapped.music.sources.format import Format
from unwrapped.music.sources.logs import LOGS


def _found() -> list[Format]:
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return [importlib.import_module(f"{__name__}.{name}").FORMAT for name in names]


FORMATS: tuple[Format, ...] = tuple(
    sorted(_found(), key=lambda form: min(LOGS[log].rank for log in form.logs))
)
"""Every format, from rich to poor by the rank of its richest log."""
