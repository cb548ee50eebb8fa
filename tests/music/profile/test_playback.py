from dataclasses import replace

from tests.music.profile.histories import about, listen, profile_of
from unwrapped.music.profile.playback import Endings, Lengths, Shuffle
from unwrapped.music.sources.logs import LogName

REASONS = ["trackdone", "fwdbtn", "endplay", "clickrow", "logout", None]


def test_endings_of_the_listens_with_a_reason() -> None:
    rows = [
        listen(f"2025-01-01T1{i}:00", minutes=minutes, reason_end=reason)
        for minutes in (0.2, 2)
        for i, reason in enumerate(REASONS)
    ]
    assert profile_of(rows).endings == Endings(
        known_listens=10, skip_share=0.3, finished_share=0.2
    )


def test_endings_are_none_when_no_reason_is_logged() -> None:
    assert profile_of([listen("2025-01-01T10:00")]).endings is None


def test_lengths_of_the_listens_with_a_duration() -> None:
    profile = profile_of(
        [
            listen("2025-01-01T10:00", "Abba/Waterloo", minutes=2),
            listen("2025-01-01T11:00", "Zappa/Montana", minutes=10),
            listen("2025-01-01T12:00", "Queen/Innuendo", minutes=10),
            listen("2025-01-01T13:00", "Queen/Bicycle", minutes=3),
            listen("2025-01-01T14:00", "Queen/Bicycle", minutes=0.4),
            listen("2025-01-01T15:00", "Queen/Bicycle", minutes=None),
        ]
    )
    assert profile.lengths == Lengths(
        known_listens=5,
        under_30s_share=0.2,
        median_play_minutes=6.5,
        longest_play_minutes=10.0,
        longest_play_artist="Queen",
        longest_play_title="Innuendo",
        long_share=about(20 / 25),
        long_are_tracks=True,
    )


def test_account_data_does_not_prove_that_a_long_play_is_a_track() -> None:
    account = LogName.SPOTIFY_ACCOUNT.value
    long = listen("2025-01-01T10:00", minutes=60)
    lengths = profile_of([replace(long, source=account)]).lengths
    assert lengths is not None
    assert not lengths.long_are_tracks


def test_lengths_are_none_when_no_duration_is_known() -> None:
    rows = [
        listen("2025-01-01T10:00", minutes=None),
        listen("2025-01-01T11:00", minutes=0.1),
    ]
    assert profile_of(rows).lengths is None


def test_shuffle_is_measured_over_the_plays_that_log_it() -> None:
    rows = [
        listen("2025-01-01T10:00", shuffle=True),
        listen("2025-01-01T11:00", shuffle=False),
        listen("2025-01-01T12:00", shuffle=False),
        listen("2025-01-01T13:00", shuffle=None),
        listen("2025-01-01T14:00", shuffle=True, minutes=0.2),
    ]
    assert profile_of(rows).shuffle == Shuffle(known_plays=3, share=about(1 / 3))


def test_shuffle_is_none_when_no_play_logs_it() -> None:
    rows = [
        listen("2025-01-01T10:00"),
        listen("2025-01-01T11:00", shuffle=True, minutes=0.2),
    ]
    assert profile_of(rows).shuffle is None
