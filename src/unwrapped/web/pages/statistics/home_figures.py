"""The figures of the screen Home: what a person played lately."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.auth.caller import Caller
from unwrapped.core.process_resources import Resources
from unwrapped.music.history.period import Period
from unwrapped.music.listens.filters import ListenFilter
from unwrapped.music.listens.schemas import ListenRead
from unwrapped.music.listens.service import ListenService
from unwrapped.music.profile.basis.listening_time import MS_PER_HOUR
from unwrapped.music.statistics.question import Asked, Ranking
from unwrapped.music.statistics.schemas import Amounts, Kind, Step, Summary
from unwrapped.music.statistics.service import StatisticsService, open_statistics
from unwrapped.shared.zones import parse_zone
from unwrapped.web.drawing.calendar import calendar_figure, months_of
from unwrapped.web.drawing.figures import Figure
from unwrapped.web.pages.links import (
    HISTORY,
    TOPS,
    of_history,
    plays_of,
    top_of,
    with_query,
)
from unwrapped.web.pages.statistics.dependencies import Choice
from unwrapped.web.pages.statistics.tops import Row, are_mostly_new, read_rows
from unwrapped.web.wording import UNKNOWN, count, counted, known_duration, month

DAYS = 30
LATELY = f"last-{DAYS}"
WEEKS = 53
TOP = 5
LAST_PLAYS = 10
LISTENS_READ = 40
"""How many of the latest listens are read to find the last plays: some of them may not
count.
"""


@dataclass(frozen=True, slots=True)
class Total:
    """A figure beside the same figure of the period before."""

    title: str
    now: str
    before: str
    how: str
    """How it is counted."""

    target: str
    """The address of what the figure counts; "" if there is none."""


@dataclass(frozen=True, slots=True)
class LastPlay:
    """A listen with the names that it counts under, and the addresses of their screens."""

    listen: ListenRead
    title: str
    artists: str
    track: str
    artist: str


@dataclass(frozen=True, slots=True)
class Top:
    """The first places of a ranking."""

    kind: Kind
    target: str
    """The address of the whole ranking."""

    rows: list[Row]
    mostly_new: bool
    """Whether most of them were not played in the previous period."""


@dataclass(frozen=True, slots=True)
class Lately:
    """The last 30 days, the last 53 weeks, the last plays."""

    has_plays: bool
    """Whether there is a play in these 30 days."""

    ended: date | None
    """The last day of the history, if there is no play in the last 30 days; the 30 days and
    53 weeks then end on it. Otherwise None."""

    totals: list[Total]
    tops: list[Top]
    """The first places in the 30 days."""

    calendar: Figure | None
    months: list[Choice]
    last: list[LastPlay]


async def read_lately(
    session: AsyncSession, resources: Resources, caller: Caller, now: datetime
) -> Lately:
    """Read the figures of a person who has listens."""
    statistics = await open_statistics(session, resources, caller.id)
    asked = Asked.parse(LATELY, parse_zone(caller.time_zone), now)
    listens = await ListenService(session).list_listens(
        caller.id, ListenFilter(zone=asked.zone), LISTENS_READ, None
    )
    counting = [one for one in listens.items if _counts(one)]
    summary, text, ended = await statistics.summary(asked), LATELY, None
    if counting and not summary.amounts.plays:
        ended = counting[0].started_at.astimezone(asked.zone).date()
        period = Period(ended - timedelta(days=DAYS - 1), ended)
        asked, text = Asked(period, asked.zone, ended), str(period)
        summary = await statistics.summary(asked)
    days = _weeks_until(asked.today)
    points = (await statistics.series(replace(asked, period=days), Step.CALENDAR)).points  # fmt: skip
    return Lately(
        has_plays=summary.amounts.plays > 0,
        ended=ended,
        totals=totals_of(summary),
        tops=[await read_top(statistics, asked, kind, text) for kind in Kind],
        calendar=calendar_figure(points, asked.today, lambda at: plays_of(str(at))),
        months=_months(days.first or asked.today, asked.today),
        last=[read_last(one) for one in counting[:LAST_PLAYS]],
    )


def _weeks_until(today: date) -> Period:
    monday = today - timedelta(days=today.weekday())
    return Period(monday - timedelta(weeks=WEEKS - 1), today)


def _months(first: date, last: date) -> list[Choice]:
    return [
        Choice(month(one), plays_of(f"{one:%Y-%m}"), chosen=False)
        for one in months_of(first, last)
    ]


async def read_top(
    statistics: StatisticsService, asked: Asked, kind: Kind, text: str
) -> Top:
    """Read the first places of a ranking; `text` is the period as in addresses."""
    ranking = Ranking(kind)
    places = (await statistics.top(asked, ranking, TOP)).items
    rows = read_rows(places, ranking, text, compares=True)
    return Top(kind, top_of(kind, period=text), rows, are_mostly_new(places))


def read_last(listen: ListenRead) -> LastPlay:
    """A listen with the names that it counts under, and its links."""
    counts = None if listen.corrected is None else listen.corrected.counts_as
    if counts is None:
        title, artists = listen.title, listen.artist
        track, artist = listen.track_id, listen.artist_id
    else:
        title, artists = counts.title, " and ".join(counts.artists)
        track, artist = counts.track_id, counts.artist_ids[0]
    return LastPlay(
        listen,
        title,
        artists,
        track=of_history(Kind.TRACKS, track),
        artist=of_history(Kind.ARTISTS, artist),
    )


def _counts(listen: ListenRead) -> bool:
    excluded = listen.corrected is not None and listen.corrected.counts_as is None
    return listen.mark is None and not excluded


def totals_of(summary: Summary) -> list[Total]:
    """The figures of a period, each beside that of the period before, with how it is
    counted and the address of what it counts."""
    now, before = _figures(summary.amounts), _figures(summary.before_amounts)
    how, behind = dict(HOW), _behind(summary)
    if now["Time"] == UNKNOWN:
        how["Time"], before["Time"] = UNTIMED, ""
    elif before["Time"] == UNKNOWN:
        before["Time"] = "Not known"
    return [
        Total(title, now[title], before[title], how[title], behind.get(title, ""))
        for title in HOW
    ]


def _behind(summary: Summary) -> dict[str, str]:
    amounts, period = summary.amounts, summary.period.text
    text = "" if period == "all" else period
    by_time = with_query(f"{TOPS}/{Kind.TRACKS}", {"period": text, "by": "time"})
    targets = {
        "Plays": with_query(HISTORY, {"period": text}),
        "Time": "" if amounts.ms is None else by_time,
        "Artists": top_of(Kind.ARTISTS, period=text),
        "Tracks": top_of(Kind.TRACKS, period=text),
        "New artists": _new(Kind.ARTISTS, text, amounts.new_artists),
        "New tracks": _new(Kind.TRACKS, text, amounts.new_tracks),
    }
    if amounts.streak_first and amounts.streak_last:
        streak = Period(amounts.streak_first, amounts.streak_last)
        targets["Longest streak"] = with_query(HISTORY, {"period": str(streak)})
    return targets if amounts.plays else {}


def _new(kind: Kind, period: str, amount: int) -> str:
    """The address of what is new in a period; "" if there is nothing."""
    return top_of(kind, period=period, new="true") if amount else ""


HOW = {
    "Plays": "Listens of 30 seconds or more, or of unknown length.",
    "Time": "Everything heard, however short; if two devices play at once, that time counts once.",
    "Artists": "Different artists with a play.",
    "Tracks": "Different tracks with a play; one on a single and on an album counts once.",
    "New artists": "Artists whose first play ever is in these days.",
    "New tracks": "Tracks whose first play ever is in these days.",
    "Longest streak": "The most days in a row with a play, within these days.",
}
"""The figures of a period, and how each is counted."""

UNTIMED = "Not known: most of these plays come from sources that do not log how long you listened."


def _figures(amounts: Amounts | None) -> dict[str, str]:
    if amounts is None:
        return dict.fromkeys(HOW, "")
    hours = None if amounts.ms is None else amounts.ms / MS_PER_HOUR
    time = known_duration(hours, amounts.known_share)
    return {
        "Plays": count(amounts.plays),
        "Time": time if amounts.listens else "0 minutes",
        "Artists": count(amounts.artists),
        "Tracks": count(amounts.tracks),
        "New artists": count(amounts.new_artists),
        "New tracks": count(amounts.new_tracks),
        "Longest streak": counted(amounts.streak_days, "day"),
    }
