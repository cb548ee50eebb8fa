"""Figures and facts in words."""

import pytest

from unwrapped.music.sources.logs import LOGS
from unwrapped.web.wording import (
    counted,
    duration,
    hour,
    path,
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
