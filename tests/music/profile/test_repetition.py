from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.music.profile.histories import Listen, about, listen, profile_of, to_frame
from unwrapped.music.history.period import Period
from unwrapped.music.profile.repetition import (
    Habit,
    Obsession,
    Repetition,
    Solo,
    TrackComeback,
)
from unwrapped.music.profile.taste_profile import build_profile


def test_repetition_of_a_few_days() -> None:
    profile = profile_of(
        [
            listen("2025-01-01T10:00", "Abba/Waterloo"),
            listen("2025-01-01T10:05", "Abba/Waterloo"),
            listen("2025-01-01T10:10", "Zappa/Montana"),
            listen("2025-01-02T10:00", "Zappa/Montana"),
            listen("2025-01-02T10:05", "Zappa/Montana"),
            listen("2025-01-02T12:00", "Zappa/Montana"),
            listen("2025-01-03T10:00", "Abba/Waterloo"),
        ]
    )
    assert profile.repetition == Repetition(
        obsessions=[
            Obsession(
                artist="Zappa",
                title="Montana",
                plays=4,
                first_day=date(2025, 1, 1),
                last_day=date(2025, 1, 2),
                share=1.0,
            ),
            Obsession(
                artist="Abba",
                title="Waterloo",
                plays=3,
                first_day=date(2025, 1, 1),
                last_day=date(2025, 1, 3),
                share=about(3 / 7),
            ),
        ],
        crushes=0,
        mildest=None,
        again_share=about(2 / 7),
        longest_loop=2,
        loop_artist="Abba",
        loop_title="Waterloo",
        loop_day=date(2025, 1, 1),
        opener_artist="Abba",
        opener_title="Waterloo",
        opener_days=2,
        session_opener=Habit(artist="Abba", title="Waterloo", times=2),
        session_closer=Habit(artist="Zappa", title="Montana", times=3),
        solo=Solo(artist="Abba", plays=2, tracks=1, day=date(2025, 1, 1)),
        track_comeback=TrackComeback(
            artist="Abba",
            title="Waterloo",
            away_days=2,
            left_day=date(2025, 1, 1),
            returned_day=date(2025, 1, 3),
            plays_since=1,
        ),
        last_1000_tracks=None,
    )


def test_all_crushes_are_counted_not_only_the_shown_ones() -> None:
    rows = [
        listen(
            f"2025-{month:02}-01T{10 + i // 15}:{4 * (i % 15):02}", f"Hit {month}/Song"
        )
        for month in range(1, 8)
        for i in range(42 - 2 * month)
    ]
    repetition = profile_of(rows).repetition
    assert (len(repetition.obsessions), repetition.crushes) == (5, 7)
    assert repetition.mildest is not None
    assert (repetition.mildest.artist, repetition.mildest.plays) == ("Hit 7", 28)


def test_the_tracks_of_the_last_thousand_plays_are_counted() -> None:
    rows = [
        listen(f"2025-01-01T{i // 60:02}:{i % 60:02}", f"Artist/Early {i}", minutes=1)
        for i in range(500)
    ] + [
        listen(
            f"2025-02-{1 + i // 500:02}T{i % 500 // 60:02}:{i % 60:02}",
            f"Artist/{i % 7}",
        )
        for i in range(1_000)
    ]
    assert profile_of(rows).repetition.last_1000_tracks == 7
    assert profile_of(rows[-999:]).repetition.last_1000_tracks is None


def obsessions(rows: list[Listen]) -> list[tuple[str, int]]:
    """Titles and plays of the obsessions."""
    return [(one.title, one.plays) for one in profile_of(rows).repetition.obsessions]


@pytest.mark.parametrize(
    ("third", "found"),
    [("2025-01-08T09:59:59.999", [("Waterloo", 3)]), ("2025-01-08T10:00", [])],
)
def test_an_obsession_has_three_plays_in_less_than_a_week_from_the_first(
    third: str, found: list[tuple[str, int]]
) -> None:
    rows = [
        listen("2025-01-01T10:00"),
        listen("2025-01-02T10:00"),
        listen(third),
    ]
    assert obsessions(rows) == found


def test_the_earliest_of_equal_windows_is_shown() -> None:
    rows = [
        listen(f"2025-0{month}-0{day}T10:00") for month in (1, 3) for day in (1, 2, 5)
    ]
    (found,) = profile_of(rows).repetition.obsessions
    assert (found.first_day, found.last_day) == (date(2025, 1, 1), date(2025, 1, 5))
    assert found.share == 1.0


def test_the_five_strongest_obsessions_are_shown_and_ties_sorted_by_name() -> None:
    rows = [
        listen(f"2025-01-01T{hour:02}:00", f"{artist}/{title}")
        for artist, title in ("BX", "BA", "AX", "CA", "DA", "EA")
        for hour in range(3 if artist != "E" else 4)
    ]
    found = profile_of(rows).repetition.obsessions
    assert [one.artist + one.title for one in found] == ["EA", "AX", "BA", "BX", "CA"]


def test_windows_never_mix_tracks_with_distant_numbers() -> None:
    week = [
        listen("2025-01-01T10:00", "Abba/Waterloo"),
        listen("2025-01-02T10:00", "Zappa/Montana"),
        listen("2025-01-03T10:00", "Abba/Waterloo"),
        listen("2025-01-04T10:00", "Zappa/Montana"),
    ]
    # With the span of this history, these numbers are 2**64 microseconds apart.
    span = timedelta(milliseconds=2**33) - timedelta(days=14)
    last = replace(week[0], started_at=week[0].started_at + span)
    ids = {("Abba", "Waterloo"): 1, ("Zappa", "Montana"): 1 + 2**28}
    frame = to_frame([*week, last], ids)
    profile = build_profile(frame, Period(), ZoneInfo("UTC"))
    assert profile.repetition.obsessions == []


def test_a_break_of_half_an_hour_ends_a_loop() -> None:
    rows = [
        listen("2025-01-01T10:00"),
        listen("2025-01-01T10:03"),
        listen("2025-01-01T10:36"),
    ]
    repetition = profile_of(rows).repetition
    assert repetition.longest_loop == 2
    assert repetition.again_share == about(1 / 3)


def test_the_earliest_of_equal_loops_is_shown() -> None:
    rows = [
        *(listen(f"2025-01-02T10:0{i}", "Zappa/Montana", minutes=1) for i in range(3)),
        *(listen(f"2025-01-03T10:0{i}", "Abba/Waterloo", minutes=1) for i in range(3)),
    ]
    repetition = profile_of(rows).repetition
    assert (repetition.loop_title, repetition.loop_day) == ("Montana", date(2025, 1, 2))


def test_a_listen_too_short_to_be_a_play_opens_no_day() -> None:
    rows = [
        listen("2025-01-01T08:00", "Abba/Waterloo", minutes=0.2),
        listen("2025-01-01T09:00", "Zappa/Montana"),
        listen("2025-01-01T10:00", "Abba/Waterloo"),
    ]
    repetition = profile_of(rows).repetition
    assert (repetition.opener_title, repetition.opener_days) == ("Montana", 1)
