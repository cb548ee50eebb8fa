"""Run every check of CI except the tests, and list those that failed."""

import subprocess
import sys
from collections.abc import Iterable

STEPS = (
    "ruff format --check .",
    "ruff check .",
    "mypy",
    "lint-imports",
    "python tools/english.py",
    "python -m tools.migrate check",
)


def failed_steps(steps: Iterable[str]) -> list[str]:
    """Run all steps; return the commands of those that failed."""
    failed = []
    for step in steps:
        command = f"uv run {step}"
        sys.stdout.write(f"$ {command}\n")
        sys.stdout.flush()
        if subprocess.run(command.split(), check=False).returncode:  # noqa: S603 - ours
            failed.append(command)
    return failed


if __name__ == "__main__":
    if failed := failed_steps(STEPS):
        sys.exit("\n  ".join(["Failed:", *failed]))
