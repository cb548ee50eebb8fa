"""The portrait of a taste: the result that the page, the API and the terminal show."""

from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from unwrapped.music.critic.verdict import Critic, Verdict
from unwrapped.music.history.books import Books, without_music
from unwrapped.music.history.building import History
from unwrapped.music.history.missing_files import warn_of_files
from unwrapped.music.history.odd_times import warn_of_times
from unwrapped.music.history.period import Period
from unwrapped.music.history.warnings import holes
from unwrapped.music.profile.basis.frames import NoPlays
from unwrapped.music.profile.taste_profile import TOP, TasteProfile, build_profile

SCHEMA_VERSION = 3
"""Increases when a member of the portrait changes its meaning or is removed."""


class NoMusic(NoPlays):
    """The history has no listen to a track."""

    code = "no_music"


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedPeriod:
    """The first and the last judged day, both included, in the zone of the portrait."""

    text: str
    """As requested: `all`, `2025`, `2025-11`, `2025-01-01..2025-06-30`."""

    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """A verdict, the profile that it judges, and the books of the rows that were read."""

    schema_version: int
    period: JudgedPeriod
    zone: str
    """The IANA name of the time zone in which days and hours are counted."""

    verdict: Verdict
    profile: TasteProfile
    books: Books
    """What happened to every row that was read, whatever the period."""


def paint_portrait(
    history: History, period: Period, zone: ZoneInfo, critic: Critic, top: int = TOP
) -> Portrait:
    """The portrait of `period`. Raises `NoPlays` if the period has no play."""
    if history.listens.is_empty():
        raise NoMusic(without_music(history.books.total))
    warnings = warn_of_files(history.books.files) + warn_of_times(history.listens)
    profile = build_profile(
        history.listens, period, zone, top, holes(warnings), history.credits
    )
    return Portrait(
        schema_version=SCHEMA_VERSION,
        period=JudgedPeriod(
            text=str(period),
            first_day=profile.volume.first_day,
            last_day=profile.volume.last_day,
        ),
        zone=zone.key,
        verdict=critic.judge(profile),
        profile=profile,
        books=replace(history.books, warnings=warnings),
    )
