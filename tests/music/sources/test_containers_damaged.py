"""Every damaged or locked zip is refused, with the name of what is damaged."""

import zipfile
from pathlib import Path

import pytest

from tests.attacks import attack
from tests.exports import as_json, extended_row, make_zip
from tests.music.sources.reading import contents
from unwrapped.music.sources.containers import DamagedZip
from unwrapped.music.sources.limits import TooLarge

DATA = as_json([extended_row()])

DIRECTORY = b"PK\x01\x02"
END = b"PK\x05\x06"


def patched(data: bytes, signature: bytes, offset: int, value: bytes) -> bytes:
    """`data` with the bytes at `offset` after its last `signature` replaced."""
    at = data.rindex(signature) + offset
    return data[:at] + value + data[at + len(value) :]


def refused(tmp_path: Path, packed: bytes, name: str) -> None:
    """Assert that a zip is refused as damaged, with its name, alone and in a zip."""
    for file, data in (
        ("a.zip", packed),
        ("outer.zip", make_zip({"a.zip": packed}, zipfile.ZIP_STORED)),
    ):
        (tmp_path / file).write_bytes(data)
        with pytest.raises(DamagedZip) as caught:
            contents(tmp_path / file)
        shown = caught.value.message
        assert shown.startswith(name if file == "a.zip" else f"outer.zip/{name}")
        assert "None" not in shown


@attack(27, "password")
def test_a_zip_with_a_password(tmp_path: Path) -> None:
    packed = make_zip({"a.json": DATA})
    locked = patched(packed, DIRECTORY, 8, b"\x01\x00")
    refused(tmp_path, locked, "a.zip/a.json is locked with a password")


@pytest.mark.parametrize("kept", [4, 30, 100, -22, -1])
def test_a_zip_cut_off(tmp_path: Path, kept: int) -> None:
    packed = make_zip({"a.json": DATA, "b.json": DATA})
    refused(tmp_path, packed[:kept], "a.zip is damaged")


@pytest.mark.parametrize(
    "method",
    [
        zipfile.ZIP_STORED,
        zipfile.ZIP_DEFLATED,
        zipfile.ZIP_BZIP2,
        zipfile.ZIP_LZMA,
    ],
)
def test_packed_bytes_that_are_damaged(tmp_path: Path, method: int) -> None:
    packed = make_zip({"a.json": DATA}, method)
    at = packed.index(DIRECTORY) // 2
    damaged = packed[:at] + bytes(255 - byte for byte in packed[at : at + 8])
    damaged += packed[at + 8 :]
    refused(tmp_path, damaged, "a.zip/a.json is damaged")


def test_a_checksum_that_does_not_fit(tmp_path: Path) -> None:
    packed = patched(make_zip({"a.json": DATA}), DIRECTORY, 16, b"\x00\x00\x00\x00")
    refused(tmp_path, packed, "a.zip/a.json is damaged")


def test_a_directory_that_points_before_the_file(tmp_path: Path) -> None:
    packed = patched(make_zip({"a.json": DATA}), END, 16, b"\xff\xff\x00\x00")
    refused(tmp_path, packed, "a.zip")


def test_an_entry_that_points_behind_the_file(tmp_path: Path) -> None:
    packed = patched(make_zip({"a.json": DATA}), DIRECTORY, 42, b"\xf0\xff\xff\xff")
    refused(tmp_path, packed, "a.zip/a.json is damaged")


def test_an_unknown_compression(tmp_path: Path) -> None:
    packed = patched(make_zip({"a.json": DATA}), DIRECTORY, 10, b"\x61\x00")
    refused(tmp_path, packed, "a.zip/a.json is damaged or packed in a way")


@attack(27, "overlap")
def test_entries_that_share_their_bytes(tmp_path: Path) -> None:
    """The first entry's packed bytes reach into the second: a quoted overlap."""
    packed = make_zip({"a.json": b"1" * 40, "b.json": b"2" * 40}, zipfile.ZIP_STORED)
    first = packed.index(DIRECTORY)
    longer = (100).to_bytes(4, "little") * 2  # packed and unpacked size
    packed = packed[: first + 20] + longer + packed[first + 28 :]
    refused(tmp_path, packed, "a.zip/a.json is damaged")


def test_entries_that_are_the_same_bytes(tmp_path: Path) -> None:
    packed = make_zip({"a.json": DATA})
    start, end = packed.index(DIRECTORY), packed.index(END)
    entry = packed[start:end]
    twice = (2).to_bytes(2, "little") * 2 + (2 * len(entry)).to_bytes(4, "little")
    packed = packed[:end] + entry + patched(packed[end:], END, 8, twice)
    refused(tmp_path, packed, "a.zip/a.json is damaged")


def _refusal(file: Path) -> str | None:
    try:
        contents(file)
    except (DamagedZip, TooLarge) as refusal:
        return refusal.message
    return None


def test_no_damage_of_a_zip_escapes_as_another_error(tmp_path: Path) -> None:
    """Each byte of a zip (with one in it) damaged in turn: read, or refused."""
    packed = make_zip({"a.json": DATA[:60], "in.zip": make_zip({"b.json": DATA[:60]})})
    file = tmp_path / "a.zip"
    outcomes: list[str | None] = []
    for at in range(4, len(packed)):
        for value in (b"\x00", b"\xff"):
            file.write_bytes(packed[:at] + value + packed[at + 1 :])
            outcomes.append(_refusal(file))
    refusals = [message for message in outcomes if message is not None]
    assert all(message.startswith("a.zip") for message in refusals)
    assert len(packed) < len(refusals) < len(outcomes)


def test_damage_that_hides_an_entry_in_the_remark_of_another(tmp_path: Path) -> None:
    packed = make_zip({"a.json": DATA, "b.json": DATA})
    start, end = packed.index(DIRECTORY), packed.index(END)
    remark = ((end - start) // 2).to_bytes(2, "little")
    at = start + 32
    refused(tmp_path, packed[:at] + remark + packed[at + 2 :], "a.zip")
