"""Encrypted columns, and their encryption with a new first key of `SECRET_KEY`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Column, Row, Table, func, or_, select, union, update
from sqlmodel import SQLModel

from unwrapped.core.database import count_changed
from unwrapped.core.process_resources import Resources
from unwrapped.core.secrets.encryption import (
    Cipher,
    EncryptionContext,
    Undecryptable,
    UnknownKey,
)

ROWS_AT_ONCE = 200

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Sealed:
    """Columns of a table whose texts are encrypted, each bound to its row.

    The primary key of the table is one column, a UUID.
    """

    model: type[SQLModel]
    key: str
    columns: tuple[str, ...]

    async def reencrypt(
        self, resources: Resources, rows_at_once: int = ROWS_AT_ONCE
    ) -> int:
        """Encrypt texts of older keys with the first key; return the number of rows.

        A row that changes meanwhile is left for the next call, and so is one that no
        key of the ring decrypts.
        """
        cipher, done, after = resources.cipher, 0, UUID(int=0)
        while True:
            rows = await self._others(resources, cipher.newest, after, rows_at_once)
            for row in rows:
                old: dict[str, str | None] = dict(
                    zip(self.columns, row[1:], strict=True)
                )
                done += await self._renew(resources, cipher, row[0], old)
            if len(rows) < rows_at_once:
                return done
            after = rows[-1][0]

    async def keys_in_use(self, resources: Resources) -> set[str]:
        """The ids of the keys that stored texts are encrypted with."""
        keys = union(*(select(_key_of(column)) for column in self._sealed))
        async with resources.database.session() as session:
            return {kid for kid in await session.scalars(keys) if kid is not None}

    @property
    def _table(self) -> Table:
        return SQLModel.metadata.tables[str(self.model.__tablename__)]

    @property
    def _sealed(self) -> list[Column[Any]]:
        return [self._table.c[name] for name in self.columns]

    async def _others(
        self, resources: Resources, kid: str, after: UUID, most: int
    ) -> Sequence[Row[Any]]:
        key = self._table.c[self.key]
        query = (
            select(key, *self._sealed)
            .where(key > after, or_(*(_key_of(one) != kid for one in self._sealed)))
            .order_by(key)
            .limit(most)
        )
        async with resources.database.session() as session:
            return (await session.execute(query)).all()

    async def _renew(
        self,
        resources: Resources,
        cipher: Cipher,
        key: UUID,
        old: Mapping[str, str | None],
    ) -> int:
        try:
            new = {
                name: text and self._renewed(cipher, text, name, key)
                for name, text in old.items()
            }
        except (Undecryptable, UnknownKey) as error:
            name = self._table.name
            log.warning("secret.not_reencrypted", table=name, row=str(key), code=error.code)  # fmt: skip
            return 0
        unchanged = [
            self._table.c[name].is_not_distinct_from(text) for name, text in old.items()
        ]
        mine = self._table.c[self.key] == key
        statement = update(self._table).where(mine, *unchanged).values(new)
        async with resources.database.session() as session:
            return await count_changed(session, statement)

    def _renewed(self, cipher: Cipher, text: str, column: str, key: UUID) -> str:
        context = EncryptionContext(self._table.name, column, key)
        return cipher.encrypt(cipher.decrypt(text, context), context)


def _key_of(column: Column[Any]) -> Any:
    """The id of the key that a text is encrypted with."""
    return func.split_part(column, ".", 2)
