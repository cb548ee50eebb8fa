"""The entry point: finds the command, and prints errors in one line.

A command's module is imported only when the command is named, so that `--help` and
`--version` answer at once.
"""

import importlib
from collections.abc import Sequence

import click

from unwrapped.cli.configuration import env_file_option
from unwrapped.cli.error_lines import said_in_a_line

COMMANDS = {
    name: f"unwrapped.cli.commands.{name}"
    for name in (
        "analyze",
        "stats",
        "serve",
        "worker",
        "tasks",
        "db",
        "user",
        "backup",
        "restore",
        "doctor",
        "keys",
        "certs",
        "sandbox",
    )
}
WITHOUT_SETTINGS = {"sandbox", "stats"}


def _take_env_file(command: click.Command) -> None:
    if env_file_option not in command.params:
        command.params.append(env_file_option)
    for part in command.commands.values() if isinstance(command, click.Group) else ():
        _take_env_file(part)


class _Commands(click.Group):
    """Finds commands by name, and loads only the one that runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(COMMANDS[cmd_name]), cmd_name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{cmd_name} is no command")
        if cmd_name not in WITHOUT_SETTINGS:
            _take_env_file(command)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="unwrapped", message="%(prog)s %(version)s")
def cli() -> None:
    """Turn a listening history into a judged portrait of a music taste."""


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line, by default with the arguments of this process.

    The exit code is 2 for an error that the user can correct, and 70 for a fault.
    """
    with said_in_a_line():
        cli(args, prog_name="unwrapped")
