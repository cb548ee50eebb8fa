"""Reads the secret of a home for a backup and stores it at a restore; empties the
encrypted columns that no key decrypts.
"""

from collections.abc import Iterable

import asyncpg
from sqlmodel import SQLModel

from unwrapped.core.backup.table_copying import quoted
from unwrapped.core.config import Settings
from unwrapped.core.secrets.encrypted_columns import Sealed
from unwrapped.core.secrets.encryption import (
    Cipher,
    EncryptionContext,
    Undecryptable,
    UnknownKey,
)
from unwrapped.core.secrets.key_file import NoKeyFile
from unwrapped.core.secrets.key_ring import KeyRing, key_file


def kept_secret(settings: Settings) -> str | None:
    """Return the secret in the home; None if it is kept elsewhere or does not exist."""
    if not is_in_home(settings):
        return None
    try:
        return key_file(settings).read()
    except NoKeyFile:
        return None


def keep_secret(settings: Settings, secret: str) -> bool:
    """Store a secret in the home; return False if this installation keeps it elsewhere.

    Raises `WeakSecret` if the secret cannot be used.
    """
    KeyRing.parse(secret, settings.algorithm)
    if not is_in_home(settings):
        return False
    file = key_file(settings)
    try:
        file.change(lambda _: secret)
    except NoKeyFile:
        file.read_or_make(lambda: secret)
    return True


def is_in_home(settings: Settings) -> bool:
    """Whether the home is where this installation keeps its secret."""
    return settings.secret_key is None and settings.is_embedded


async def clear_unreadable(
    connection: asyncpg.Connection, sealed: Iterable[Sealed], cipher: Cipher
) -> int:
    """Empty the encrypted columns that no key of the server decrypts; return the number of rows."""
    return sum([await _clear(connection, one, cipher) for one in sealed])


async def _clear(connection: asyncpg.Connection, sealed: Sealed, cipher: Cipher) -> int:
    name = str(sealed.model.__tablename__)
    key, *columns = map(quoted, (sealed.key, *sealed.columns))
    columns_sql = ", ".join((key, *columns))
    rows = await connection.fetch(f"SELECT {columns_sql} FROM {quoted(name)}")
    count = 0
    for row in rows:
        lost = [
            column
            for column in sealed.columns
            if row[column]
            and not _opens(cipher, row[column], EncryptionContext(name, column, row[0]))
        ]
        for column in lost:
            # Encrypted values are never empty: "" reads as one that no key decrypts.
            nullable = SQLModel.metadata.tables[name].c[column].nullable
            await connection.execute(
                f"UPDATE {quoted(name)} SET {quoted(column)} = $1 WHERE {key} = $2",
                *(None if nullable else "", row[0]),
            )
        count += bool(lost)
    return count


def _opens(cipher: Cipher, text: str, context: EncryptionContext) -> bool:
    try:
        cipher.decrypt(text, context)
    except (Undecryptable, UnknownKey):
        return False
    return True
