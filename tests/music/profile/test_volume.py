from datetime import date

import pytest

from tests.music.profile.histories import about, listen, profile_of
from unwrapped.music.profile.volume import Month, Volume, Year


def test_volume_of_a_few_listens() -> None:
    profile = profile_of(
        [
            listen("2025-01-01T10:00", "Abba/Waterloo", minutes=30, album="Gold"),
            listen("2025-01-01T10:15", "Zappa/Montana", minutes=30, album="Gold"),
            listen("2025-01-03T09:00", "Abba/Waterloo", minutes=0.4, album="Other"),
            listen("2025-01-03T09:30", "Abba/Fernando", minutes=None),
            listen("2025-01-04T09:00", "Queen/Innuendo", minutes=0.1),
        ]
    )
    assert profile.volume == Volume(
        listens=4,  # the last one comes after the last play
        plays=3,  # 0.4 and 0.1 minutes are no plays
        hours=about((45 + 0.4) / 60),  # 10:00 to 10:45 on two devices
        known_share=2 / 3,
        artists=2,
        tracks=3,
        albums=2,
        first_day=date(2025, 1, 1),
        last_day=date(2025, 1, 3),
        days=3,
        active_days=2,
    )


@pytest.mark.parametrize(("ms", "plays"), [(30_000, 2), (29_999, 1), (0, 1), (None, 2)])
def test_a_play_lasts_at_least_30_seconds_or_an_unknown_time(
    ms: int | None, plays: int
) -> None:
    minutes = None if ms is None else ms / 60_000
    rows = [listen("2025-01-01T10:00"), listen("2025-01-01T11:00", minutes=minutes)]
    assert profile_of(rows).volume.plays == plays


def test_a_listen_during_another_adds_no_hours() -> None:
    profile = profile_of(
        [
            listen("2025-01-01T10:00", minutes=60),
            listen("2025-01-01T10:10", minutes=3),
            listen("2025-01-01T10:50", minutes=20),
        ]
    )
    assert profile.volume.hours == about(70 / 60)


def test_a_period_ends_with_its_last_day_and_is_cut_to_the_history() -> None:
    rows = [
        listen("2025-01-05T10:00"),
        listen("2025-01-31T23:59"),
        listen("2025-02-01T00:00"),
    ]
    january = profile_of(rows, "2025-01").volume
    assert (january.plays, january.days) == (2, 27)
    assert (january.first_day, january.last_day) == (
        date(2025, 1, 5),
        date(2025, 1, 31),
    )
    beyond = profile_of(rows, "2000-01-01..2099-12-31").volume
    assert (beyond.plays, beyond.days) == (3, 28)
    assert (beyond.first_day, beyond.last_day) == (date(2025, 1, 5), date(2025, 2, 1))


def test_months_without_a_play_have_zeros() -> None:
    profile = profile_of(
        [
            listen("2024-11-30T10:00", minutes=30),
            listen("2025-02-01T10:00", minutes=15),
            listen("2025-02-01T11:00", minutes=0.3),
        ]
    )
    assert profile.months == [
        Month(month=date(2024, 11, 1), plays=1, hours=about(0.5)),
        Month(month=date(2024, 12, 1), plays=0, hours=about(0)),
        Month(month=date(2025, 1, 1), plays=0, hours=about(0)),
        Month(month=date(2025, 2, 1), plays=1, hours=about(15.3 / 60)),
    ]


def test_a_listen_across_two_months_counts_in_the_first() -> None:
    profile = profile_of(
        [
            listen("2025-01-31T23:30", minutes=60),
            listen("2025-02-01T00:15", minutes=45),
        ]
    )
    assert [month.hours for month in profile.months] == [about(1), about(0.5)]
    assert profile.volume.hours == about(1.5)


def test_years_with_a_play_and_their_top_artist() -> None:
    profile = profile_of(
        [
            listen("2022-05-01T10:00", "Zappa/Montana", minutes=30),
            listen("2022-05-02T10:00", "Zappa/Inca Roads", minutes=30),
            listen("2022-05-03T10:00", "Abba/Waterloo", minutes=30),
            listen("2023-05-03T10:00", "Abba/Waterloo", minutes=0.1),
            listen("2024-05-03T10:00", "Zappa/Montana", minutes=30),
            listen("2024-05-04T10:00", "Abba/Waterloo", minutes=30),
        ]
    )
    assert profile.years == [
        Year(
            year=2022,
            plays=3,
            hours=about(1.5),
            artists=2,
            top_artist="Zappa",
            top_artist_plays=2,
        ),
        Year(
            year=2024,
            plays=2,
            hours=about(1),
            artists=2,
            top_artist="Abba",
            top_artist_plays=1,
        ),
    ]


def test_hours_are_none_when_no_play_has_a_known_time() -> None:
    profile = profile_of(
        [
            listen("2024-01-01T10:00", "Zappa/Montana", minutes=None, album="A"),
            listen("2024-01-01T11:00", "Zappa/Montana", minutes=0.4, album="A"),
            listen("2024-03-01T10:00", "Abba/Waterloo", minutes=30),
            listen("2024-03-01T11:00", "Abba/Waterloo", minutes=None),
            listen("2024-03-01T12:00", "Abba/Waterloo", minutes=None),
        ]
    )
    volume, favourites = profile.volume, profile.favourites
    assert (volume.hours, volume.known_share) == (about(30.4 / 60), 0.25)
    assert [(month.hours, month.known_share) for month in profile.months] == [
        (None, 0.0),
        (0.0, 1.0),
        (about(0.5), 1 / 3),
    ]
    assert [(top.hours, top.known_share) for top in favourites.artists] == [
        (about(0.5), 1 / 3),
        (None, 0.0),
    ]
    assert [(top.hours, top.known_share) for top in favourites.tracks] == [
        (about(0.5), 1 / 3),
        (None, 0.0),
    ]
    assert [(top.hours, top.known_share) for top in favourites.albums] == [(None, 0.0)]
