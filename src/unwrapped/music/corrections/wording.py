"""Describes corrections in words."""

from collections.abc import Sequence

from unwrapped.music.corrections.correction import Action, Correction, Scope, Window

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def describe(one: Correction) -> str:
    """What a correction does, as a sentence without its full stop."""
    if one.window is not None:
        return f"Plays {window_words(one.window)} are not counted"
    subject = subject_words(one)
    match one.action:
        case Action.EXCLUDE:
            return f"{subject} is not counted"
        case Action.SPLIT:
            return f"{subject} counts as {_listed([_quoted(to) for to in one.targets])}"
        case Action.COUNT_AS:
            return f"{subject} counts as {target_words(one)}"


def subject_words(one: Correction) -> str:
    """The subject of a correction in words."""
    match one.scope:
        case Scope.ARTIST:
            return f"The artist {_quoted(one.artist)}"
        case Scope.ALBUM:
            return f"The album {_quoted(one.album or '')} by {_quoted(one.artist)}"
        case Scope.TRACK:
            on = "" if one.album is None else f" on {_quoted(one.album)}"
            return f"The track {_quoted(one.title)} by {_quoted(one.artist)}{on}"
        case Scope.WINDOW:
            return "A time of the week"


def target_words(one: Correction) -> str:
    """What the subject of a correction counts as, in words."""
    if one.scope is Scope.TRACK:
        artist, title = one.targets
        return f"{_quoted(title)} by {_quoted(artist)}"
    return _listed([_quoted(name) for name in one.targets])


def window_words(window: Window) -> str:
    """A window in words: the days on which it begins, and its hours."""
    if len(window.weekdays) == len(_DAYS):
        days = "every day"
    else:
        days = "on " + _listed(
            [f"{_DAYS[day - 1]}s" for day in sorted(window.weekdays)]
        )
    until = f"{window.ends:%H:%M}"
    if window.is_over_midnight:
        until += " of the next day"
    return f"{days} from {window.begins:%H:%M} to {until}"


def _quoted(name: str) -> str:
    return f"“{name}”"


def _listed(words: Sequence[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
