"""Listens that a log has twice are marked, but not tracks that are played in a loop."""

from collections.abc import Callable
from math import ceil, floor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.exports import Row, history_of, track
from tests.music.history.made_up import listen
from tests.music.history.marks.test_marking import marks


def test_case_near_repeat(tmp_path: Path) -> None:
    """20 tracks of 240 s, each logged again one second later."""
    rows: list[Row] = []
    for number in range(20):
        end = 245 * number
        for later in (0, 1):
            minute, second = divmod(end + later, 60)
            hour, minute = divmod(minute, 60)
            ts = f"2022-05-01T{18 + hour}:{minute:02}:{second:02}Z"
            rows.append(
                track("Ada", f"Track {number}", f"u{number}", ts=ts, ms_played=240_000)
            )
    history = history_of(tmp_path, rows)
    assert len(history.listens) == 20
    assert history.books.total.stored == 40


@pytest.mark.parametrize(
    ("gap", "ms", "expected"),
    [
        (1, 240_000, "echo"),
        (120_000, 240_000, "echo"),
        (120_001, 240_000, None),
        (1, 30_000, "echo"),
        (15_000, 30_000, "echo"),
        (15_001, 30_000, None),
        (1, 29_999, None),
        (1, None, None),
        (43_200_000, 86_400_000, "echo"),
    ],
)
def test_an_overlap_of_half_is_an_echo(
    gap: int, ms: int | None, expected: str | None
) -> None:
    assert marks([listen("end", 0, ms), listen("end", gap, ms)]) == [None, expected]


def test_another_duration_recording_or_log_is_no_echo() -> None:
    one = listen("end", 0, 240_000)
    assert marks([one, listen("end", 1, 240_001)]) == [None, None]
    assert marks([one, listen("end", 1, 240_000, "u2")]) == [None, None]
    assert (
        marks([listen("end_minute", 0, 240_000), listen("api", 9 * 60_000)])
        == [None] * 2
    )


def test_listens_in_between_hide_no_echo() -> None:
    between = [listen("end", second * 1_000, 1, "u2") for second in range(9)]
    found = marks([listen("end", 0, 240_000), *between, listen("end", 9_000, 240_000)])
    assert found == [None, *[None] * 9, "echo"]


def test_a_device_that_logs_a_track_every_nine_seconds_heard_it_once() -> None:
    rows = [listen("end", 9_000 * number, 149_000) for number in range(100)]
    assert marks(rows) == [None, *["echo"] * 99]


@given(
    st.integers(30_000, 400_000),
    st.integers(0, 999),
    st.sampled_from([floor, ceil, round]),
    st.integers(0, 12_000),
)
def test_a_loop_in_whole_seconds_is_no_echo(
    ms: int, first: int, to_second: Callable[[float], int], fade: int
) -> None:
    """Each ends when the next begins, or fades into it; ends are whole seconds."""
    step = ms - min(fade, ms // 3)
    ends = [to_second((first + step * n) / 1_000) * 1_000 for n in range(20)]
    assert marks([listen("end", end, ms) for end in ends]) == [None] * 20


@settings(max_examples=settings().max_examples // 3)
@given(st.integers(30_000, 400_000), st.integers(0, 59_999), st.integers(0, 12_000))
def test_a_loop_in_minutes_is_no_echo(ms: int, first: int, fade: int) -> None:
    step = ms - min(fade, ms // 3)
    ends = {(first + step * n) // 60_000 * 60_000 for n in range(20)}
    for log in ("end_minute", "start_minute"):
        found = marks([listen(log, end, ms) for end in sorted(ends)])
        assert "echo" not in found


def test_minutes_must_overlap_by_half_whatever_the_seconds_were() -> None:
    rows = [listen("end_minute", 60_000 * n, 240_000) for n in range(3)]
    assert marks(rows) == [None, "echo", "echo"]
    rows = [listen("end_minute", 60_000 * n, 239_999) for n in range(3)]
    assert marks(rows) == [None] * 3
