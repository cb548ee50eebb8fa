import pytest

from tests.music.profile.histories import listen, profile_of
from unwrapped.music.profile.most_played.title_times import TitledTime


def test_plays_of_a_title_that_names_a_day_are_counted_on_that_day() -> None:
    rows = [
        listen(f"2025-01-{day:02}T10:00", track)
        for day in range(6, 27)
        for track in ("Cure/Just Another Monday", "Abba/Waterloo")
    ]
    assert profile_of(rows).titled_time == TitledTime(
        word="monday",
        artist="Cure",
        title="Just Another Monday",
        plays=21,
        inside=3,
        usual=6,
        of_plays=42,
    )
    assert profile_of(rows[:28]).titled_time is None


@pytest.mark.parametrize(
    ("word", "inside"), [("night", 3), ("midnight", 1), ("winter", 20), ("summer", 0)]
)
def test_a_time_may_cross_midnight_or_new_year(word: str, inside: int) -> None:
    rows = [
        listen(f"2025-01-01T{hour:02}:30", f"Cure/My {word}") for hour in range(4, 24)
    ]
    found = profile_of(rows).titled_time
    assert found is not None
    assert found.inside == inside


def test_the_version_of_a_track_names_no_time() -> None:
    rows = [
        listen(f"2025-01-01T{h:02}:00", "Cure/Boys - Friday Mix") for h in range(20)
    ]
    assert profile_of(rows).titled_time is None
