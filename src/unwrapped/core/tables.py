"""What all tables share: names of constraints, times in UTC, text without a length.

Every string column is TEXT: PostgreSQL rewrites checks on VARCHAR at each round trip,
so that a diff of models and migrations would never end.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, DateTime, func
from sqlmodel import Field, SQLModel

# Primary keys keep PostgreSQL's own name: Atlas does not write another.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
}


class UTCDateTime(DateTime):
    """`timestamptz`: a moment, independent of the zone it is shown in."""

    def __init__(self) -> None:
        super().__init__(timezone=True)


class Created(SQLModel):
    """A row with the time of its creation."""

    created_at: datetime = Field(
        default=None,
        sa_type=UTCDateTime,
        nullable=False,
        sa_column_kwargs={"server_default": func.now()},
    )


class Changed(Created):
    """A row that also has the time of its last change."""

    updated_at: datetime = Field(
        default=None,
        sa_type=UTCDateTime,
        nullable=False,
        sa_column_kwargs={"server_default": func.now(), "onupdate": func.now()},
    )


def one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    """A check that a text column holds a value of an enumeration."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)
