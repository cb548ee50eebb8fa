"""Prints to stdout and stderr, in any terminal, pipe and locale."""

import sys

import msgspec
from rich.console import Console

from unwrapped.cli.display.portrait import draw_portrait
from unwrapped.cli.display.terminal import open_console
from unwrapped.core.printable import printable_json, readable
from unwrapped.music.analysis.portrait import Portrait


def print_portrait(portrait: Portrait, *, with_books: bool, quiet: bool) -> None:
    """Print the portrait as text, in colours if the terminal supports them."""
    console = open_console()
    if quiet:
        console.print(portrait.verdict.title, soft_wrap=True)
        console.print(portrait.verdict.line, soft_wrap=True)
        return
    draw_portrait(console, portrait, with_books=with_books)


def print_json(portrait: Portrait) -> None:
    """Print the portrait as JSON, which is UTF-8 in any locale."""
    text = msgspec.json.format(msgspec.json.encode(portrait), indent=2).decode()
    sys.stdout.buffer.write(f"{printable_json(text)}\n".encode())
    sys.stdout.buffer.flush()


def warn(message: str) -> None:
    """Print a warning: one line on stderr."""
    say(f"unwrapped: {message}")


def say(message: str) -> None:
    """Print one line that is not part of the output, on stderr."""
    text = readable(message)
    Console(stderr=True, highlight=False, markup=False, emoji=False).print(
        text, soft_wrap=True
    )
