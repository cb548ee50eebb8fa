"""How pages write numbers, dates, times, sizes and states."""

import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from unwrapped.core.printable import printable
from unwrapped.music.critic.evidence import written
from unwrapped.music.history.books import UNCOUNTED
from unwrapped.music.history.period import Period
from unwrapped.music.profile.basis.listening_time import ENOUGH_KNOWN, MS_PER_HOUR
from unwrapped.music.sources.logs import LOGS, LogName
from unwrapped.shared.zones import parse_zone

MINUTES = 60
LONGEST_PATH = 240
BYTES = 1024

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")  # fmt: skip
STARTING = timedelta(seconds=10)
"""How long a task that nothing is known of counts as starting, and not as waiting."""

STAGES: Mapping[str, str] = {
    "": "Waiting for a free worker",
    "starting": "Starting …",
    "reading": "Reading your files",
    "storing": "Storing the plays",
    "collecting": "Collecting your plays",
    "judging": "Forming an opinion",
    "asking": "Asking Spotify for your plays",
    "asking_model": "Waiting for the model’s text",
}
"""The stages of tasks, in words for people; of a task that waits, the first."""


DONE: Mapping[str, str] = {
    "account_created": "The account is created.",
    "account_deleted": "The account is deleted, with everything in it.",
    "disabled": "The account is disabled, and signed out everywhere.",
    "enabled": "They can sign in again.",
    "first_account": "The account is created. It administers this server: the menu “More” has the page People for that.",
    "import_removed": "The import is removed.",
    "import_removing": "The import is being removed. The page Tasks shows how far that is.",
    "password": "The password is changed. All other browsers and programs are signed out; your scrobblers keep working.",
    "password_given": "The new password is set. All their browsers and programs are signed out.",
    "registration": "The rule for new accounts is saved.",
    "role": "Their role is changed.",
    "saved": "Saved.",
    "session_ended": "You are no longer signed in here: you were signed out from elsewhere, or did not come for a long time.",
    "share_revoked": "The link is revoked and no longer works.",
    "signed_out": "That browser or program is signed out.",
    "signed_out_here": "You are signed out.",
    "signed_out_others": "All other browsers and programs are signed out.",
    "task_again": "The task is tried again.",
    "task_cancelled": "The task is cancelled.",
    "token_revoked": "The token is revoked.",
    "unlinked": "The account is unlinked.",
    "upload_deleted": "The file is deleted.",
}
"""What a form has done, as the page after it says, by the value of `done` in its address."""


class Measured(Protocol):
    """Anything with a listening time, and the share of its plays whose time is known."""

    @property
    def ms(self) -> int | None: ...

    @property
    def known_share(self) -> float: ...


class Staged(Protocol):
    """A task; `TaskRead` is one, and not imported by `analyze`."""

    @property
    def status(self) -> str: ...

    @property
    def stage(self) -> str | None: ...

    @property
    def created_at(self) -> datetime: ...


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
    """`312 hours`; less than an hour in minutes, less than a minute in seconds."""
    minutes = hours * MINUTES
    if 0 < minutes < 1:
        return counted(math.ceil(minutes * 60), "second")
    if hours and minutes < MINUTES:
        return written(minutes, "minutes")
    return written(hours, "hours")


UNKNOWN = "–"
"""Shown in place of a time that is not known."""


def known_duration(hours: float | None, known_share: float) -> str:
    """Like `duration`; `UNKNOWN` if there is none, or if it is known for too few plays."""
    return duration(hours) if hours and known_share >= ENOUGH_KNOWN else UNKNOWN


def known_ms(part: Measured) -> str:
    """Like `known_duration`, for a time in milliseconds."""
    hours = None if part.ms is None else part.ms / MS_PER_HOUR
    return known_duration(hours, part.known_share)


def uncounted(mark: str) -> str:
    """Why a stored listen with this mark is not counted."""
    return UNCOUNTED[mark]


def heard(ms: int) -> str:
    """The length of a listen: `3:20`, `1:02:07`."""
    minutes, seconds = divmod(ms // 1_000, MINUTES)
    hours, minutes = divmod(minutes, MINUTES)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def short_hours(hours: float) -> str:
    """`312 h`, for the edge of a chart."""
    return "<1 h" if 0 < hours < 1 else f"{hours:,.0f} h"


def source_title(name: str | None) -> str:
    """The name of a log for people; `an empty list` for None."""
    return "an empty list" if name is None else LOGS[LogName(name)].title


def path(value: str) -> str:
    """The path of a file, made printable; of a long one, only the end."""
    clean = printable(value, len(value))
    return clean if len(clean) <= LONGEST_PATH else "…" + clean[1 - LONGEST_PATH :]


def moment(value: datetime, zone: str) -> str:
    """A moment in a time zone: `14 March 2023, 20:15`."""
    local = value.astimezone(parse_zone(zone))
    return f"{day(local.date())}, {local:%H:%M}"


def day_in(value: datetime, zone: str) -> str:
    """The day of a moment in a time zone: `14 March 2023`."""
    return day(value.astimezone(parse_zone(zone)).date())


def took(begun: datetime | None, ended: datetime | None) -> str:
    """How long something took: `took 12 seconds`; "" if it has not begun or not ended."""
    if begun is None or ended is None:
        return ""
    seconds = max((ended - begun).total_seconds(), 1.0)
    return f"took {duration(seconds / MINUTES / MINUTES)}"


def amount(size: int) -> str:
    """A number of bytes for people: `1 byte`, `812 KB`, `1.4 GB`."""
    scaled, unit = float(size), "byte" if size == 1 else "bytes"
    for larger in ("KB", "MB", "GB"):
        if scaled < BYTES:
            break
        scaled, unit = scaled / BYTES, larger
    return f"{scaled:.1f} {unit}" if unit == "GB" else f"{scaled:,.0f} {unit}"


def period(text: str) -> str:
    """The name of a period: `All time`, `2025`, `November 2025`, its day or its two days."""
    parsed = Period.parse(text)
    if parsed.first is None or parsed.last is None:
        return "All time"
    if len(text) == len("2025-11"):
        return month(parsed.first)
    if parsed.first == parsed.last:
        return day(parsed.first)
    if ".." in text:
        return f"{day(parsed.first)} – {day(parsed.last)}"
    return text


def during(days: Period) -> str:
    """A period with its preposition: `in 2025`, `on 30 November 2025`, `from 1 May 2025 to
    31 July 2025`; for an open one, `in all`.
    """
    if days.first is None or days.last is None:
        return "in all"
    title = period(str(days))
    if days.first == days.last:
        return f"on {title}"
    if " – " in title:
        return f"from {day(days.first)} to {day(days.last)}"
    return f"in {title}"


def stage(task: Staged, stages: Mapping[str, str] = STAGES) -> str:
    """The stage of a task, in words of `stages`; an unknown one counts as waiting."""
    is_young = datetime.now(UTC) - task.created_at < STARTING
    is_starting = is_young or task.status == "processing"
    name = task.stage or ("starting" if is_starting else "")
    return stages.get(name, stages[""])
