"""Statistics by plain loops over rows, written from the descriptions in `schemas.py`."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.music.profile.histories import Listen
from unwrapped.music.history.period import Period

type Key = tuple[str, ...]
type KeyOf = Callable[[Listen], Key | None]

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
KEYS: dict[str, KeyOf] = {
    "artists": lambda row: (row.artist,),
    "albums": lambda row: (row.artist, row.album) if row.album else None,
    "tracks": lambda row: (row.artist, row.title),
}


def is_play(row: Listen) -> bool:
    return row.ms_played is None or row.ms_played >= 30_000


def local_day(row: Listen, zone: ZoneInfo) -> date:
    return row.started_at.astimezone(zone).date()


def inside(rows: list[Listen], period: Period, zone: ZoneInfo) -> list[Listen]:
    """The listens of a period."""
    first, last = period.first or date.min, period.last or date.max
    return [row for row in rows if first <= local_day(row, zone) <= last]


def union(rows: list[Listen]) -> list[int]:
    """The time that each listen adds to the union of all intervals, in ms."""
    added, reached = [], None
    for row in rows:
        end = row.started_at + timedelta(milliseconds=row.ms_played or 0)
        begin = row.started_at if reached is None else max(row.started_at, reached)
        added.append(max((end - begin) // timedelta(milliseconds=1), 0))
        reached = end if reached is None else max(reached, end)
    return added


def known(rows: Iterable[Listen]) -> float:
    """The share of the plays whose time is known."""
    plays = [row for row in rows if is_play(row)]
    return (
        sum(row.ms_played is not None for row in plays) / len(plays) if plays else 1.0
    )


def counted(rows: list[Listen], ms: Iterable[int]) -> tuple[int, int | None, float]:
    """Plays, time and the known share of some listens."""
    share = known(rows)
    return sum(map(is_play, rows)), sum(ms) if share > 0 else None, share


def first_plays(rows: list[Listen], key: KeyOf) -> dict[Key, datetime]:
    firsts: dict[Key, datetime] = {}
    for row in rows:
        name = key(row)
        if name is not None and is_play(row):
            firsts.setdefault(name, row.started_at)
    return firsts


def amounts(rows: list[Listen], period: Period, zone: ZoneInfo) -> dict[str, object]:
    """The figures of `Amounts`."""
    within = inside(rows, period, zone)
    plays, ms, share = counted(within, union(within))
    found: dict[str, object] = {
        "listens": len(within),
        "plays": plays,
        "ms": ms,
        "known_share": share,
    }
    for kind, key in KEYS.items():
        now, ever = first_plays(within, key), first_plays(rows, key)
        found[kind] = len(now)
        found[f"new_{kind}"] = sum(ever[name] == at for name, at in now.items())
    if not found["albums"]:
        found["albums"] = found["new_albums"] = None
    days = [local_day(row, zone) for row in rows]
    first, last = period.first or date.min, period.last or date.max
    covered = (min(last, max(days)) - max(first, min(days))).days + 1 if days else 0
    active = sorted({local_day(row, zone) for row in within if is_play(row)})
    streak, begin = 0, None
    for day in active:
        run = 1
        while day + run * DAY in active:
            run += 1
        if run > streak:
            streak, begin = run, day
    return found | {
        "days": max(covered, 0),
        "active_days": len(active),
        "streak_days": streak,
        "streak_first": begin,
        "streak_last": begin + (streak - 1) * DAY if begin else None,
    }


def meetings(
    rows: list[Listen], within: list[Listen], start_of: Callable[[Listen], date]
) -> dict[date, tuple[int, int]]:
    """Artists with a play in each step of a period, and how many of them are new then."""
    artist = KEYS["artists"]
    ever = first_plays(rows, artist)
    heard: defaultdict[date, set[Key]] = defaultdict(set)
    new: Counter[date] = Counter()
    for row in filter(is_play, within):
        key = artist(row) or ()
        new[start_of(row)] += ever.pop(key, None) == row.started_at
        heard[start_of(row)].add(key)
    return {start: (len(keys), new[start]) for start, keys in heard.items()}


def ranking(
    rows: list[Listen], kind: str, *, by_time: bool = False
) -> list[tuple[Key, int, int | None, datetime, datetime]]:
    """Name, plays, time, first and last play of all with a play, the most first."""
    groups: defaultdict[Key, list[Listen]] = defaultdict(list)
    for row in rows:
        name = KEYS[kind](row)
        if name is not None:
            groups[name].append(row)
    found = []
    for name, group in groups.items():
        starts = [row.started_at for row in group if is_play(row)]
        if starts:
            plays, ms, _ = counted(group, [row.ms_played or 0 for row in group])
            found.append((name, plays, ms, min(starts), max(starts)))
    return sorted(
        found, key=lambda one: (-((one[2] or 0) if by_time else one[1]), one[0])
    )


def by_start(
    rows: list[Listen],
    ms: list[int],
    start_of: Callable[[Listen], object],
) -> dict[object, tuple[int, int | None, float]]:
    """Plays, time and the known share of each step that has a listen."""
    groups: defaultdict[object, list[tuple[Listen, int]]] = defaultdict(list)
    for row, added in zip(rows, ms, strict=True):
        groups[start_of(row)].append((row, added))
    return {
        start: counted([row for row, _ in group], [added for _, added in group])
        for start, group in groups.items()
    }


def hours_of(first: date, last: date, zone: ZoneInfo) -> list[datetime]:
    """The moments (UTC) at which clocks begin to show another hour of these days."""
    # No zone is further from UTC than fifteen hours.
    at = datetime(first.year, first.month, first.day, tzinfo=UTC) - 15 * HOUR
    end = at + (last - first) + DAY + 30 * HOUR
    begins: list[datetime] = []
    before: tuple[object, ...] | None = None
    while at < end:
        local = at.astimezone(zone)
        shown = (local.date(), local.hour, local.utcoffset())
        if shown != before and first <= local.date() <= last:
            begins.append(at)
        before = shown
        at += timedelta(minutes=1)
    return begins


def played_hours(rows: list[Listen], zone: ZoneInfo) -> Counter[tuple[int, int]]:
    """Plays by weekday (1 is Monday) and hour."""
    local = [row.started_at.astimezone(zone) for row in rows if is_play(row)]
    return Counter((time.isoweekday(), time.hour) for time in local)
