"""Decides what the listens to a recording count as, or which correction excludes them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from unwrapped.music.corrections.by_subject import Rules
from unwrapped.music.corrections.correction import (
    Action,
    Correction,
    Ids,
    Names,
    album_id,
    artist_id,
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What listens count as."""

    names: Names
    artists: tuple[str, ...]
    """The artists they count for: the artist of `names`, or those of its split."""

    excluded_by: Correction | None
    """The correction that excludes them, if any; windows are not considered."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Applies rules to one recording: split, then count as, then exclude.

    A rule applies to the ids of all spellings and of the result so far. Of several rules,
    the one for the result so far comes first, then the one for the shown names, then those
    for other spellings, in the order of their ids.
    """

    rules: Rules

    def judge(self, shown: Names, spelled: Collection[Ids] = ()) -> Outcome:
        """The outcome for a recording that is shown with these names.

        `spelled` has the ids of all its spellings.
        """
        own = shown.ids
        others = sorted(set(spelled) - {own}, key=lambda ids: (*ids[:2], ids[2] or ""))
        every = [own, *others]
        artist = self._artist(shown.artist, every)
        artist, title = self._track(artist, shown, every)
        album = self._album(artist, shown.album, every)
        names = Names(artist, title, album)
        artists = self.artists_of(artist)
        excluded_by = self._exclusion([*every, names.ids], artists)
        return Outcome(names, artists, excluded_by)

    def home(self, artist: str) -> str:
        """The artist that an artist finally counts as, who may be split."""
        seen = set[str]()
        while (key := artist_id(artist)) not in seen:
            seen.add(key)
            rule = self.rules.artists.get(key)
            if rule is None or rule.action is Action.SPLIT:
                break
            artist = rule.targets[0]
        return artist

    def artists_of(self, artist: str) -> tuple[str, ...]:
        """The artists for whom a credit counts, each once."""
        found: dict[str, str] = {}
        self._gather(artist, found, frozenset())
        return tuple(found.values())

    def _gather(
        self, artist: str, found: dict[str, str], above: frozenset[str]
    ) -> None:
        home = self.home(artist)
        key = artist_id(home)
        rule = self.rules.artists.get(key)
        if rule is None or rule.action is not Action.SPLIT or key in above:
            found.setdefault(key, home)
            return
        for target in rule.targets:
            self._gather(target, found, above | {key})

    def _artist(self, shown: str, every: Sequence[Ids]) -> str:
        rule = _first(self.rules.artists, (ids.artist for ids in every))
        return shown if rule is None else self.home(rule.artist)

    def _track(
        self, artist: str, shown: Names, every: Sequence[Ids]
    ) -> tuple[str, str]:
        title = shown.title
        so_far = Names(artist, title, shown.album).ids
        rule = self._rule_of([so_far, *every])
        seen = set[Correction]()
        while rule is not None and rule not in seen:
            seen.add(rule)
            artist, title = self.home(rule.targets[0]), rule.targets[1]
            rule = self._rule_of([Names(artist, title, shown.album).ids])
        return artist, title

    def _rule_of(self, tracks: Sequence[Ids]) -> Correction | None:
        on_album = ((ids.track, ids.album) for ids in tracks if ids.album is not None)
        return _first(self.rules.tracks_on, on_album) or _first(
            self.rules.tracks, (ids.track for ids in tracks)
        )

    def _album(
        self, artist: str, album: str | None, every: Sequence[Ids]
    ) -> str | None:
        so_far = [] if album is None else [album_id(artist, album)]
        spelled = (ids.album for ids in every if ids.album is not None)
        rule = _first(self.rules.albums, [*so_far, *spelled])
        seen = set[Correction]()
        while rule is not None and rule not in seen:
            seen.add(rule)
            album = rule.targets[0]
            rule = self.rules.albums.get(album_id(artist, album))
        return album

    def _exclusion(
        self, every: Sequence[Ids], artists: Iterable[str]
    ) -> Correction | None:
        rules = self.rules
        credited = [ids.artist for ids in every]
        on_album = ((ids.track, ids.album) for ids in every if ids.album is not None)
        albums = (ids.album for ids in every if ids.album is not None)
        return (
            _first(rules.excluded_artists, [*credited, *map(artist_id, artists)])
            or _first(rules.excluded_albums, albums)
            or _first(rules.excluded_tracks, (ids.track for ids in every))
            or _first(rules.excluded_on, on_album)
        )


def _first[K](rules: Mapping[K, Correction], keys: Iterable[K]) -> Correction | None:
    """The rule of the first key that has one."""
    return next((rules[key] for key in keys if key in rules), None)
