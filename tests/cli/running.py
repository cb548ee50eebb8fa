"""Running the real command in a process of its own."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "my_spotify_data.zip"


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str


def analyze(*args: str | Path, **env: str) -> Outcome:
    """`unwrapped analyze ARGS`, piped, in UTF-8 unless `env` says otherwise."""
    return run([sys.executable, "-m", "unwrapped", "analyze", *map(str, args)], env)


def run(command: list[str], env: dict[str, str], *, measured: bool = True) -> Outcome:
    """Run a command to its end with a small environment of its own.

    `measured` by coverage, if the tests are; a process that may not write files is not.
    """
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    coverage = {n: v for n, v in os.environ.items() if n.startswith("COVERAGE_")}
    done = subprocess.run(
        command,
        env=kept
        | (coverage if measured else {})
        | {"PYTHONUTF8": "1", "TZ": "Europe/Berlin"}
        | env,
        capture_output=True,
        check=False,
        timeout=120,
    )
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
