"""How listens and periods are picked out."""

from typing import Annotated

from fastapi import Query

from unwrapped.music.sources.logs import LogName
from unwrapped.shared.validators import SafeStr

SourceQuery = Annotated[
    LogName | None, Query(description="Only listens of this source.")
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
