"""Corrections in plain Python, applied to one listen at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from unwrapped.music.corrections.correction import Action, Correction, Ids, Names, Scope
from unwrapped.music.sources.name_keys import name_key as key

MINUTES = 24 * 60
WEEK = 7 * MINUTES


@dataclass(frozen=True)
class Played:
    """A listen, its shown names, and all spellings of its recording."""

    started_at: datetime
    ms_played: int | None
    shown: Names
    spelled: tuple[Names, ...] = ()


@dataclass(frozen=True)
class Counts:
    """What a listen counts as, by keys."""

    artists: frozenset[str]
    artist: str
    title: str
    album: str | None


def count(
    listen: Played, corrections: Sequence[Correction], zone: ZoneInfo
) -> Counts | None:
    """What a listen counts as; None if it does not count."""
    spelled = [listen.shown, *sorted(set(listen.spelled) - {listen.shown}, key=_order)]
    renaming = [one for one in corrections if one.action is not Action.EXCLUDE]
    artist, title, album = map(_key, listen.shown)
    for artist_of in spelled:
        rule = _find(renaming, Scope.ARTIST, lambda one, of=artist_of: _is_artist(one, of[0]))  # type: ignore[misc]  # fmt: skip
        if rule is not None:
            artist = _end(key(artist_of[0]), renaming)
            break
    tracks: list[_Any] = [(artist, title, album), *spelled]
    while (found := _track(renaming, tracks)) is not None:
        artist, title = _end(key(found.targets[0]), renaming), key(found.targets[1])
        tracks = [(artist, title, album)]
    albums: list[_Any] = [(artist, "", album), *spelled]
    while (on := _album(renaming, albums)) is not None:
        album = key(on.targets[0])
        albums = [(artist, "", album)]
    artists = _artists(artist, renaming)
    excluding = [one for one in corrections if one.action is Action.EXCLUDE]
    for one in excluding:
        every = [*spelled, (artist, title, album)]
        if one.scope is Scope.WINDOW and _in_window(one, listen.started_at, zone):
            return None
        if one.scope is Scope.ARTIST and key(one.artist) in artists | {key(of[0]) for of in every}:  # fmt: skip
            return None
        if one.scope is Scope.ALBUM and _album([one], every) is not None:
            return None
        if one.scope is Scope.TRACK and _track([one], every) is not None:
            return None
    return Counts(frozenset(artists), artist or "", title or "", album)


def _in_window(one: Correction, started_at: datetime, zone: ZoneInfo) -> bool:
    """Whether a minute of the week is in a window."""
    window = one.window
    assert window is not None
    local = started_at.astimezone(zone)
    now = local.weekday() * MINUTES + local.hour * 60 + local.minute
    begins = window.begins.hour * 60 + window.begins.minute
    length = (window.ends.hour * 60 + window.ends.minute - begins - 1) % MINUTES + 1
    return any(
        (now - (day - 1) * MINUTES - begins) % WEEK < length for day in window.weekdays
    )


def _key(name: str | None) -> str | None:
    return None if name is None else key(name)


def _order(names: Names) -> tuple[str, str, str]:
    ids: Ids = names.ids
    return ids.artist, ids.track, ids.album or ""


type _Any = tuple[str | None, str | None, str | None] | Names


def _find(
    rules: Sequence[Correction], scope: Scope, fits: Callable[[Correction], bool]
) -> Correction | None:
    return next((one for one in rules if one.scope is scope and fits(one)), None)


def _is_artist(one: Correction, name: str | None) -> bool:
    return name is not None and key(one.artist) == key(name)


def _track(rules: Sequence[Correction], of: Sequence[_Any]) -> Correction | None:
    for on_album in (True, False):
        for names in of:
            artist, title, album = map(_key, names)
            for one in rules:
                if one.scope is not Scope.TRACK or (one.album is None) is on_album:
                    continue
                if (key(one.artist), key(one.title)) != (artist, title):
                    continue
                if not on_album or key(one.album or "") == album:
                    return one
    return None


def _album(rules: Sequence[Correction], of: Sequence[_Any]) -> Correction | None:
    for names in of:
        artist, _, album = map(_key, names)
        for one in rules:
            if one.scope is not Scope.ALBUM or album is None:
                continue
            if (key(one.artist), key(one.album or "")) == (artist, album):
                return one
    return None


def _end(artist: str, rules: Sequence[Correction]) -> str:
    rule = _find(rules, Scope.ARTIST, lambda one: _is_artist(one, artist))
    if rule is None or rule.action is Action.SPLIT:
        return artist
    return _end(key(rule.targets[0]), rules)


def _artists(artist: str | None, rules: Sequence[Correction]) -> set[str]:
    home = _end(artist or "", rules)
    rule = _find(rules, Scope.ARTIST, lambda one: _is_artist(one, home))
    if rule is None:
        return {home}
    return set().union(*(_artists(key(name), rules) for name in rule.targets))
