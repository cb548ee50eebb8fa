"""Copies in a folder are private and complete, and only the latest is kept."""

import os
import time
from pathlib import Path

import pytest

from unwrapped.music.read_model.files import FOLDER, HALF_AFTER, CopyFolder, CopyName


def test_only_the_owner_can_read_a_copy(tmp_path: Path) -> None:
    CopyFolder(tmp_path).write(CopyName(7, 1), b"content")
    folder = tmp_path / FOLDER
    (file,) = folder.iterdir()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert file.stat().st_mode & 0o777 == 0o600
    assert CopyFolder(tmp_path).read(CopyName(7, 1)) == b"content"


def test_a_later_copy_replaces_earlier_ones_of_the_same_listener(
    tmp_path: Path,
) -> None:
    copies = CopyFolder(tmp_path)
    for name in (CopyName(7, 1), CopyName(7, 9), CopyName(77, 1), CopyName(7, 10)):
        copies.write(name, b"")
    assert copies.names() == [CopyName(77, 1), CopyName(7, 10)]
    assert copies.names(7) == [CopyName(7, 10)]
    copies.write(CopyName(7, 8), b"late")
    assert copies.names(7) == [CopyName(7, 10), CopyName(7, 8)]
    assert copies.delete([CopyName(7, 10), CopyName(7, 11)]) == 1
    assert copies.read(CopyName(7, 10)) is None


@pytest.mark.parametrize(
    "name", ["7-1", "7-1.columns.bak", "-1.columns", "\u0667-1.columns", "a-1.columns", ".half-x"]
)  # fmt: skip
def test_other_files_are_not_copies(name: str) -> None:
    assert CopyName.parse(name) is None
    assert CopyName.parse(str(CopyName(7, 1))) == CopyName(7, 1)


def test_incomplete_files_of_processes_that_died_are_deleted(tmp_path: Path) -> None:
    copies = CopyFolder(tmp_path)
    copies.write(CopyName(7, 1), b"")
    old, new = tmp_path / FOLDER / ".half-old", tmp_path / FOLDER / ".half-new"
    for half in (old, new):
        half.write_bytes(b"")
    long_ago = time.time() - HALF_AFTER.total_seconds() - 1
    os.utime(old, (long_ago, long_ago))
    copies.drop_halves()
    assert (old.exists(), new.exists()) == (False, True)
    assert copies.names() == [CopyName(7, 1)]


def test_a_folder_that_cannot_be_used_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("a file is in the way")
    copies = CopyFolder(tmp_path)
    copies.write(CopyName(7, 1), b"content")
    assert copies.read(CopyName(7, 1)) is None
    assert copies.names() == []
