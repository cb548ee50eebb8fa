"""Zones by name, and the machine's own."""

import re
import zoneinfo
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path

import pytest

import unwrapped
from unwrapped.shared.zones import UnknownZone, machine_zone, parse_zone, zone_title


@pytest.mark.parametrize(
    "name",
    ["Europe/Berlin", "Asia/Calcutta", "America/Indianapolis", "UTC", "Etc/GMT+5"],
)
def test_names_and_aliases_are_known(name: str) -> None:
    assert parse_zone(name).key == name


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("europe/berlin", r"Did you mean Europe/Berlin\?"),
        ("Berlin", r"Did you mean Europe/Berlin\?"),
        ("new york", r"Did you mean America/New_York"),
        ("Asia/Calcuta", r"Did you mean Asia/Calcutta"),
        ("Factory", r"'Factory' is not a time zone"),
        ("localtime", r"'localtime' is not a time zone"),
        ("", r"Write an IANA name"),
        ("\x00", r"Write an IANA name"),
        ("/etc/passwd", r"is not a time zone"),
    ],
)
def test_other_names_are_refused_with_the_nearest(name: str, said: str) -> None:
    with pytest.raises(UnknownZone, match=said):
        parse_zone(name)


def test_the_machines_zone_is_that_of_tz(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert machine_zone().key == "Asia/Tokyo"
    monkeypatch.setenv("TZ", ":Europe/Paris")
    assert machine_zone().key == "Europe/Paris"


@pytest.mark.parametrize("answer", ["Mars/Olympus", "CET-1CEST"])
def test_an_invalid_zone_of_the_machine_is_shown(
    answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", answer)
    with pytest.raises(UnknownZone, match="--tz Europe/Berlin"):
        machine_zone()


@pytest.mark.parametrize("name", ["America/Vancouver", "Europe/Berlin", "UTC"])
def test_the_rules_are_those_of_the_package(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rules of the machine may be years old, or missing."""
    machines = tmp_path / name
    machines.parent.mkdir(parents=True, exist_ok=True)
    machines.write_bytes(
        resources.files("tzdata").joinpath("zoneinfo/Asia/Tokyo").read_bytes()
    )
    monkeypatch.setattr(zoneinfo, "TZPATH", zoneinfo.TZPATH)
    zoneinfo.reset_tzpath([str(tmp_path)])
    zoneinfo.ZoneInfo.clear_cache(only_keys=[name])
    try:
        tokyo = timedelta(hours=9)
        assert datetime.now(zoneinfo.ZoneInfo(name)).utcoffset() == tokyo
        assert datetime.now(parse_zone(name)).utcoffset() != tokyo
    finally:
        zoneinfo.reset_tzpath()
        zoneinfo.ZoneInfo.clear_cache(only_keys=[name])


def test_zones_are_made_in_one_place() -> None:
    """`ZoneInfo(name)` elsewhere would read the rules of the machine."""
    package = Path(unwrapped.__file__).parent
    makers = {
        file.relative_to(package).as_posix()
        for file in package.rglob("*.py")
        if re.search(
            r"ZoneInfo[.(\w]*\(|ZONE\(|convert_time_zone|AT TIME ZONE",
            file.read_text(encoding="utf-8"),
        )
    }
    assert makers == {"shared/zones.py"}


@pytest.mark.parametrize(
    ("name", "title"),
    [
        *((name, "UTC") for name in ("UTC", "Etc/UTC", "Etc/Zulu", "Universal")),
        *((name, name) for name in ("GMT", "Etc/GMT+5", "Europe/Berlin")),
    ],
)
def test_utc_is_called_so_whichever_name_it_has(name: str, title: str) -> None:
    assert zone_title(parse_zone(name).key) == title
