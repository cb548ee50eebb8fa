"""A console for the terminal, pipe or file that stdout is, in any locale."""

import codecs
import io
import sys

from rich.console import Console

PLAIN = str.maketrans({"“": '"', "”": '"', "…": "...", "–": "-", "·": "-", "’": "'"})


def open_console(*, piped_width: int | None = None) -> Console:
    """Return a console that uses colours only in a terminal that supports them.

    Characters that the locale lacks are replaced by plain ones. Without a terminal the
    width is `piped_width`, or what rich detects.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors=_plain_errors())
    console = Console(highlight=False, markup=False, emoji=False)
    if piped_width is not None and not console.is_terminal:
        console.width = piped_width
    return console


def _plain_errors() -> str:
    """Register a codec error handler that writes plain characters; return its name."""

    def plain(error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeEncodeError):
            raise error
        text = error.object[error.start : error.end].translate(PLAIN)
        return "".join(c if c.isascii() else "?" for c in text), error.end

    codecs.register_error("unwrapped.plain", plain)
    return "unwrapped.plain"
