"""The description of a backup: its member `manifest.json`."""

import re
from datetime import datetime

import msgspec

from unwrapped.core.exceptions import Conflict, Invalid

FORMAT = 1
"""Version of the format; it grows with a change that older programs cannot read."""

NAME = "manifest.json"
UPLOADS = "uploads/"
_UPLOAD = re.compile(rf"{UPLOADS}[A-Za-z0-9_-]{{1,64}}", re.ASCII)


class DamagedBackup(Invalid):
    """The file was cut off or changed, or is not a backup."""

    code = "damaged_backup"


class BackupTooNew(Conflict):
    """The backup was made by a later version of this program."""

    code = "backup_too_new"


class Member(msgspec.Struct, frozen=True):
    """A file in the backup."""

    name: str
    bytes: int
    sha256: str


class TableCopy(msgspec.Struct, frozen=True):
    """The rows of a table, in the text format of COPY."""

    name: str
    columns: list[str]
    rows: int
    member: Member
    next_values: dict[str, int]
    """The next value of each column that has a sequence."""


class SealedSecret(msgspec.Struct, frozen=True):
    """The secret of a home, encrypted with a passphrase."""

    salt: bytes
    nonce: bytes
    text: bytes


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What the backup contains, and what it was made from."""

    format: int
    product: str
    """The version of the program that made it."""

    made_at: datetime
    """When its rows were read: all of them from one snapshot."""

    revision: str
    """Version of the last migration of the database."""

    tables: list[TableCopy]
    uploads: list[Member]
    secret: SealedSecret | None = None

    @property
    def members(self) -> list[Member]:
        """Every file except the manifest."""
        return [*(table.member for table in self.tables), *self.uploads]

    @property
    def rows(self) -> int:
        """The number of rows in all tables."""
        return sum(table.rows for table in self.tables)


class _Format(msgspec.Struct):
    format: int
    product: str


def read_manifest(content: bytes) -> Manifest:
    """Parse a manifest. Raises `DamagedBackup` or `BackupTooNew`."""
    try:
        first = msgspec.json.decode(content, type=_Format)
        if first.format > FORMAT:
            raise BackupTooNew(
                f"The backup was made by Unwrapped {first.product}, in a format that"
                " this program does not know: install that version or a later one."
            )
        manifest = msgspec.json.decode(content, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DamagedBackup(f"The manifest of the backup is damaged: {error}.") from error  # fmt: skip
    if not all(is_upload(member.name) for member in manifest.uploads):
        raise DamagedBackup("The manifest of the backup names an invalid upload.")
    return manifest


def is_upload(name: str) -> bool:
    """Whether the name of a member is that of an upload, with a key of the service."""
    return _UPLOAD.fullmatch(name) is not None
