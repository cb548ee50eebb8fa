"""What the domains hold on a person, told by each of them, for the person's export."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    func,
    literal_column,
    select,
)
from sqlmodel import SQLModel

OWNER: BindParameter[int] = bindparam("user_id", type_=BigInteger)
"""The person, in the statements of `PersonalData`."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PersonalData:
    """One file of an export."""

    name: str
    """Of the file, without its ending."""

    about: str
    """What is in it, for whoever reads it."""

    rows: Select[*tuple[Any, ...]]
    """A row for each line, of `OWNER` alone; its columns have telling names. No secret is
    among them, and no hash of one."""

    tables: frozenset[str]
    """The tables whose rows of the person are told by it in full."""

    rows_at_once: int = 2000
    """How many are read at once: fewer where they are large."""

    uploads: Select[UUID, str] | None = None
    """Objects that belong to the rows: the id that their key is made of, and the name
    that the person gave."""

    @classmethod
    def of(
        cls,
        model: type[SQLModel],
        *,
        name: str,
        about: str,
        without: Iterable[str] = (),
        through: type[SQLModel] | None = None,
        uploads: Select[UUID, str] | None = None,
    ) -> Self:
        """A table as it is: its columns but the owner's id and those in `without`.

        The rows come by `created_at`, or by their key where they have none. `through` is
        the model that names the owner, where the table refers to that one alone. Raises
        `ValueError` for a name in `without` that is no column.
        """
        table, left_out = _table(model), {"user_id", *without}
        if unknown := set(without) - set(table.c.keys()):
            raise ValueError(f"{table.name} has no column {', '.join(sorted(unknown))}")
        rows = select(*(column for column in table.c if column.name not in left_out))
        owner = table
        if through is not None:
            owner = _table(through)
            rows = rows.join(owner)
        order = [table.c.created_at] if "created_at" in table.c else table.primary_key
        return cls(
            name=name,
            about=about,
            rows=rows.where(owner.c.user_id == OWNER).order_by(*order),
            tables=frozenset({table.name}),
            uploads=uploads,
        )

    @property
    def lines(self) -> Select[str]:
        """The rows as JSON, written by the database: a tenth of the time it takes here."""
        line = self.rows.subquery("line")
        return select(cast(func.row_to_json(literal_column("line")), Text)).select_from(
            line
        )


def _table(model: type[SQLModel]) -> Table:
    return SQLModel.metadata.tables[str(model.__tablename__)]
