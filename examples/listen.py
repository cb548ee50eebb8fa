"""One row of a made-up history, before it takes the form of an export."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

type Medium = Literal["track", "video", "podcast", "audiobook"]


@dataclass(slots=True)
class Listen:
    """`ended_at` is in UTC, to the second."""

    ended_at: datetime
    ms_played: int
    artist: str
    """The show of a podcast, the title of an audiobook."""

    title: str
    """The episode of a podcast, the chapter of an audiobook."""

    album: str
    uri: str
    reason_start: str | None = "trackdone"
    reason_end: str | None = "trackdone"
    shuffle: bool = False
    skipped: bool | None = None
    medium: Medium = "track"
    platform: str = "android"
    offline: bool = False
    incognito: bool = False
