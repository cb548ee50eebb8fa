from datetime import date

import pytest

from tests.music.profile.histories import about, listen, profile_of
from unwrapped.music.profile.artists.novelty import Loyalty, Novelty


def test_novelty_counts_plays_of_artists_first_played_in_the_90_days_before() -> None:
    profile = profile_of(
        [
            listen("2023-04-05T10:00", "Abba/Waterloo"),
            listen("2025-03-01T10:00", "Early/Song"),  # before day 730: not judged
            listen("2025-04-15T10:00", "Abba/Waterloo"),  # known for 104 days
            listen("2025-04-16T10:00", "Early/Song"),  # known for 46 days: new
            listen("2025-05-01T10:00", "Zappa/Montana"),  # new
            listen("2025-05-02T10:00", "Zappa/Montana"),  # new
            listen("2025-05-03T10:00", "Queen/Innuendo"),  # new
            listen("2025-12-01T10:00", "Zappa/Montana"),  # known for 214 days
        ]
    )
    assert profile.novelty == Novelty(
        share=about(4 / 6),
        judged_plays=6,
        new_artists=2,
        discovery="Zappa",
        discovery_plays=3,
        discovery_day=date(2025, 5, 1),
    )


def test_discoveries_with_equal_plays_are_sorted_alphabetically() -> None:
    profile = profile_of(
        [
            listen("2023-01-01T10:00", "Abba/Waterloo"),
            listen("2025-01-01T10:00", "Zappa/Montana"),
            listen("2025-01-02T10:00", "Queen/Innuendo"),
        ]
    )
    assert profile.novelty is not None
    assert profile.novelty.discovery == "Queen"


def test_novelty_looks_back_beyond_the_period() -> None:
    rows = [
        listen("2022-01-01T10:00", "Abba/Waterloo"),
        listen("2024-12-01T10:00", "Zappa/Montana"),
        listen("2025-01-01T10:00", "Zappa/Montana"),  # new, not found in the period
        listen("2025-01-01T11:00", "Abba/Waterloo"),
    ]
    assert profile_of(rows, "2025").novelty == Novelty(
        share=0.5,
        judged_plays=2,
        new_artists=0,
        discovery="",
        discovery_plays=0,
        discovery_day=None,
    )


@pytest.mark.parametrize(
    ("second", "judged"),
    [("2025-01-01T09:59:59.999", None), ("2025-01-01T10:00", 1)],
)
def test_a_play_730_days_into_the_history_is_judged(
    second: str, judged: int | None
) -> None:
    rows = [listen("2023-01-02T10:00"), listen(second)]
    profile = profile_of(rows)
    assert (profile.novelty and profile.novelty.judged_plays) == judged
    assert (profile.loyalty and profile.loyalty.judged_plays) == judged


@pytest.mark.parametrize(
    ("again", "share"), [("2025-08-29T09:59:59.999", 1.0), ("2025-08-29T10:00", 0.5)]
)
def test_an_artist_is_new_for_90_days(again: str, share: float) -> None:
    rows = [
        listen("2022-01-01T10:00", "Abba/Waterloo"),
        listen("2025-05-31T10:00", "Zappa/Montana"),
        listen(again, "Zappa/Montana"),
    ]
    novelty = profile_of(rows).novelty
    assert novelty is not None
    assert novelty.share == share


def test_loyalty_counts_plays_of_artists_first_played_over_365_days_before() -> None:
    profile = profile_of(
        [
            listen("2022-01-01T10:00", "Abba/Waterloo"),
            listen("2023-06-01T10:00", "Zappa/Montana"),
            listen("2024-02-01T10:00", "Abba/Waterloo"),  # known for 396 days
            listen("2024-02-02T10:00", "Zappa/Montana"),  # known for 246 days
            listen("2024-02-03T10:00", "Abba/Fernando"),  # the artist counts
            listen("2024-02-04T10:00", "Queen/Innuendo"),
        ]
    )
    assert profile.loyalty == Loyalty(share=0.5, judged_plays=4)


@pytest.mark.parametrize(
    ("again", "share"), [("2026-03-01T10:00", 0.5), ("2026-03-01T10:00:00.001", 1.0)]
)
def test_an_artist_is_old_after_365_days(again: str, share: float) -> None:
    rows = [
        listen("2024-01-01T10:00", "Abba/Waterloo"),
        listen("2025-03-01T10:00", "Zappa/Montana"),
        listen("2026-03-01T09:00", "Abba/Waterloo"),
        listen(again, "Zappa/Montana"),
    ]
    loyalty = profile_of(rows).loyalty
    assert loyalty is not None
    assert loyalty.share == share
