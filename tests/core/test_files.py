"""Files are written whole, or not at all."""

import os
from pathlib import Path

import pytest

from unwrapped.core.files import NotWritten, write_whole


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


def test_a_full_device_is_told() -> None:
    with pytest.raises(NotWritten, match="/dev/full cannot be written: No space left"):
        write_whole(Path("/dev/full"), "x")


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotWritten, match="No such file or directory"):
        write_whole(tmp_path / "no" / "page.html", "x")


def test_a_folder_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "page.html").mkdir()
    with pytest.raises(NotWritten, match="Is a directory"):
        write_whole(tmp_path / "page.html", "x")
    assert [file.name for file in tmp_path.iterdir()] == ["page.html"]
