"""What goes to stdout and stderr, in any terminal, pipe and locale."""

import sys

import msgspec
from rich.console import Console

from unwrapped.cli.display.portrait import draw_portrait
from unwrapped.cli.display.terminal import open_console
from unwrapped.core.text import printable_json, readable
from unwrapped.music.analysis.portrait import Portrait


def print_portrait(portrait: Portrait, *, with_books: bool, quiet: bool) -> None:
    """The portrait as text; colours only in a terminal that wants them."""
    console = open_console()
    if quiet:
        console.print(portrait.verdict.title, soft_wrap=True)
        console.print(portrait.verdict.line, soft_wrap=True)
        return
    draw_portrait(console, portrait, with_books=with_books)


def print_json(portrait: Portrait) -> None:
    """The portrait as JSON, in UTF-8 whatever the locale."""
    text = msgspec.json.format(msgspec.json.encode(portrait), indent=2).decode()
    sys.stdout.buffer.write(f"{printable_json(text)}\n".encode())
    sys.stdout.buffer.flush()


def warn(message: str) -> None:
    """A warning: one line on stderr."""
    say(f"unwrapped: {message}")


def say(message: str) -> None:
    """One line on stderr, which is not part of the output."""
    text = readable(message)
    Console(stderr=True, highlight=False, markup=False, emoji=False).print(
        text, soft_wrap=True
    )
