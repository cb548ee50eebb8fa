"""Running the real command in a process of its own."""

from dataclasses import dataclass
from pathlib import Path

from tests import processes
from tests.processes import UNWRAPPED, environment

EXAMPLE = Path(__file__).parents[2] / "examples" / "my_spotify_data.zip"


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str


def analyze(*args: str | Path, **env: str) -> Outcome:
    """`unwrapped analyze ARGS`, piped, in UTF-8 unless `env` says otherwise."""
    return run([*UNWRAPPED, "analyze", *map(str, args)], env)


def run(command: list[str], env: dict[str, str], *, measured: bool = True) -> Outcome:
    """Run a command to its end with a small environment of its own.

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
    """Refused as a user should see it: one line on stderr, nothing on stdout."""
    assert outcome.code == 2, outcome
    assert outcome.out == ""
    assert outcome.err.startswith("unwrapped: ")
    assert outcome.err.count("\n") == 1
    assert outcome.err.isprintable() or outcome.err.rstrip("\n").isprintable()
    assert "Traceback" not in outcome.err
    for words in said:
        assert words in outcome.err
