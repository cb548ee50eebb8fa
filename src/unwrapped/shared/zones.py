"""Time zones by their IANA names and aliases, with the rules of the package `tzdata`.

The rules of a machine, of PostgreSQL and of Polars can be years older. So all zones
come from `parse_zone`; neither PostgreSQL nor Polars converts times between zones.
"""

import math
import os
from datetime import datetime, timedelta
from difflib import get_close_matches
from functools import cache, lru_cache
from importlib import resources
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from unwrapped.core.exceptions import Invalid

_STEP = timedelta(days=6)
"""Shorter than the shortest time between two clock changes, at least a week."""


_NAMES_OF_UTC = {
    *("Etc/UTC", "Etc/UCT", "Etc/Universal", "Etc/Zulu"),
    *("UCT", "Universal", "Zulu"),
}


class UnknownZone(Invalid):
    """A name that is not an IANA time zone."""

    code = "unknown_zone"


def parse_zone(name: str) -> ZoneInfo:
    """The zone of this name. Raises `UnknownZone`, which suggests similar names."""
    if name in _zone_names():
        return _packaged_zone(name)
    raise UnknownZone(f"{name!r} is not a time zone.{_suggestion(name)}")


def zone_title(name: str) -> str:
    """The display name of a zone; all names of UTC become UTC."""
    return "UTC" if name in _NAMES_OF_UTC else name


@lru_cache(maxsize=128)
def offsets_between(
    first: datetime, last: datetime, zone: ZoneInfo
) -> tuple[tuple[datetime, timedelta], ...]:
    """The offsets from UTC that `zone` has from `first` to `last` (both in UTC), in order,
    each with the moment at which it begins.
    """
    at = first.replace(microsecond=0)
    offset = _offset(at, zone)
    offsets = [(at, offset)]
    while at < last:
        before, at = at, min(at + _STEP, last)
        if _offset(at, zone) != offset:
            since = _first_without(offset, before, at, zone)
            offset = _offset(at, zone)
            offsets.append((since, offset))
    return tuple(offsets)


def _first_without(
    offset: timedelta, before: datetime, after: datetime, zone: ZoneInfo
) -> datetime:
    """The second at which `zone` changes from `offset`, which it has at `before`."""
    kept, seconds = 0, math.ceil((after - before).total_seconds())
    while seconds - kept > 1:
        middle = (kept + seconds) // 2
        if _offset(before + timedelta(seconds=middle), zone) == offset:
            kept = middle
        else:
            seconds = middle
    return before + timedelta(seconds=seconds)


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


@cache
def _packaged_zone(name: str) -> ZoneInfo:
    with resources.files("tzdata").joinpath("zoneinfo", name).open("rb") as rules:
        return ZoneInfo.from_file(rules, key=name)


def zone_names() -> list[str]:
    """All names that `parse_zone` knows, in order."""
    return sorted(_zone_names())


@cache
def _zone_names() -> frozenset[str]:
    listed = resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8")
    return frozenset(listed.split()) - {"Factory"}


def _suggestion(name: str) -> str:
    by_wording = {_wording(zone): zone for zone in sorted(_zone_names(), reverse=True)}
    by_city = {wording.split("/")[-1]: wording for wording in by_wording}
    wanted = _wording(name)
    if wanted in by_wording:
        return f" Did you mean {by_wording[wanted]}?"
    near = [by_city[city] for city in get_close_matches(wanted, by_city, n=1)]
    near += get_close_matches(wanted, by_wording, n=2)
    if not near:
        return " Write an IANA name, like Europe/Berlin."
    names = list(dict.fromkeys(by_wording[wording] for wording in near))
    return f" Did you mean {' or '.join(names[:2])}?"


def _wording(name: str) -> str:
    return name.casefold().replace(" ", "_").replace("-", "_")


def machine_zone() -> ZoneInfo:
    """The zone of this machine: that of `TZ`, else the system's.

    Raises `UnknownZone` when that is not an IANA zone.
    """
    import tzlocal

    name = os.environ.get("TZ", "").removeprefix(":")
    try:
        if name and not name.startswith("/"):
            return parse_zone(name)
        return parse_zone(tzlocal.get_localzone_name())
    except (UnknownZone, ZoneInfoNotFoundError) as error:
        raise UnknownZone(
            f"The time zone of this machine is not known ({error}). Give one with --tz,"
            " like --tz Europe/Berlin."
        ) from error
