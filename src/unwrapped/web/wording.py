"""Figures and facts in the words of the page."""

from datetime import date

from unwrapped.core.text import printable
from unwrapped.music.critic.evidence import written
from unwrapped.music.listens.books import Account
from unwrapped.music.sources.recognition import SOURCES

MINUTES = 60
LONGEST_PATH = 240

REASONS = {
    "podcast": "podcast episodes",
    "audiobook": "audiobook chapters",
    "no_track": "without the name of a track",
    "bad_date": "with an unreadable date",
    "bad_duration": "with an unreadable duration",
}
"""Why rows are set aside, as in `12 podcast episodes`."""

_TITLES = {source.name: source.title for source in SOURCES}


def day(value: date) -> str:
    """`14 March 2023`."""
    return written(value, "day")


def month(value: date) -> str:
    """`March 2023`."""
    return written(value, "month")


def hour(value: int) -> str:
    """An hour of the day: `23:00 to 24:00`."""
    return f"{value:02}:00 to {value + 1:02}:00"


def count(value: int) -> str:
    """`1,234`."""
    return f"{value:,}"


def share(value: float) -> str:
    """`43%`."""
    return written(value, "share")


def counted(value: int, noun: str) -> str:
    """`1 play`, `1,234 plays`."""
    return f"{count(value)} {noun if value == 1 else noun + 's'}"


def place(value: float) -> str:
    """A place on an axis from -1 to 1, signed, with a true minus sign: `+0.41`."""
    return f"{value:+.2f}".replace("-", "\N{MINUS SIGN}")


def duration(hours: float) -> str:
    """`312 hours`, or minutes where it is less than an hour."""
    minutes = hours * MINUTES
    if 0 < minutes < 1:
        return "under 1 minute"
    if hours and minutes < MINUTES:
        return written(minutes, "minutes")
    return written(hours, "hours")


def source_title(name: str | None) -> str:
    """What people call a format; `an empty list` for none."""
    return "an empty list" if name is None else _TITLES[name]


def path(value: str) -> str:
    """The path of a file, as it may be printed."""
    return printable(value, LONGEST_PATH)


def set_aside(account: Account) -> list[str]:
    """The rows of an account that were set aside, a phrase per reason."""
    return [
        f"{count(rows)} {REASONS[reason]}" for reason, rows in account.set_aside.items()
    ]
