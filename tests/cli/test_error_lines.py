"""Errors of the program, of any kind, are printed in one line."""

from pathlib import Path

import pytest
from polars.exceptions import PanicException

from unwrapped.cli.error_lines import EXIT_CODE, said_in_a_line


@pytest.mark.parametrize("error", [ValueError("a\n\x1b[2Jb"), PanicException("a b")])
def test_an_unexpected_error_is_one_line(
    error: BaseException,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(SystemExit) as caught, said_in_a_line():
        raise error
    assert caught.value.code == EXIT_CODE
    [file] = tmp_path.iterdir()
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.rstrip("\n").isprintable()
    assert said.startswith("unwrapped: this is a fault of the program")
    assert said.endswith(f"Please report it to the project, with {file}.\n")
    assert "Traceback" in file.read_text("utf-8")


def test_an_unexpected_error_is_printed_if_no_file_can_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    with pytest.raises(SystemExit), said_in_a_line():
        raise ValueError
    assert capsys.readouterr().err.endswith("Please report it to the project.\n")


@pytest.mark.parametrize("ending", [SystemExit(3), KeyboardInterrupt()])
def test_exceptions_that_end_a_process_are_raised_again(ending: BaseException) -> None:
    with pytest.raises(type(ending)) as caught, said_in_a_line():
        raise ending
    assert caught.value is ending
