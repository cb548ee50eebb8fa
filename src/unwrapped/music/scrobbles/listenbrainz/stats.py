"""Endpoints of ListenBrainz for statistics: those of this service, in its form."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from unwrapped.core.http.state import state_of
from unwrapped.music.history.period import Period
from unwrapped.music.scrobbles.client_listens import msid_of
from unwrapped.music.scrobbles.holders import Holder
from unwrapped.music.scrobbles.listenbrainz.answers import Answer, Empty
from unwrapped.music.scrobbles.listenbrainz.dependencies import NamedReader, NotedRoute
from unwrapped.music.scrobbles.listenbrainz.parameters import count, offset
from unwrapped.music.scrobbles.listenbrainz.submission import BadSubmission
from unwrapped.music.scrobbles.request_handling import session_of
from unwrapped.music.statistics.question import Asked, Ranking
from unwrapped.music.statistics.schemas import Amounts, Kind, Point, Ranked, Step
from unwrapped.music.statistics.service import open_statistics
from unwrapped.shared.zones import parse_zone

MOST, FURTHEST = 100, 1_000
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")  # fmt: skip
_DAY = timedelta(days=1)

router = APIRouter(route_class=NotedRoute)


def _month(day: date, back: int = 0) -> date:
    """The first day of a day's month, or of an earlier month."""
    months = day.year * 12 + day.month - 1 - back
    return date(months // 12, months % 12 + 1, 1)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _quarter(day: date) -> date:
    return _month(day, (day.month - 1) % 3)


def _half(day: date) -> date:
    return _month(day, (day.month - 1) % 6)


RANGES: dict[str, Callable[[date], Period]] = {
    "this_week": lambda day: Period(_monday(day), day),
    "this_month": lambda day: Period(_month(day), day),
    "this_year": lambda day: Period(date(day.year, 1, 1), day),
    "week": lambda day: Period(_monday(day) - 7 * _DAY, _monday(day) - _DAY),
    "month": lambda day: Period(_month(day, 1), _month(day) - _DAY),
    "quarter": lambda day: Period(_month(_quarter(day), 3), _quarter(day) - _DAY),
    "half_yearly": lambda day: Period(_month(_half(day), 6), _half(day) - _DAY),
    "year": lambda day: Period(date(day.year - 1, 1, 1), date(day.year - 1, 12, 31)),
    "all_time": lambda day: Period(),
}
"""The period of each range, for today: `this_…` ends today, `all_time` is everything, all
others are over.
"""

STEPS = {"this_week": Step.DAY, "week": Step.DAY, "this_month": Step.DAY, "month": Step.DAY, "all_time": Step.YEAR}  # fmt: skip
"""The steps of the listening activity of a range; months for all others."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The range that a request asks for."""

    name: str
    period: Period
    zone: ZoneInfo
    today: date

    @classmethod
    def by(cls, request: Request, reader: Holder) -> "Chosen":
        """Read the range from the query. Raises `BadSubmission`."""
        name = request.query_params.get("range") or "all_time"
        if name not in RANGES:
            raise BadSubmission(f"Invalid range: {name}")
        zone = parse_zone(reader.time_zone)
        today = datetime.now(zone).date()
        return cls(name, RANGES[name](today), zone, today)

    @property
    def asked(self) -> Asked:
        """The range, as the statistics of this service take it."""
        return Asked(self.period, self.zone, self.today)

    def of(self, reader: Holder) -> dict[str, object]:
        """The members that all payloads have in common."""
        return {
            "user_id": reader.username,
            "range": self.name,
            "from_ts": self._midnight(self.period.first or date(2002, 10, 1)),
            "to_ts": self._midnight((self.period.last or self.today) + _DAY),
            "last_updated": int(time.time()),
        }

    def _midnight(self, day: date) -> int:
        return int(datetime.combine(day, clock.min, self.zone).timestamp())


@router.get("/stats/user/{name}/artists")
async def read_artists(request: Request, reader: NamedReader) -> Response:
    return await _ranking(request, reader, "artists")


@router.get("/stats/user/{name}/releases")
async def read_releases(request: Request, reader: NamedReader) -> Response:
    return await _ranking(request, reader, "releases")


@router.get("/stats/user/{name}/release-groups")
async def read_release_groups(request: Request, reader: NamedReader) -> Response:
    return await _ranking(request, reader, "release_groups")


@router.get("/stats/user/{name}/recordings")
async def read_recordings(request: Request, reader: NamedReader) -> Response:
    return await _ranking(request, reader, "recordings")


@router.get("/stats/user/{name}/listening-activity")
async def read_listening_activity(request: Request, reader: NamedReader) -> Response:
    chosen = Chosen.by(request, reader)
    step = STEPS.get(chosen.name, Step.MONTH)
    points = await _series(request, reader, chosen, step)
    if not any(point.plays for point in points):
        return Empty()
    starts = [_start(point, chosen.zone) for point in points]
    ends = [*starts[1:], chosen.of(reader)["to_ts"]]
    activity = [
        {
            "from_ts": start,
            "to_ts": end,
            "time_range": str(point.start),
            "listen_count": point.plays,
        }
        for point, start, end in zip(points, starts, ends, strict=True)
    ]
    return Answer({"payload": {**chosen.of(reader), "listening_activity": activity}})


@router.get("/stats/user/{name}/daily-activity")
async def read_daily_activity(request: Request, reader: NamedReader) -> Response:
    chosen = Chosen.by(request, reader)
    points = await _series(request, reader, chosen, Step.WEEKDAY_BY_HOUR)
    if not any(point.plays for point in points):
        return Empty()
    activity: dict[str, list[dict[str, int]]] = {day: [] for day in WEEKDAYS}
    for point in points:
        if point.weekday is not None and point.hour is not None:
            hour = {"hour": point.hour, "listen_count": point.plays}
            activity[WEEKDAYS[point.weekday - 1]].append(hour)
    return Answer({"payload": {**chosen.of(reader), "daily_activity": activity}})


async def _ranking(request: Request, reader: Holder, what: str) -> Response:
    chosen = Chosen.by(request, reader)
    wanted, skipped = count(request, MOST), offset(request, FURTHEST)
    kind, total_of, entry = _KINDS[what]
    async with session_of(request, reader) as session:
        statistics = await open_statistics(
            session, state_of(request).resources, reader.user_id
        )
        page = await statistics.top(chosen.asked, Ranking(kind), skipped + wanted)
        amounts = (await statistics.summary(chosen.asked)).amounts
    total = total_of(amounts)
    if not total:
        return Empty()
    entries = [entry(one) for one in page.items[skipped:]]
    payload = {
        **chosen.of(reader),
        what: entries,
        "count": len(entries),
        "offset": skipped,
        f"total_{what.removesuffix('s')}_count": total,
    }
    return Answer({"payload": payload})


async def _series(
    request: Request, reader: Holder, chosen: Chosen, by: Step
) -> Sequence[Point]:
    async with session_of(request, reader) as session:
        statistics = await open_statistics(
            session, state_of(request).resources, reader.user_id
        )
        return (await statistics.series(chosen.asked, by)).points


def _start(point: Point, zone: ZoneInfo) -> int:
    start = point.start
    if isinstance(start, datetime):
        return int(start.timestamp())
    return int(datetime.combine(start or date.min, clock.min, zone).timestamp())


def _artist(ranked: Ranked) -> dict[str, object]:
    return {
        "artist_name": ranked.name,
        "artist_mbid": None,
        "artist_mbids": [],
        "listen_count": ranked.plays,
    }


def _release(ranked: Ranked) -> dict[str, object]:
    return {
        "release_name": ranked.name,
        "release_mbid": None,
        "artist_name": ranked.artist,
        "artist_mbids": [],
        "listen_count": ranked.plays,
    }


def _release_group(ranked: Ranked) -> dict[str, object]:
    return {
        "release_group_name": ranked.name,
        "release_group_mbid": None,
        "artist_name": ranked.artist,
        "artist_mbids": [],
        "listen_count": ranked.plays,
    }


def _recording(ranked: Ranked) -> dict[str, object]:
    return {
        "track_name": ranked.name,
        "artist_name": ranked.artist,
        "artist_mbids": [],
        "recording_mbid": None,
        "recording_msid": str(msid_of(ranked.artist, ranked.name)),
        "release_name": None,
        "release_mbid": None,
        "listen_count": ranked.plays,
    }


_KINDS: dict[
    str,
    tuple[
        Kind,
        Callable[[Amounts], int | None],
        Callable[[Ranked], dict[str, object]],
    ],
] = {
    "artists": (Kind.ARTISTS, lambda of: of.artists, _artist),
    "releases": (Kind.ALBUMS, lambda of: of.albums, _release),
    "release_groups": (Kind.ALBUMS, lambda of: of.albums, _release_group),
    "recordings": (Kind.TRACKS, lambda of: of.tracks, _recording),
}
"""For each ranking: what it ranks, the total number of them, and the form of an entry."""
