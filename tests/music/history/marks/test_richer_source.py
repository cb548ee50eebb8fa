"""One listen in several logs: the richest row counts."""

from pathlib import Path

import pytest

from tests.exports import Row, account_row, api_row, extended_row, history_of, played
from tests.music.history.made_up import listen
from tests.music.history.marks.test_marking import marks
from tests.music.history.oracle import Listen, Names
from tests.music.kits.kits import read_rows
from unwrapped.music.history.building import build_history

RICHER = "richer_source"


def is_hidden(poorer: Listen, *richer: Listen) -> bool:
    """Whether a row is hidden by richer rows, which all count."""
    mark, *others = marks([poorer, *richer])
    assert not any(others)
    return mark == RICHER


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("09:56:09.999", False),
        ("09:56:10", True),
        ("09:56:40", True),
        ("10:00:00", True),
        ("10:00:30", True),
        ("10:00:30.001", False),
    ],
)
def test_a_start_within_a_listen_and_its_margin(at: str, expected: bool) -> None:
    assert (
        is_hidden(listen("start", at), listen("end", "10:00:00", 200_000)) == expected
    )


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("09:56:09.999", False),
        ("09:56:10", True),
        ("10:01:00", True),
        ("10:01:00.001", False),
    ],
)
def test_a_moment_near_the_end_may_be_a_minute_late(at: str, expected: bool) -> None:
    assert is_hidden(listen("api", at), listen("end", "10:00:00", 200_000)) == expected


@pytest.mark.parametrize(
    ("minute", "expected"),
    [("09:54", False), ("09:55", True), ("10:00", True), ("10:01", False)],
)
def test_a_log_of_minutes_may_mean_any_second_of_the_minute(
    minute: str, expected: bool
) -> None:
    """The richer listen is from 09:56:10 to 10:00:20."""
    richer = listen("end", "10:00:20", 250_000)
    assert is_hidden(listen("start_minute", minute), richer) == expected


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ("09:59:29.999", False),
        ("09:59:30", True),
        ("10:01:30", True),
        ("10:01:30.001", False),
    ],
)
def test_a_richer_log_of_minutes_covers_its_minute(second: str, expected: bool) -> None:
    richer = listen("end_minute", "10:00:59", 0)
    assert is_hidden(listen("start", second), richer) == expected


@pytest.mark.parametrize(
    ("minute", "ms", "expected"),
    [
        ("10:00", 200_000, True),
        ("10:00", 7, True),
        ("10:01", 200_000, True),
        ("10:01", 7, False),
        ("09:59", 7, True),
        ("10:04", 200_000, True),
        ("10:05", 200_000, False),
    ],
)
def test_a_minute_of_the_end_is_reduced_by_the_time_played(
    minute: str, ms: int, expected: bool
) -> None:
    """The richer listen is from 09:57:10 to 10:00:29; the minute is that of an end."""
    richer = listen("end", "10:00:29", 199_000)
    assert is_hidden(listen("end_minute", minute, ms), richer) == expected


@pytest.mark.parametrize(
    ("richer", "expected"),
    [
        (listen("end", "10:00:00"), "09:57:30"),
        (listen("end", "10:00:00", length=60_000), "09:58:30"),
        (listen("end", "10:00:00", 7_200_000), "07:59:30"),
        (listen("end", "10:00:00", 10_800_000), "06:59:30"),
        (listen("end", "10:00:00", length=10_800_000), "07:59:30"),
        (listen("end", "10:00:00", 0), "09:59:30"),
    ],
    ids=["unknown", "length", "two hours", "three hours", "length of three", "none"],
)
def test_how_long_before_its_end_a_listen_may_have_begun(
    richer: Listen, expected: str
) -> None:
    first = listen("start", expected)
    before = listen("start", first.at - 1)
    assert is_hidden(first, richer)
    assert not is_hidden(before, richer)


def test_a_start_without_any_length_is_that_moment() -> None:
    richer = listen("long_start", "10:00:00")
    assert is_hidden(listen("start", "10:03:30"), richer)
    scrobble = listen("start", "10:00:00")
    assert is_hidden(listen("start_minute", "10:01"), scrobble) is False
    assert is_hidden(listen("start_minute", "09:59"), scrobble)
    assert is_hidden(
        listen("start_minute", "10:03"), listen("start", "10:00:00", length=180_000)
    )


def test_a_moment_near_the_end_may_mean_minutes_before_it() -> None:
    richer = listen("end", "10:00:00", 1_000)
    assert is_hidden(listen("near_end", "10:11:00"), richer)
    assert not is_hidden(listen("near_end", "10:11:00.001"), richer)
    assert not is_hidden(listen("near_end", "10:04:00", length=120_000), richer)


def test_a_long_listen_is_not_cut() -> None:
    """It lasts for days; another of the track ends before it and begins after it."""
    long = listen("end", 3 * 86_400_000, 3 * 86_400_000)
    short = listen("end", 2 * 86_400_000, 1_000)
    assert is_hidden(listen("start", 5 * 3_600_000), long)
    assert is_hidden(listen("start", 2 * 86_400_000 + 600_000), long, short)


def test_a_poorer_log_hides_no_richer_one() -> None:
    assert marks([listen("end", 0, 1), listen("long_start", 0)]) == [None, RICHER]


def test_earlier_names_of_either_recording_match() -> None:
    """The latest names differ; one of them was the other's years ago."""
    old, new, other = (
        Names("a", title, "a", title) for title in ("old", "new", "other")
    )
    rows = [listen("end", 0, 1, "u1"), listen("start", 0, None, "u2")]
    assert marks(rows, {"u1": {old, new}, "u2": {other}}) == [None, None]
    assert marks(rows, {"u1": {old, new}, "u2": {other, old}}) == [None, RICHER]
    assert marks(rows, {"u1": {old}, "u2": {other, old}}) == [None, RICHER]


def test_a_loop_is_hidden_by_a_loop() -> None:
    """Rows are not matched one to one: the richer log has both plays."""
    ends = [200_000 * number for number in range(1, 5)]
    richer = [listen("end", end, 200_000) for end in ends]
    poorer = [listen("api", end + 250) for end in ends]
    assert marks(richer + poorer) == [None] * 4 + [RICHER] * 4
    assert marks(richer[:2] + poorer)[-2:] == [None, None]


def test_case_played_at_start(tmp_path: Path) -> None:
    """The API returns when each of five plays began, the export when it ended."""
    answer: list[Row] = []
    exported: list[Row] = []
    for number in range(5):
        uri = f"spotify:track:{number}"
        answer.append(
            api_row(uri=uri, played_at=f"2026-03-01T10:{4 * number:02}:00.000Z")
        )
        ts = f"2026-03-01T10:{4 * number + 3:02}:20Z"
        exported.append(extended_row(ts=ts, ms_played=200_000, spotify_track_uri=uri))
    for files in ([answer, exported], [exported, answer]):
        history = build_history(read_rows(tmp_path, files))
        assert len(history.listens) == 5
        assert history.books.total.stored == 10


@pytest.mark.parametrize("late", [0, 54, -90])
def test_plays_that_are_logged_near_their_end_count_once(
    tmp_path: Path, late: int
) -> None:
    """Seconds after the end at which Spotify was seen to report plays."""
    minute, second = divmod(10 * 60 + late, 60)
    answer = api_row(played_at=f"2023-05-01T10:{minute:02}:{second:02}.000Z")
    exported = extended_row(ts="2023-05-01T10:10:00Z", ms_played=200_000)
    history = build_history(read_rows(tmp_path, [[answer], [exported]]))
    assert history.listens["source"].to_list() == ["spotify_extended"]


def test_a_listen_in_all_of_spotifys_logs_counts_once(tmp_path: Path) -> None:
    answer = api_row(played_at="2023-05-01T10:00:00.9Z")
    files = [[answer], [extended_row()], [account_row()]]
    history = build_history(read_rows(tmp_path, files))
    assert history.books.total.shadowed == 2
    assert played(history) == [("2023-05-01 09:59:30", 30_000, "Artist", "Song")]
    assert history.listens["source"].to_list() == ["spotify_extended"]


def test_another_track_is_another_listen(tmp_path: Path) -> None:
    account = [account_row(trackName="Other"), account_row(artistName="Other")]
    assert history_of(tmp_path, [extended_row()], account).books.total.shadowed == 0


def test_a_row_that_is_set_aside_hides_nothing(tmp_path: Path) -> None:
    extended = [extended_row(ms_played=-1), extended_row(ts="2022-01-01T10:00:00Z")]
    assert history_of(tmp_path, extended, [account_row()]).books.total.shadowed == 0
