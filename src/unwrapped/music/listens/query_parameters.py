"""Query parameters that select listens and periods."""

from datetime import UTC, date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Query

from unwrapped.auth.dependencies import CurrentUser
from unwrapped.music.history.period import GRAMMAR
from unwrapped.music.listens.exporting import ExportFormat
from unwrapped.music.listens.service import ListenOrder
from unwrapped.music.sources.logs import LogName
from unwrapped.shared.validators import SafeStr
from unwrapped.shared.zones import parse_zone

SourceQuery = Annotated[
    LogName | None, Query(description="Only listens of this source.")
]
PeriodQuery = Annotated[
    SafeStr,
    Query(
        description=f"{GRAMMAR}; in the time zone of the account or of `tz`. Weeks begin"
        " on Monday.",
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
        description="IANA time zone; by default that of the account.",
        examples=["Europe/Berlin"],
    ),
]

TextQuery = Annotated[
    SafeStr | None,
    Query(
        min_length=1,
        description="Only listens with this text in the name of the artist, track or"
        " album, in upper or lower case.",
    ),
]
OrderQuery = Annotated[ListenOrder, Query(description="Which listens come first.")]
DayQuery = Annotated[
    date | None,
    Query(
        description="Only listens of this day and those that follow them in the order."
    ),
]
DryRunQuery = Annotated[bool, Query(description="Only count what would be removed.")]
FormatQuery = Annotated[
    ExportFormat, Query(alias="format", description="The format of the listens.")
]


async def get_now() -> datetime:
    """The moment from which relative periods are counted."""
    return datetime.now(UTC)


NowDep = Annotated[datetime, Depends(get_now)]


async def get_zone(user: CurrentUser, tz: ZoneQuery = None) -> ZoneInfo:
    """The time zone of the request, or of the account. Raises `UnknownZone`."""
    return parse_zone(tz or user.time_zone)


ZoneDep = Annotated[ZoneInfo, Depends(get_zone)]
