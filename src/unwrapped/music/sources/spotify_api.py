"""What Spotify's Web API returns of the last plays: `/v1/me/player/recently-played`.

`played_at` is a time in UTC that is nearer the end of a play than its start. How long a
play lasted and how it ended is not told. The artist is that of the album, as in the
exports, where the API names one.
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
"""What books call it, where files have a path."""

TIME_FORMATS = ("%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M:%S%.f")

_ASIDES = {"episode": AsideReason.PODCAST, "chapter": AsideReason.AUDIOBOOK}
"""What is no track, by its type."""


@dataclass(frozen=True, slots=True)
class _Play:
    """A play as the API returns it, with nothing where it does not fit."""

    played_at: str | None
    spelling: Spelling
    aside: str | None


def read_plays(items: list[object], spellings: Spellings) -> pl.DataFrame:
    """The `items` of an answer as a frame of `ROW_SCHEMA`, one for one, in their order."""
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
    told = _object(item)
    track = _object(told.get("track"))
    album = _object(track.get("album"))
    artist = _first_name(album.get("artists")) or _first_name(track.get("artists"))
    uri = text(track.get("uri"))
    return _Play(
        played_at=text(told.get("played_at")),
        spelling=(uri, artist, text(track.get("name")), text(album.get("name"))),
        aside=_ASIDES.get(_type(track.get("type"), uri)),
    )


def _object(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _first_name(artists: object) -> str | None:
    first = artists[0] if isinstance(artists, list) and artists else None
    return text(_object(first).get("name"))


def _type(told: object, uri: str | None) -> str:
    """What something is, by its own word, else by its URI: `spotify:track:…`."""
    if isinstance(told, str):
        return told
    return (uri or "").removeprefix("spotify:").partition(":")[0]
