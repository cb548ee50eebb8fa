"""The progress bar: on stderr, in a terminal, when reading takes a while."""

import os
import pty
import subprocess
import sys

import pytest

SCRIPT = """
from unwrapped.cli.display.progress import show_progress
with show_progress(wanted={wanted}, patience={patience}) as on_progress:
    if on_progress is not None:
        on_progress(30, 100)
        on_progress(60, 100)
print("done")
"""


def shown(*, wanted: bool, patience: float) -> tuple[str, str]:
    """Run the script; return its stdout and what it wrote to a terminal on stderr."""
    ours, theirs = pty.openpty()
    script = SCRIPT.format(wanted=wanted, patience=patience)
    done = subprocess.run(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "80"},
        check=True,
    )
    os.write(theirs, b"\n")
    err = os.read(ours, 100_000).decode()
    os.close(ours)
    os.close(theirs)
    return done.stdout.decode(), err


def test_the_bar_is_shown_in_a_terminal_and_then_cleared() -> None:
    out, err = shown(wanted=True, patience=0)
    assert out == "done\n"
    assert "Reading" in err
    assert "60%" in err
    assert err.rstrip().endswith("\x1b[2K")  # the line is cleared at the end


@pytest.mark.parametrize(("wanted", "patience"), [(True, 60), (False, 0)])
def test_no_bar_for_short_work_nor_when_unwanted(wanted: bool, patience: float) -> None:
    out, err = shown(wanted=wanted, patience=patience)
    assert out == "done\n"
    assert "Reading" not in err
