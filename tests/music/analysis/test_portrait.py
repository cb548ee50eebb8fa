"""The portrait combines the verdict, the profile and the books of a period."""

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.exports import account_row, history_of, track
from unwrapped.music.analysis.portrait import SCHEMA_VERSION, paint_portrait
from unwrapped.music.critic.house_critic import HouseCritic
from unwrapped.music.history.period import Period
from unwrapped.music.profile.basis.frames import NoPlays

ZONE = ZoneInfo("Europe/Berlin")

ROWS = [
    track("Ann", "A", "spotify:track:1", ts="2024-05-01T10:00:00Z", ms_played=60_000),
    track("Bea", "B", "spotify:track:2", ts="2025-05-01T10:00:00Z", ms_played=60_000),
]


def test_a_portrait_of_a_period_has_the_books_of_the_whole_history(
    tmp_path: Path,
) -> None:
    history = history_of(tmp_path, ROWS, [account_row(trackName=None)])
    portrait = paint_portrait(history, Period.parse("2025"), ZONE, HouseCritic())
    assert portrait.schema_version == SCHEMA_VERSION
    assert portrait.zone == "Europe/Berlin"
    assert portrait.period.text == "2025"
    assert portrait.period.first_day == date(2025, 1, 1)
    assert [a.artist for a in portrait.profile.favourites.artists] == ["Bea"]
    assert portrait.books.total.rows_read == 3
    assert portrait.verdict == HouseCritic().judge(portrait.profile)


def test_the_days_of_an_open_period_are_those_of_the_history(tmp_path: Path) -> None:
    portrait = paint_portrait(
        history_of(tmp_path, ROWS), Period(), ZONE, HouseCritic(), top=1
    )
    assert (portrait.period.first_day, portrait.period.last_day) == (
        date(2024, 5, 1),
        date(2025, 5, 1),
    )
    assert len(portrait.profile.favourites.artists) == 1


def test_a_period_without_plays(tmp_path: Path) -> None:
    with pytest.raises(NoPlays, match="2024, 2025"):
        paint_portrait(
            history_of(tmp_path, ROWS), Period.parse("2023"), ZONE, HouseCritic()
        )
