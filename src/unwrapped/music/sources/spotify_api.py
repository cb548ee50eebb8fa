"""The last plays from Spotify's Web API: `/v1/me/player/recently-played`.

`played_at` is a time in UTC, nearer to the end of a play than to its start. The API
returns neither how long a play lasted nor how it ended. The artist is that of the
album, as in the exports, if the API names one.
"""

from dataclasses import dataclass

import polars as pl

from unwrapped.music.sources.logs import log_forgotten_with
from unwrapped.music.sources.reasons import AsideReason
from unwrapped.music.sources.rows.clean import text
from unwrapped.music.sources.rows.frame import rows_frame
from unwrapped.music.sources.spellings import Spelling, Spellings

LOG = log_forgotten_with("spotify")
PATH = "recently-played"
"""The name of these plays in books, in place of a path."""

TIME_FORMATS = ("%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M:%S%.f")

_ASIDES = {"episode": AsideReason.PODCAST, "chapter": AsideReason.AUDIOBOOK}
"""Why items of these types, which are not tracks, are set aside."""


@dataclass(frozen=True, slots=True)
class _Play:
    """A play from the API; members that do not match are empty."""

    played_at: str | None
    spelling: Spelling
    aside: str | None


def read_plays(items: list[object], spellings: Spellings) -> pl.DataFrame:
    """The `items` of an answer as a frame of `ROW_SCHEMA`, a row for each, in order."""
    plays = [_play(item) for item in items]
    return rows_frame(
        log=LOG,
        times=[play.played_at for play in plays],
        time_formats=TIME_FORMATS,
        durations=[None] * len(plays),
        spellings=spellings.codes(play.spelling for play in plays),
        asides=[play.aside for play in plays],
    )


def _play(item: object) -> _Play:
    play = _object(item)
    track = _object(play.get("track"))
    album = _object(track.get("album"))
    artist = _first_name(album.get("artists")) or _first_name(track.get("artists"))
    uri = text(track.get("uri"))
    return _Play(
        played_at=text(play.get("played_at")),
        spelling=(uri, artist, text(track.get("name")), text(album.get("name"))),
        aside=_ASIDES.get(_type(track.get("type"), uri)),
    )


def _object(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _first_name(artists: object) -> str | None:
    first = artists[0] if isinstance(artists, list) and artists else None
    return text(_object(first).get("name"))


def _type(own: object, uri: str | None) -> str:
    """The type of an item: its own, or else the one in its URI (`spotify:track:…`)."""
    if isinstance(own, str):
        return own
    return (uri or "").removeprefix("spotify:").partition(":")[0]
