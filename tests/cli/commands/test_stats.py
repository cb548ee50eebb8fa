"""`unwrapped stats` as a user runs it: the figures are those of `analyze`."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import Outcome, analyze, unwrapped
from tests.exports import varied_rows, write_json

ZONE = ("--tz", "Europe/Berlin")


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A history from 2022 to 2026."""
    folder = tmp_path_factory.mktemp("export")
    return write_json(folder / "a.json", varied_rows())


def stats(export: Path, *args: str) -> Outcome:
    return unwrapped("stats", export, *ZONE, *args)


def figures(export: Path, *args: str) -> Any:
    outcome = stats(export, "--json", *args)
    assert (outcome.code, outcome.err) == (0, "")
    return json.loads(outcome.out)


@pytest.mark.parametrize("period", ["all", "2023-04-01..2024-03-31"])
def test_the_figures_are_those_of_analyze(export: Path, period: str) -> None:
    found = figures(export, "--period", period)
    outcome = analyze(export, "--json", *ZONE, "--period", period)
    profile = json.loads(outcome.out)["profile"]
    amounts, volume = found["summary"]["amounts"], profile["volume"]
    for name in ("plays", "listens", "artists", "tracks", "albums", "active_days", "days"):  # fmt: skip
        assert amounts[name] == volume[name], name
    assert amounts["ms"] / 3_600_000 == pytest.approx(volume["hours"])
    assert amounts["streak_days"] == profile["days"]["streak_days"]
    favourites = profile["favourites"]
    for kind, name in (("artists", "artist"), ("albums", "album"), ("tracks", "title")):
        assert [(row["name"], row["plays"]) for row in found["top"][kind]] == [
            (row[name], row["plays"]) for row in favourites[kind]
        ]


def test_totals_and_rankings_in_the_terminal(export: Path) -> None:
    outcome = stats(export, "--period", "2024", "--limit", "3")
    assert outcome.code == 0
    for part in ("2024", "2023", "Plays", "Longest streak", "Artists", "Albums", "Tracks"):  # fmt: skip
        assert part in outcome.out
    assert len(outcome.out.splitlines()) == 12 + 3 * 5


def test_rankings_as_csv(export: Path) -> None:
    outcome = stats(export, "--csv", "--top", "tracks", "--by", "time", "--limit", "20")
    rows = list(csv.DictReader(StringIO(outcome.out)))
    assert [row["rank"] for row in rows] == [str(n) for n in range(1, 21)]
    times = [int(row["ms"]) for row in rows]
    assert times == sorted(times, reverse=True)
    assert {row["kind"] for row in rows} == {"tracks"}


def test_the_period_before_the_first_one_is_empty(export: Path) -> None:
    found = figures(export, "--period", "1999")["summary"]
    assert (found["amounts"]["plays"], found["amounts"]["ms"]) == (0, 0)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--period", "2025-06-30..2025-01-01"], "wrong way round"),
        (["--period", "last-8"], "last-7"),
        (["--json", "--csv"], "exclude each other"),
        (["--tz", "Mars/Olympus"], "not a time zone"),
    ],
)
def test_invalid_options_are_refused(export: Path, args: list[str], said: str) -> None:
    outcome = stats(export, *args)
    assert (outcome.code, outcome.out) == (2, "")
    assert said in outcome.err
    assert "Traceback" not in outcome.err
