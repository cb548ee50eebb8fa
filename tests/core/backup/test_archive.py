"""The file of a backup: complete and private; every change is detected."""

import stat
import zipfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from unwrapped.core.backup import passphrase
from unwrapped.core.backup.archive import (
    BackupExists,
    BackupWriter,
    new_backup,
    open_backup,
)
from unwrapped.core.backup.manifest import (
    FORMAT,
    BackupTooNew,
    DamagedBackup,
    Manifest,
    Member,
    TableCopy,
)
from unwrapped.core.backup.passphrase import (
    WeakPassphrase,
    WrongPassphrase,
    seal,
    unseal,
)
from unwrapped.core.files import NotWritten

ROWS = b"1\tAda\n2\tBob\\N\n"
UPLOAD = bytes(range(256))
REFUSED = (DamagedBackup, BackupTooNew)


def write(path: Path, **over: object) -> Manifest:
    """A small backup of a table and an upload."""
    with new_backup(path) as file:
        backup = BackupWriter(path, file)
        with backup.member("tables/listener.copy") as rows:
            rows.write(ROWS[:5])
            rows.write(ROWS[5:])
        with backup.member("uploads/a", packed=False) as upload:
            upload.write(UPLOAD)
        table = TableCopy("listener", ["id", "name"], 2, rows.written, {"id": 3})
        manifest = Manifest(
            format=FORMAT,
            product="0.1.0",
            made_at=datetime(2026, 11, 30, tzinfo=UTC),
            revision="20261122184620",
            tables=[table],
            uploads=[upload.written],
        )
        backup.finish(msgspec.structs.replace(manifest, **over))
    return manifest


def read(path: Path) -> tuple[Manifest, list[bytes]]:
    """Verify a backup; return its content."""
    with open_backup(path) as backup:
        backup.verify()
        members = backup.manifest.members
        return backup.manifest, [b"".join(backup.pieces(one)) for one in members]


def test_a_backup_can_be_read_and_only_by_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "backup.zip"
    written = write(path)
    assert read(path) == (written, [ROWS, UPLOAD])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_no_file_is_replaced_and_no_partial_file_is_left(tmp_path: Path) -> None:
    path = tmp_path / "backup.zip"
    path.write_text("mine")
    with pytest.raises(BackupExists):
        write(path)
    assert path.read_text() == "mine"
    path.unlink()
    path.symlink_to(tmp_path / "nowhere")
    with pytest.raises(BackupExists):
        write(path)
    with suppress(RuntimeError), new_backup(tmp_path / "other.zip") as file:
        file.write(b"half")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(NotWritten, match="No such file"):
        write(tmp_path / "no folder" / "backup.zip")


def test_no_byte_can_be_changed_unnoticed(tmp_path: Path) -> None:
    path, changed = tmp_path / "backup.zip", tmp_path / "changed.zip"
    whole = write(path)
    content = path.read_bytes()
    noticed = 0
    for place in range(len(content)):
        damaged = bytearray(content)
        damaged[place] ^= (0x01, 0x80)[place % 2]
        changed.write_bytes(damaged)
        try:
            manifest, members = read(changed)
        except REFUSED:
            noticed += 1
            continue
        # Fields of the container that say nothing: times, versions of programs.
        assert (manifest, members) == (whole, [ROWS, UPLOAD]), place
    assert noticed > len(content) / 2


def test_a_file_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "backup.zip"
    write(path)
    content = path.read_bytes()
    for length in range(0, len(content), 7):
        path.write_bytes(content[:length])
        with pytest.raises(DamagedBackup, match="not a complete backup"):
            read(path)


def test_another_zip_is_not_a_backup(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as other:
        other.writestr("Streaming_History_Audio_2023_1.json", "[]")
    with pytest.raises(DamagedBackup, match="not a backup of Unwrapped"):
        read(path)


def test_an_extra_member_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "backup.zip"
    write(path)
    with zipfile.ZipFile(path, "a") as added:
        added.writestr("uploads/b", "?")
    with pytest.raises(DamagedBackup, match="extra one"):
        read(path)


def test_a_later_form_names_the_version_that_made_it(tmp_path: Path) -> None:
    path = tmp_path / "backup.zip"
    write(path, format=FORMAT + 1, product="9.9.9")
    with pytest.raises(BackupTooNew, match=r"Unwrapped 9\.9\.9"):
        read(path)


@pytest.mark.parametrize(
    "name", ["uploads/../a", "uploads//etc/x", "other/a", "uploads/"]
)
def test_a_backup_names_no_file_of_others(tmp_path: Path, name: str) -> None:
    path = tmp_path / "backup.zip"
    write(path, uploads=[Member(name, 0, "")])
    with pytest.raises(DamagedBackup, match="an invalid upload"):
        read(path)


def test_only_the_passphrase_opens_the_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    assert passphrase.COST == 2**17
    monkeypatch.setattr(passphrase, "COST", 2**10)
    sealed = seal("k1:secret", "correct horse battery")
    assert unseal(sealed, "correct horse battery") == "k1:secret"
    assert b"secret" not in sealed.text
    for other in (sealed, msgspec.structs.replace(sealed, nonce=b"")):
        with pytest.raises(WrongPassphrase):
            unseal(other, "correct horse batteries")
    with pytest.raises(WeakPassphrase, match="11 characters"):
        seal("k1:secret", "too short 1")
