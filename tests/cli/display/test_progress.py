"""The progress bar: on stderr, in a terminal, when reading takes a while."""

import os
import pty

import pytest

from unwrapped.cli.display.progress import show_progress


def shown(patch: pytest.MonkeyPatch, *, wanted: bool, patience: float) -> str:
    """Report progress; return what is written to a terminal on stderr."""
    ours, theirs = pty.openpty()
    patch.setenv("TERM", "xterm")
    patch.setenv("COLUMNS", "80")
    with os.fdopen(theirs, "w") as terminal:
        patch.setattr("sys.stderr", terminal)
        with show_progress(wanted=wanted, patience=patience) as on_progress:
            if on_progress is not None:
                on_progress(30, 100)
                on_progress(60, 100)
        terminal.write("\n")
        terminal.flush()
        written = os.read(ours, 100_000).decode()
    os.close(ours)
    return written


def test_the_bar_is_shown_in_a_terminal_and_then_cleared(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    err = shown(monkeypatch, wanted=True, patience=0)
    assert "Reading" in err
    assert "60%" in err
    assert err.rstrip().endswith("\x1b[2K")  # the line is cleared at the end
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("wanted", "patience"), [(True, 60), (False, 0)])
def test_no_bar_for_short_work_nor_when_unwanted(
    monkeypatch: pytest.MonkeyPatch, wanted: bool, patience: float
) -> None:
    err = shown(monkeypatch, wanted=wanted, patience=patience)
    assert "Reading" not in err
