"""Files are written whole or not at all, and homes are private."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from unwrapped.core.files import NotWritten, make_private, write_whole


def test_a_new_file_can_be_read_by_others(tmp_path: Path) -> None:
    write_whole(tmp_path / "page.html", "é")
    assert (tmp_path / "page.html").read_bytes() == "é".encode()
    assert (tmp_path / "page.html").stat().st_mode & 0o777 == 0o644


def test_a_file_is_replaced_and_keeps_its_permissions(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("old", encoding="utf-8")
    page.chmod(0o600)
    write_whole(page, "new")
    assert page.read_text(encoding="utf-8") == "new"
    assert page.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["page.html"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    link = tmp_path / "link.html"
    link.symlink_to(tmp_path / "page.html")
    write_whole(link, "new")
    assert link.is_symlink()
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == "new"


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_whole(pipe, "through the pipe")
    assert os.read(reader, 100) == b"through the pipe"
    os.close(reader)
    assert pipe.is_fifo()


def test_a_full_device_is_shown() -> None:
    with pytest.raises(NotWritten, match="/dev/full cannot be written: No space left"):
        write_whole(Path("/dev/full"), "x")


def test_a_folder_that_is_not_there_is_shown(tmp_path: Path) -> None:
    with pytest.raises(NotWritten, match="No such file or directory"):
        write_whole(tmp_path / "no" / "page.html", "x")


def test_a_folder_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "page.html").mkdir()
    with pytest.raises(NotWritten, match="Is a directory"):
        write_whole(tmp_path / "page.html", "x")
    assert [file.name for file in tmp_path.iterdir()] == ["page.html"]


@pytest.fixture
def no_umask() -> Iterator[None]:
    """Set a umask that lets others read everything."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode_of(path: Path) -> int:
    """The permissions of a file."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("no_umask")
def test_a_home_is_private_whatever_the_umask(tmp_path: Path) -> None:
    make_private(tmp_path / "home")
    assert mode_of(tmp_path / "home") == 0o700


@pytest.mark.parametrize(
    ("mode", "closed"), [(0o755, 0o700), (0o777, 0o700), (0o550, 0o500)]
)
def test_a_home_that_is_open_to_others_is_closed_and_reported(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, mode: int, closed: int
) -> None:
    (tmp_path / "secret_key").touch()
    (tmp_path / "uploads").mkdir()
    tmp_path.chmod(mode)
    make_private(tmp_path)
    make_private(tmp_path)
    assert mode_of(tmp_path) == closed
    assert caplog.messages == [
        f"{tmp_path} was open to others (mode {mode:o}): it is closed now."
    ]
    tmp_path.chmod(0o700)


def test_a_folder_that_holds_files_of_others_stays_open_and_is_reported(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "secret_key").touch()
    (tmp_path / "www").mkdir()
    tmp_path.chmod(0o755)
    make_private(tmp_path)
    assert mode_of(tmp_path) == 0o755
    assert "set UNWRAPPED_HOME to a folder of its own" in caplog.text


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives folders away")
def test_a_home_of_somebody_else_stays_as_it_is(tmp_path: Path) -> None:
    os.chown(tmp_path, 65_534, 65_534)
    tmp_path.chmod(0o755)
    make_private(tmp_path)
    assert mode_of(tmp_path) == 0o755
