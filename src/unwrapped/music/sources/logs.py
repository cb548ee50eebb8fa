"""The logs: what each records of a listen, and what that means.

A log is not a format. It is stored with every listen, as its code, and is part of the
exact key; a format defines how bytes become rows of one or more logs. Only this module
and the format that reads a log know it by name: everything else derives from `LOGS`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

type Moment = Literal["start", "end", "near_end"]
type Precision = Literal["second", "minute"]
type Ending = Literal["finished", "broken_off", "stopped"]
"""`finished`: at the end of the track; `broken_off`: by a button that the listener
pressed; `stopped`: in any other way.
"""


class LogName(StrEnum):
    """The logs whose listens are stored, in the order of their ranks."""

    SPOTIFY_EXTENDED = "spotify_extended"
    LISTENBRAINZ_ARCHIVE = "listenbrainz_archive"
    SPOTIFY_ACCOUNT = "spotify_account"
    SCROBBLED_HERE = "scrobbled_here"
    LISTENBRAINZ = "listenbrainz"
    SCROBBLED_HERE_END = "scrobbled_here_end"
    LISTENBRAINZ_END = "listenbrainz_end"
    LASTFM = "lastfm"
    LASTFM_MINUTE = "lastfm_minute"
    LISTENBRAINZ_SPOTIFY = "listenbrainz_spotify"
    SPOTIFY_API = "spotify_api"


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """What a log records."""

    code: int
    """The number that stands for the log in the database, never reused for another."""

    title: str
    """The name of the log, for people."""

    service: str
    """The name of the service in which the music was heard, for people."""

    logs: Moment
    """Which moment of a listen is logged."""

    precision: Precision
    """How finely time is logged; the rest is cut off, not rounded."""

    least_ms: int = 0
    """The shortest listen that is logged, in milliseconds."""

    scrobbled: bool = False
    """Whether clients report a listen once half of the track, or four minutes, were
    heard. Two rows of one track within seconds are then one listen, reported twice.
    """

    received: bool = False
    """Whether clients report listens to this server, not to another service."""

    splits_pauses: bool = False
    """Whether a paused listen is logged as several."""

    longest_unknown_ms: int
    """How long a listen may have lasted if neither its played time nor the length of
    its track is known, in milliseconds; 0: it counts as a moment.
    """

    rank: int
    """The position among all logs, from rich (1) to poor, without ties."""

    earliest_year: int
    """The first possible year: an earlier time comes from a wrong clock."""

    endings: Mapping[str, Ending]
    """What the log's words for the end of a listen mean; other words are unknown."""

    proves_tracks: bool = True
    """Whether a row itself shows that it is a track and not a podcast."""

    forgotten_with: str | None = None
    """The provider whose unlinking removes the listens; None for a person's own files."""

    may_reach_models: bool = True
    """Whether a language model may be given what is derived from its listens."""


_SPOTIFY_ENDINGS: Mapping[str, Ending] = {
    "trackdone": "finished",
    "fwdbtn": "broken_off",
    "backbtn": "broken_off",
    "clickrow": "broken_off",
    "endplay": "broken_off",
    "logout": "stopped",
    "playbtn": "broken_off",
    "remote": "stopped",
    "trackerror": "stopped",
    "unexpected-exit": "stopped",
    "unexpected-exit-while-paused": "stopped",
}

_FIRST_SCROBBLES = 2002
"""The year in which Audioscrobbler, which became Last.fm, began."""

LOGS: Mapping[LogName, Log] = {
    LogName.SPOTIFY_EXTENDED: Log(
        code=1,
        title="Spotify extended streaming history",
        service="Spotify",
        logs="end",
        precision="second",
        longest_unknown_ms=120_000,
        rank=1,
        earliest_year=2006,  # Spotify was founded in 2006
        endings=_SPOTIFY_ENDINGS,
    ),
    # ListenBrainz reads an export of Spotify and looks up the names with Spotify's API.
    LogName.LISTENBRAINZ_ARCHIVE: Log(
        code=4,
        title="ListenBrainz, imported from Spotify's export",
        service="ListenBrainz",
        logs="end",
        precision="second",
        longest_unknown_ms=120_000,
        rank=2,
        earliest_year=2006,
        endings={},
        may_reach_models=False,
    ),
    LogName.SPOTIFY_ACCOUNT: Log(
        code=2,
        title="Spotify account data",
        service="Spotify",
        logs="end",
        precision="minute",
        longest_unknown_ms=120_000,
        rank=3,
        earliest_year=2006,
        endings={},
        proves_tracks=False,
    ),
    LogName.SCROBBLED_HERE: Log(
        code=10,
        title="Scrobbled to this server",
        service="this server",
        logs="start",
        precision="second",
        least_ms=30_000,
        scrobbled=True,
        received=True,
        longest_unknown_ms=0,
        rank=4,
        earliest_year=_FIRST_SCROBBLES,
        endings={},
    ),
    LogName.LISTENBRAINZ: Log(
        code=5,
        title="ListenBrainz",
        service="ListenBrainz",
        logs="start",
        precision="second",
        least_ms=30_000,
        scrobbled=True,
        longest_unknown_ms=0,
        rank=5,
        earliest_year=_FIRST_SCROBBLES,
        endings={},
    ),
    # Some clients report when a listen ended, or was half over.
    LogName.SCROBBLED_HERE_END: Log(
        code=11,
        title="Scrobbled to this server, by clients that log ends",
        service="this server",
        logs="near_end",
        precision="second",
        least_ms=30_000,
        scrobbled=True,
        received=True,
        longest_unknown_ms=600_000,
        rank=6,
        earliest_year=_FIRST_SCROBBLES,
        endings={},
    ),
    LogName.LISTENBRAINZ_END: Log(
        code=6,
        title="ListenBrainz, by clients that log ends",
        service="ListenBrainz",
        logs="near_end",
        precision="second",
        least_ms=30_000,
        scrobbled=True,
        longest_unknown_ms=600_000,
        rank=7,
        earliest_year=_FIRST_SCROBBLES,
        endings={},
    ),
    LogName.LASTFM: Log(
        code=8,
        title="Last.fm",
        service="Last.fm",
        logs="start",
        precision="second",
        least_ms=30_000,
        scrobbled=True,
        longest_unknown_ms=0,
        rank=8,
        earliest_year=_FIRST_SCROBBLES,
        endings={},
    ),
    LogName.LASTFM_MINUTE: Log(
        code=9,
        title="Last.fm, to the minute",
        service="Last.fm",
        logs="start",
        precision="minute",
        least_ms=30_000,
        scrobbled=True,
        longest_unknown_ms=0,
        rank=9,
        earliest_year=_FIRST_SCROBBLES,
        endings={},
    ),
    # ListenBrainz got these listens from Spotify's API: a model may not see them. They
    # stay when Spotify is unlinked, since the file belongs to the listener.
    LogName.LISTENBRAINZ_SPOTIFY: Log(
        code=7,
        title="ListenBrainz, synced from Spotify",
        service="ListenBrainz",
        logs="near_end",
        precision="second",
        least_ms=30_000,
        longest_unknown_ms=600_000,
        rank=10,
        earliest_year=2006,
        endings={},
        may_reach_models=False,
    ),
    # Spotify forbids giving a model what its API returns (Developer Policy III.14,
    # Developer Terms IV.2.1.a), and requires deletion when a user disconnects.
    LogName.SPOTIFY_API: Log(
        code=3,
        title="Spotify, recently played",
        service="Spotify",
        logs="near_end",
        precision="second",
        least_ms=30_000,
        longest_unknown_ms=0,
        rank=11,
        earliest_year=2006,
        endings={},
        forgotten_with="spotify",
        may_reach_models=False,
    ),
}
"""Every log, by its name."""

RICH_TO_POOR = tuple(sorted(LOGS, key=lambda name: LOGS[name].rank))
"""The names of all logs, in the order of their ranks."""


def log_forgotten_with(provider: str) -> LogName:
    """The log whose listens are deleted when `provider` is unlinked.

    Raises `LookupError`.
    """
    for name, log in LOGS.items():
        if log.forgotten_with == provider:
            return name
    raise LookupError(f"no log in LOGS is deleted when {provider} is unlinked")


def log_received(moment: Moment) -> LogName:
    """The log of listens that clients report to this server by this moment.

    Raises `LookupError`.
    """
    for name, log in LOGS.items():
        if log.received and log.logs == moment:
            return name
    raise LookupError(f"no log in LOGS is received and logs the moment {moment}")
