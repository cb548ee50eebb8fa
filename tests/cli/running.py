"""Running the command, in this process or in a separate one."""

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import click
import structlog
from click.testing import CliRunner

from tests import processes
from tests.processes import ROOT, environment
from unwrapped.cli.main import main

EXAMPLE = ROOT / "examples" / "my_spotify_data.zip"


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str


class _Entry(click.Command):
    """The entry point, as click's runner calls a command."""

    def main(self, *_: Any, **extra: Any) -> Any:
        main(extra["args"])


def unwrapped(
    *arguments: str | Path, env: Mapping[str, str] | None = None, cwd: Path = ROOT
) -> Outcome:
    """Run `unwrapped ARGUMENTS` in this process, piped, with a small environment.

    What only a process has (signals, a locale, limits, a terminal) needs `run`.
    """
    variables = environment(**{"TZ": "Europe/Berlin"} | dict(env or {}))
    encoding = variables.get("PYTHONIOENCODING", "utf-8")
    runner = CliRunner(encoding, catch_exceptions=False)
    with _logging_kept(), patch.dict(os.environ, variables, clear=True), chdir(cwd):
        done = runner.invoke(_Entry("unwrapped"), [*map(str, arguments)])
    return Outcome(done.exit_code, done.stdout, done.stderr)


@contextmanager
def _logging_kept() -> Iterator[None]:
    """Restore logging, which a command may have configured."""
    root = logging.getLogger()
    handlers, level, configured = root.handlers[:], root.level, structlog.get_config()
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.configure(**configured)


def analyze(*args: str | Path, **env: str) -> Outcome:
    """Run `unwrapped analyze ARGS` in this process."""
    return unwrapped("analyze", *args, env=env)


def run(
    command: Sequence[str], env: dict[str, str], *, measured: bool = True
) -> Outcome:
    """Run a command as a process to its end, with a small environment of its own.

    `measured` by coverage, if the tests are; a process that may not write files is not.
    """
    whole = environment(**{"TZ": "Europe/Berlin"} | env)
    if not measured:
        whole = {n: v for n, v in whole.items() if not n.startswith("COVERAGE_")}
    done = processes.run(command, env=whole)
    encoding = env.get("PYTHONIOENCODING", "utf-8")
    return Outcome(
        done.returncode, done.stdout.decode(encoding), done.stderr.decode(encoding)
    )


def assert_refused(outcome: Outcome, *said: str) -> None:
    """Check that the command was refused: one line on stderr, nothing on stdout."""
    assert outcome.code == 2, outcome
    assert outcome.out == ""
    assert outcome.err.startswith("unwrapped: ")
    assert outcome.err.count("\n") == 1
    assert outcome.err.isprintable() or outcome.err.rstrip("\n").isprintable()
    assert "Traceback" not in outcome.err
    for words in said:
        assert words in outcome.err
