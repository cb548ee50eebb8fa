"""Options that several commands have."""

from pathlib import Path

import click

from unwrapped.core.exceptions import Invalid

period_option = click.option(
    "--period",
    "period_text",
    default="all",
    show_default=True,
    metavar="PERIOD",
    help="all, 2025, 2025-11, 2025-11-30, 2025-01-01..2025-06-30, last-7|30|90|365,"
    " this-week|month|year or last-week|month|year.",
)

zone_option = click.option(
    "--tz",
    "zone_name",
    metavar="ZONE",
    help="Time zone of days and hours, like Europe/Berlin.  [default: this machine's]",
)

passphrase_option = click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help="Read the passphrase of the secret from the first line of this file (- is"
    " standard input).",
)


class NoPassphrase(Invalid):
    """A passphrase is needed and there is none."""

    code = "no_passphrase"


def ask_passphrase(file: Path | None, *, confirm: bool = False) -> str:
    """Read the passphrase from a file, else ask for it. Raises `NoPassphrase`."""
    if file is None:
        asked: str = click.prompt(
            "Passphrase", hide_input=True, confirmation_prompt=confirm
        )
        return asked
    try:
        with click.open_file(str(file), "rb") as opened:
            line = opened.readline()
    except OSError as error:
        raise NoPassphrase(f"{file} cannot be read: {error.strerror}.") from error
    passphrase = str(line, "utf-8", "surrogateescape").rstrip("\r\n")
    if not passphrase:
        raise NoPassphrase(f"The first line of {file} is empty.")
    return passphrase
