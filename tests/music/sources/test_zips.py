"""The directory of a zip is checked before it is read, and few zips stay open."""

import os
import struct
import zipfile
from pathlib import Path

import pytest

from tests.exports import as_json, extended_row, make_zip, write_zip
from tests.music.sources.reading import contents, leaves
from unwrapped.music.sources.limits import DirectoryTooLarge, Limits
from unwrapped.music.sources.upload_reading import read_upload

DATA = as_json([extended_row()])
MOST_HANDLES = 6


def _entry(name: bytes) -> bytes:
    """An entry of a directory with a wrong position of its file."""
    return struct.pack(
        "<4s6H3I5H2I", b"PK\x01\x02", *(20,) * 2, *(0,) * 4, *(0,) * 3,
        len(name), *(0,) * 4, *(0,) * 2,
    ) + name  # fmt: skip


def _with_directory(directory: bytes, entries: int, *, zip64: bool) -> bytes:
    """A zip that has only a directory."""
    size = len(directory)
    first = b"PK\x03\x04"
    if not zip64:
        count = min(entries, 0xFFFF)
        return first + directory + struct.pack(
            "<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, size, 4, 0
        )  # fmt: skip
    record = struct.pack(
        "<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, entries, entries, size, 4
    )
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, 4 + size, 1)
    end = struct.pack(
        "<4s4H2IH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0
    )
    return first + directory + record + locator + end


@pytest.mark.parametrize("zip64", [False, True])
@pytest.mark.parametrize("outer", [False, True])
def test_a_directory_of_too_many_entries(
    tmp_path: Path, *, zip64: bool, outer: bool
) -> None:
    packed = _with_directory(_entry(b"a") * 11, 11, zip64=zip64)
    if outer:
        packed = make_zip({"in.zip": packed})
    (tmp_path / "a.zip").write_bytes(packed)
    with pytest.raises(DirectoryTooLarge, match=r"^a\.zip.* has more than 10 files\."):
        contents(tmp_path / "a.zip", limits=Limits(entries=10))


@pytest.mark.parametrize("zip64", [False, True])
@pytest.mark.parametrize("outer", [False, True])
def test_a_directory_of_too_many_bytes(
    tmp_path: Path, *, zip64: bool, outer: bool
) -> None:
    """Thousands of names of thousands of characters."""
    packed = _with_directory(_entry(b"n" * 60_000) * 20, 20, zip64=zip64)
    if outer:
        packed = make_zip({"in.zip": packed})
    (tmp_path / "a.zip").write_bytes(packed)
    with pytest.raises(
        DirectoryTooLarge, match=r"^a\.zip.* directory of more than 1 MiB"
    ):
        contents(tmp_path / "a.zip", limits=Limits(directory_bytes=1 << 20))


def test_an_entry_may_hold_the_bytes_of_many_directories(tmp_path: Path) -> None:
    data = b"PK\x01\x02" * 20_000
    (tmp_path / "a.zip").write_bytes(make_zip({"a.bin": data}, zipfile.ZIP_STORED))
    assert contents(tmp_path / "a.zip") == [("a.zip/a.bin", data)]


def test_a_long_name_is_cut_in_its_middle(tmp_path: Path) -> None:
    name = "d" * 30_000 + "/endsong_0.json"
    file = write_zip(tmp_path / "a.zip", {name: b"{}"})
    with leaves([file]) as [leaf]:
        assert len(leaf.path) == 255
        assert leaf.path.startswith("a.zip/ddd")
        assert leaf.path.endswith("dd/endsong_0.json")


def _handles() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - a folder without files


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_no_more_files_are_open_than_lie_in_each_other(tmp_path: Path) -> None:
    """There are many zips with zips in them, as in a folder of downloads."""
    for number in range(20):
        inner = make_zip({"b.json": DATA, "in.zip": make_zip({"c.json": DATA})})
        write_zip(tmp_path / f"{number}.zip", {"a.json": DATA, "in.zip": inner})
    before = _handles()
    most = 0

    def look(done: int, total: int) -> None:
        nonlocal most
        most = max(most, _handles())

    upload = read_upload([tmp_path], on_progress=look)
    assert len(upload.files) == 60
    assert most <= before + MOST_HANDLES
    assert _handles() == before
