"""A missing file is reported, and rules that compare across its gap say nothing."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.exports import Row, history_at, make_zip, track, write_json
from unwrapped.music.analysis.portrait import Portrait, paint_portrait
from unwrapped.music.critic.house_critic import HouseCritic
from unwrapped.music.critic.weighing import weigh
from unwrapped.music.history.missing_files import warn_of_files
from unwrapped.music.history.period import Period
from unwrapped.music.profile.data_gaps import Gap

LINE = "Streaming_History_Audio_..._1 is missing: files are numbered 0 and 2."
COMPARING = {
    "growing", "fading", "long_silence", "never_away", "clean_sweep", "same_again",
    "daily_bread", "rare_visitor", "mid_year", "turn_of_year",
}  # fmt: skip
UTC_ZONE = ZoneInfo("UTC")


def name(year: int) -> str:
    return f"Streaming_History_Audio_{year}_{year - 2022}.json"


def rows(year: int) -> Iterator[Row]:
    """Two plays a day in 2022, and one more in each further year.

    The last one begins in the last minutes of the year, and ends at midnight.
    """
    noon = datetime(year, 1, 1, 12, tzinfo=UTC)
    a_day = year - 2020
    days = 365 + (year == 2024)
    for number in range(int(a_day * (days - 0.5)) + 1):
        ended = noon + timedelta(hours=24 * number / a_day)
        artist = number % (year - 2010)
        yield track(
            f"Artist {artist}", f"Song {artist}", f"uri:{artist}",
            ts=f"{ended:%Y-%m-%dT%H:%M:%SZ}", ms_played=100_000 * (year - 2020),
        )  # fmt: skip


def painted(*paths: Path) -> Portrait:
    return paint_portrait(history_at(*paths), Period(), UTC_ZONE, HouseCritic())


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    folder = tmp_path_factory.mktemp("export")
    return {
        year: write_json(folder / name(year), list(rows(year)))
        for year in (2022, 2023, 2024)
    }


def looked_at(portrait: Portrait) -> set[str]:
    """The rules that have data to judge."""
    return {judgement.rule.name for judgement in weigh(portrait.profile)}


@pytest.fixture(scope="module")
def with_gap(files: dict[int, Path]) -> Portrait:
    """The portrait without the file of 2023."""
    return painted(files[2022], files[2024])


def test_a_missing_file_is_reported(with_gap: Portrait) -> None:
    (warning,) = with_gap.books.warnings
    assert warning.text == LINE
    assert with_gap.profile.gaps == [
        Gap(first_day=date(2023, 1, 1), last_day=date(2023, 12, 31))
    ]
    assert not COMPARING & looked_at(with_gap)


def test_neither_order_nor_a_zip_hides_a_missing_file(
    files: dict[int, Path], tmp_path: Path
) -> None:
    packed = tmp_path / "my_spotify_data.zip"
    packed.write_bytes(make_zip({f"in/{name(2022)}": files[2022].read_bytes()}))
    for paths in ((files[2024], files[2022]), (packed, files[2024])):
        (warning,) = warn_of_files(history_at(*paths).books.files)
        assert warning.text == LINE


def test_without_its_gap_the_same_history_is_compared(
    files: dict[int, Path], with_gap: Portrait
) -> None:
    """If the files are renamed, their names no longer show that one is missing."""
    renamed = {
        year: write_json(path.with_name(f"renamed {year}.json"), list(rows(year)))
        for year, path in files.items()
    }
    portrait = painted(renamed[2022], renamed[2024])
    assert (portrait.books.warnings, portrait.profile.gaps) == ([], [])
    silent = looked_at(portrait) - looked_at(with_gap)
    assert silent == {
        "long_silence", "daily_bread", "rare_visitor", "mid_year",
        "turn_of_year", "explorer", "closed_book", "old_friends", "fresh_faces",
        "discovery", "comeback", "track_comeback",
    }  # fmt: skip


def test_the_missing_file_ends_the_gap(files: dict[int, Path]) -> None:
    portrait = painted(*files.values())
    assert (portrait.books.warnings, portrait.profile.gaps) == ([], [])
    # In a history with plays on every day, nothing fades and no silence is long.
    assert looked_at(portrait) >= COMPARING - {"fading", "long_silence"}


def test_a_gap_after_the_period_is_ignored(files: dict[int, Path]) -> None:
    history = history_at(files[2022], files[2024])
    portrait = paint_portrait(history, Period.parse("2022"), UTC_ZONE, HouseCritic())
    assert portrait.profile.gaps == []
    assert [warning.text for warning in portrait.books.warnings] == [LINE]
