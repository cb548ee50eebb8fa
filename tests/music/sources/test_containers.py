"""Which files can be opened, and which ones the disk or the limits refuse."""

import os
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.attacks import attack
from tests.exports import as_json, extended_row, make_zip, nested_zip, write_zip
from tests.music.sources.reading import contents, leaves
from unwrapped.core.exceptions import Unavailable
from unwrapped.music.sources.containers import (
    DamagedZip,
    LeafReader,
    NoSuchPath,
    Unreadable,
)
from unwrapped.music.sources.limits import Limits, TooLarge

DATA = as_json([extended_row()])


def test_a_folder_is_walked_in_the_order_of_names(tmp_path: Path) -> None:
    for name in ("b.json", "a/z.json", "a/b/c.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    assert contents(tmp_path) == [
        (f"{tmp_path.name}/a/b/c.json", b"a/b/c.json"),
        (f"{tmp_path.name}/a/z.json", b"a/z.json"),
        (f"{tmp_path.name}/b.json", b"b.json"),
    ]


def test_a_zip_is_known_by_its_first_bytes(tmp_path: Path) -> None:
    file = write_zip(tmp_path / "export.bin", {"b.json": b"2", "dir/a.json": b"1"})
    assert contents(file) == [
        ("export.bin/b.json", b"2"),
        ("export.bin/dir/a.json", b"1"),
    ]


def test_an_empty_zip_has_no_files(tmp_path: Path) -> None:
    assert contents(write_zip(tmp_path / "a.zip", {})) == []


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_zips_in_zips_to_three_levels(tmp_path: Path, depth: int) -> None:
    (tmp_path / "a.zip").write_bytes(nested_zip({"a.json": DATA}, depth))
    path = "a.zip/" + "inner.zip/" * (depth - 1) + "a.json"
    assert contents(tmp_path / "a.zip") == [(path, DATA)]


@attack(27, "nested")
def test_a_fourth_level_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(nested_zip({"a.json": DATA}, 4))
    with pytest.raises(DamagedZip, match=r"^a\.zip/inner\.zip/inner\.zip/inner\.zip "):
        contents(tmp_path / "a.zip")


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_other_compressions_are_read(tmp_path: Path, method: int) -> None:
    (tmp_path / "a.zip").write_bytes(make_zip({"a.json": DATA}, method))
    assert contents(tmp_path / "a.zip") == [("a.zip/a.json", DATA)]


@attack(27, "bomb")
def test_a_bomb_is_refused(tmp_path: Path) -> None:
    packed = write_zip(tmp_path / "a.zip", {"a.json": bytes(51 * 1024 * 1024)})
    assert packed.stat().st_size < 200_000
    with pytest.raises(TooLarge, match=r"^a\.zip/a\.json .* zip bomb"):
        contents(packed)


def test_a_small_file_may_be_packed_as_well_as_it_likes(tmp_path: Path) -> None:
    packed = write_zip(tmp_path / "a.zip", {"a.json": bytes(1024 * 1024)})
    assert packed.stat().st_size < 1024 * 1024 / 200
    assert len(contents(packed)[0][1]) == 1024 * 1024


@attack(27, "in-many-files")
def test_the_total_counts_over_zips_and_zips_in_zips(tmp_path: Path) -> None:
    inner = make_zip({"b.json": b"2" * 100})
    files = [
        write_zip(tmp_path / "a.zip", {"a.json": b"1" * 100}),
        write_zip(tmp_path / "b.zip", {"inner.zip": inner}),
    ]
    total = 100 + len(inner) + 100
    assert len(contents(*files, limits=Limits(total_bytes=total))) == 2
    with pytest.raises(TooLarge, match=r"^b\.zip/inner\.zip/b\.json"):
        contents(*files, limits=Limits(total_bytes=total - 1))


@attack(27, "many-entries")
def test_the_number_of_files_counts_over_zips(tmp_path: Path) -> None:
    files = [
        write_zip(tmp_path / "a.zip", {"a": b"", "b": b""}),
        write_zip(tmp_path / "b.zip", {"c": b"", "dir/": b""}),
    ]
    assert len(contents(*files, limits=Limits(entries=3))) == 3
    with pytest.raises(TooLarge, match=r"^b\.zip/c.* more than 2 files"):
        contents(*files, limits=Limits(entries=2))


@attack(28, "entries")
def test_entries_with_paths_outside_the_zip_write_nothing(tmp_path: Path) -> None:
    names = ["../../x.json", "/abs/y.json", "C:\\z.json", "a\x1b[31m\n.json", ".."]
    folder = tmp_path / "deep" / "deeper"
    folder.mkdir(parents=True)
    file = write_zip(folder / "a.zip", dict.fromkeys(names, DATA))
    before = sorted(tmp_path.rglob("*"))
    assert sorted(contents(file)) == sorted((f"a.zip/{name}", DATA) for name in names)
    assert sorted(tmp_path.rglob("*")) == before
    assert not Path("/abs/y.json").exists()


@pytest.mark.parametrize("name", ["nothing.json", "no/such/folder", "null\x00byte"])
def test_a_path_that_does_not_exist_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(NoSuchPath, match="does not exist"):
        contents(tmp_path / name)


def test_a_file_that_is_deleted_while_it_is_read_is_reported(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(DATA)
    with leaves([file]) as [leaf]:
        file.unlink()
        with pytest.raises(NoSuchPath, match=r"^a\.json does not exist"):
            LeafReader(leaf, lambda _: None)


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(Unreadable, match=r"pipe\.json is neither a file nor a folder"):
        contents(tmp_path / "pipe.json")


def test_a_pipe_in_a_folder_is_skipped(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "broken").symlink_to(tmp_path / "nowhere")
    assert contents(tmp_path) == []


@contextmanager
def _locked_out_of(path: Path) -> Iterator[None]:
    """Take all rights on `path` away during the context, also from root."""
    mode = path.stat().st_mode
    path.chmod(0)
    as_root = os.geteuid() == 0
    if as_root:
        os.seteuid(65_534)
    try:
        yield
    finally:
        if as_root:
            os.seteuid(0)
        path.chmod(mode)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder below which everybody may read (`tmp_path` is its owner's alone)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest.mark.parametrize("given", ["the folder", "the file"])
def test_a_file_without_permission_is_refused(open_folder: Path, given: str) -> None:
    file = open_folder / "a.json"
    file.write_bytes(DATA)
    with (
        _locked_out_of(file),
        pytest.raises(Unreadable, match=r"a\.json cannot be read: permission denied"),
    ):
        contents(open_folder if given == "the folder" else file)


@pytest.mark.parametrize("given", ["around", "itself", "a file inside"])
def test_a_folder_without_permission_is_refused(open_folder: Path, given: str) -> None:
    folder = open_folder / "private"
    folder.mkdir()
    (folder / "a.json").write_bytes(DATA)
    path = {
        "around": open_folder,
        "itself": folder,
        "a file inside": folder / "a.json",
    }[given]
    with (
        _locked_out_of(folder),
        pytest.raises(Unreadable, match=r"(?i)private.* cannot be read: permission"),
    ):
        contents(path)


@pytest.mark.skipif(
    not Path("/proc/self/mem").exists(), reason="needs a file that fails when read"
)
def test_an_error_of_the_disk_names_the_file() -> None:
    with pytest.raises(Unavailable, match=r"^mem cannot be read: Input/output error"):
        contents(Path("/proc/self/mem"))


def test_a_reader_reports_what_it_reads(tmp_path: Path) -> None:
    file = write_zip(tmp_path / "a.zip", {"a.json": b"12345"})
    seen: list[int] = []
    with leaves([file]) as [leaf]:
        reader = LeafReader(leaf, seen.append)
        assert (reader.read(2), reader.read(9), reader.read(9)) == (b"12", b"345", b"")
        reader.close()
    assert seen == [2, 3, 0]
    assert (leaf.path, leaf.size, leaf.head) == ("a.zip/a.json", 5, b"12345")
