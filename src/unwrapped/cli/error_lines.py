"""Shows errors in one line, without a traceback: the user's, and the program's."""

import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import click

from unwrapped.core.exceptions import AppException
from unwrapped.core.printable import printable, readable

EXIT_CODE = 70
"""EX_SOFTWARE of sysexits.h."""

LONGEST_FAULT = 300


@contextmanager
def said_in_a_line() -> Iterator[None]:
    """End the process with a line on stderr for an error.

    The traceback of an unexpected error is written to a file. Exceptions that end a
    process on purpose are raised again.
    """
    try:
        yield
    except (SystemExit, KeyboardInterrupt, GeneratorExit):
        raise
    except AppException as error:
        click.echo(f"unwrapped: {readable(error.message)}", err=True)
        sys.exit(2)
    except BaseException as error:  # noqa: BLE001 - panics of Rust are not Exceptions
        click.echo(f"unwrapped: {_said(error)}", err=True)
        sys.exit(EXIT_CODE)


def _said(error: BaseException) -> str:
    fault = printable(f"{type(error).__name__}: {error}", LONGEST_FAULT)
    said = f"this is a fault of the program, not yours ({fault})."
    try:
        with tempfile.NamedTemporaryFile(
            "w",
            encoding="utf-8",
            prefix="unwrapped-fault-",
            suffix=".txt",
            delete=False,
        ) as file:
            traceback.print_exception(error, file=file)
    except OSError:
        return f"{said} Please report it to the project."
    return f"{said} Please report it to the project, with {file.name}."
