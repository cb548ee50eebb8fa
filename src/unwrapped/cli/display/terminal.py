"""The terminal, pipe or file that stdout is, whatever its locale."""

import codecs
import io
import sys

from rich.console import Console

PLAIN = str.maketrans({"“": '"', "”": '"', "…": "...", "–": "-", "·": "-", "’": "'"})


def open_console(*, piped_width: int | None = None) -> Console:
    """A console that prints what it is given: colours only in a terminal that wants them,
    plain characters where the locale has no others.

    What is no terminal has a width all the same: `piped_width`, or as rich finds it.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors=_plain_errors())
    console = Console(highlight=False, markup=False, emoji=False)
    if piped_width is not None and not console.is_terminal:
        console.width = piped_width
    return console


def _plain_errors() -> str:
    """A codec error handler: the nearest plain character, else a question mark."""

    def plain(error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeEncodeError):
            raise error
        text = error.object[error.start : error.end].translate(PLAIN)
        return "".join(c if c.isascii() else "?" for c in text), error.end

    codecs.register_error("unwrapped.plain", plain)
    return "unwrapped.plain"
