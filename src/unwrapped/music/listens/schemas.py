"""What the API says of listens, and how they are picked out."""

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import Field

from unwrapped.core.fields import SafeStr, Schema
from unwrapped.music.listens.models import SourceName

SourceQuery = Annotated[
    SourceName | None, Query(description="Only listens of this source.")
]
PeriodQuery = Annotated[
    SafeStr,
    Query(
        description="all, a year (2025), a month (2025-11) or two days"
        " (2025-01-01..2025-06-30), in the time zone of the account or of `tz`.",
        examples=["2025"],
    ),
]
ArtistQuery = Annotated[
    SafeStr | None,
    Query(description="Only listens to this artist.", examples=["The Quiet Tides"]),
]
ZoneQuery = Annotated[
    SafeStr | None,
    Query(
        description="IANA time zone; that of the account, if not given.",
        examples=["Europe/Berlin"],
    ),
]


class ListenRead(Schema):
    """One listen."""

    started_at: datetime
    artist: str
    title: str
    album: str | None
    ms_played: int | None = Field(description="None where the source does not say.")
    source: SourceName
    reason_end: str | None
    skipped: bool | None
    shuffle: bool | None
    shadowed: bool = Field(
        description="Not counted: a richer source logged the same listen."
    )


class ListensDeleted(Schema):
    """What was removed."""

    deleted: int
