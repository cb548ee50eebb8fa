"""How pages write numbers, dates, times and sizes."""

from datetime import UTC, datetime

import pytest

from unwrapped.music.history.period import Period
from unwrapped.music.sources.logs import LOGS
from unwrapped.web.wording import (
    amount,
    counted,
    duration,
    during,
    hour,
    moment,
    path,
    period,
    place,
    short_hours,
    source_title,
)


@pytest.mark.parametrize(
    ("hours", "said", "short"),
    [
        (0.0, "0 hours", "0 h"),
        (30 / 3600, "30 seconds", "<1 h"),
        (1 / 3600, "1 second", "<1 h"),
        (0.5, "30 minutes", "<1 h"),
        (1.0, "1 hour", "1 h"),
        (1234.5, "1,234 hours", "1,234 h"),
    ],
)
def test_durations(hours: float, said: str, short: str) -> None:
    assert duration(hours) == said
    assert short_hours(hours) == short


def test_counts_and_places() -> None:
    assert [counted(n, "play") for n in (0, 1, 1234)] == [
        "0 plays",
        "1 play",
        "1,234 plays",
    ]
    assert [place(value) for value in (-1, 0, 0.414)] == [
        "\N{MINUS SIGN}1.00",
        "+0.00",
        "+0.41",
    ]
    assert hour(23) == "23:00 to 24:00"


def test_every_log_has_a_title() -> None:
    assert [source_title(name.value) for name in LOGS] == [
        log.title for log in LOGS.values()
    ]
    assert source_title("spotify_api") == "Spotify, recently played"
    assert source_title(None) == "an empty list"


def test_a_path_keeps_its_end() -> None:
    long = path(f"{'folder/' * 60}Streaming_History_Audio_2021.json")
    assert len(long) == 240
    assert long.startswith("…")
    assert long.endswith("Streaming_History_Audio_2021.json")
    assert path("a\u202eb.json") == "a b.json"


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (2048, "2 KB"),
        (5 * 1024**2, "5 MB"),
        (1024**3, "1.0 GB"),
        (3 * 1024**4, "3072.0 GB"),
    ],
)
def test_amounts(size: int, said: str) -> None:
    assert amount(size) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("all", "All time"),
        ("2025", "2025"),
        ("2025-11", "November 2025"),
        ("2025-11-30", "30 November 2025"),
        ("2025-01-01..2025-06-30", "1 January 2025 – 30 June 2025"),
    ],
)
def test_periods(text: str, said: str) -> None:
    assert period(text) == said


def test_a_moment_is_shown_in_a_time_zone() -> None:
    at = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    assert moment(at, "Europe/Berlin") == "2 March 2026, 00:30"


def test_periods_have_prepositions() -> None:
    periods = ("all", "2025", "2025-11", "2025-11-30", "2025-05-01..2025-07-31")
    assert [during(Period.parse(text)) for text in periods] == [
        "in all",
        "in 2025",
        "in November 2025",
        "on 30 November 2025",
        "from 1 May 2025 to 31 July 2025",
    ]
