"""The corrections of a listener, indexed by their subjects."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from unwrapped.music.corrections.correction import (
    Action,
    Correction,
    Scope,
    album_id,
    artist_id,
    track_id,
)

type OnAlbum = tuple[str, str]
"""A track on an album, by their ids."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Corrections by the public ids to which they apply, in any order."""

    artists: dict[str, Correction] = field(default_factory=dict)
    """Corrections that split artists or count them as others."""

    albums: dict[str, Correction] = field(default_factory=dict)
    tracks: dict[str, Correction] = field(default_factory=dict)
    tracks_on: dict[OnAlbum, Correction] = field(default_factory=dict)
    excluded_artists: dict[str, Correction] = field(default_factory=dict)
    excluded_albums: dict[str, Correction] = field(default_factory=dict)
    excluded_tracks: dict[str, Correction] = field(default_factory=dict)
    excluded_on: dict[OnAlbum, Correction] = field(default_factory=dict)
    windows: list[Correction] = field(default_factory=list)

    @classmethod
    def of(cls, corrections: Iterable[Correction]) -> Self:
        """The rules of these corrections."""
        rules = cls()
        for one in sorted(corrections, key=lambda one: (one.scope, one.subject)):
            rules._add(one)
        return rules

    def _add(self, one: Correction) -> None:
        excludes = one.action is Action.EXCLUDE
        match one.scope:
            case Scope.ARTIST:
                by_artist = self.excluded_artists if excludes else self.artists
                by_artist[artist_id(one.artist)] = one
            case Scope.ALBUM:
                by_album = self.excluded_albums if excludes else self.albums
                by_album[album_id(one.artist, one.album or "")] = one
            case Scope.TRACK if one.album is None:
                by_track = self.excluded_tracks if excludes else self.tracks
                by_track[track_id(one.artist, one.title)] = one
            case Scope.TRACK:
                on_album = self.excluded_on if excludes else self.tracks_on
                track = track_id(one.artist, one.title)
                on_album[track, album_id(one.artist, one.album or "")] = one
            case Scope.WINDOW:
                self.windows.append(one)

    @property
    def artist_ids(self) -> set[str]:
        """The artists to which a rule may apply."""
        return self.artists.keys() | self.excluded_artists.keys()

    @property
    def album_ids(self) -> set[str]:
        """The albums to which a rule may apply."""
        return self.albums.keys() | self.excluded_albums.keys()

    @property
    def track_ids(self) -> set[str]:
        """The tracks to which a rule may apply."""
        on_albums = self.tracks_on.keys() | self.excluded_on.keys()
        named = self.tracks.keys() | self.excluded_tracks.keys()
        return named | {track for track, _ in on_albums}
