"""Which logs look shifted or back-filled, and which do not."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unwrapped.music.history.odd_times import COMPARED, MOST_SPANS, warn_of_times
from unwrapped.music.history.warnings import HistoryWarning, Span, WarningCode
from unwrapped.music.sources.logs import LogName
from unwrapped.music.sources.rows.frame import LOG_DTYPE

EXTENDED, ACCOUNT = LogName.SPOTIFY_EXTENDED, LogName.SPOTIFY_ACCOUNT
API = LogName.SPOTIFY_API
"""Its listens have no length, and lasted 30 seconds at least."""

BEGIN = datetime(2023, 1, 1, 8, tzinfo=UTC)
SECOND, MINUTE, HOUR = (timedelta(seconds=n) for n in (1, 60, 3600))

type Listen = tuple[datetime, int | None, int, int, LogName]
"""Start, milliseconds, track, artist, log."""


def frame(listens: list[Listen]) -> pl.DataFrame:
    return pl.DataFrame(
        listens,
        orient="row",
        schema={
            "started_at": pl.Datetime("us", "UTC"),
            "ms_played": pl.Int64(),
            "track": pl.UInt32(),
            "artist": pl.UInt32(),
            "source": LOG_DTYPE,
        },
    )


def warnings(*logs: list[Listen]) -> list[HistoryWarning]:
    return warn_of_times(frame([listen for log in logs for listen in log]))


def lived(seed: int, days: int = 40, tracks: int = 60) -> list[Listen]:
    """A listener's weeks: an hour or two a day, tracks of two to six minutes."""
    rng = random.Random(seed)  # noqa: S311 - a history, no secret
    listens: list[Listen] = []
    for number in range(days):
        at = BEGIN + number * 24 * HOUR + rng.uniform(0, 12 * 3600) * SECOND
        for _ in range(rng.randint(10, 25)):
            track = min(int(rng.expovariate(6 / tracks)), tracks - 1)
            ms = 120_000 + track * 4_001
            at = at.replace(microsecond=0)
            listens.append((at, ms, track, track % 17, EXTENDED))
            at += ms * timedelta(milliseconds=1) + rng.choice([0, 1, 40]) * SECOND
    return listens


def in_account(listens: list[Listen], offset: timedelta = timedelta()) -> list[Listen]:
    """The same in account data: the end cut to its minute."""
    return [
        ((at + offset + played(ms)).replace(second=0) - played(ms), ms, track, by, ACCOUNT)
        for at, ms, track, by, _ in listens
    ]  # fmt: skip


def in_api(listens: list[Listen], offset: timedelta = timedelta()) -> list[Listen]:
    """The same from the API: a moment near the end, and no length."""
    return [
        (at + offset + played(ms) - SECOND, None, track, by, API)
        for at, ms, track, by, _ in listens
    ]


def later(listens: list[Listen], offset: timedelta) -> list[Listen]:
    return [(at + offset, ms, track, by, log) for at, ms, track, by, log in listens]


def played(ms: int | None) -> timedelta:
    return timedelta(milliseconds=ms or 0)


@pytest.mark.parametrize(
    ("copy", "quarters"),
    [*((in_account, n) for n in (1, 4, -20, 23, 56, -48)), (in_api, 1), (in_api, -20)],
)
def test_a_log_in_the_wrong_zone_is_shifted(
    copy: Callable[[list[Listen], timedelta], list[Listen]], quarters: int
) -> None:
    listens = lived(1)
    shifted = copy(listens, quarters * 15 * MINUTE)
    (warning,) = warnings(listens, shifted)
    assert warning.code == WarningCode.SHIFTED
    assert warning.offset_minutes == quarters * 15
    assert warning.logs == [shifted[0][-1], EXTENDED]
    assert warning.listens is not None
    assert warning.listens > 0.9 * len(listens)


def test_the_text_of_a_shift() -> None:
    listens = lived(2)
    (warning,) = warnings(listens, in_account(listens, 5 * HOUR + 45 * MINUTE))
    assert warning.text == (
        "Spotify account data looks shifted: of"
        f" {len(listens):,} listens that were compared, {warning.listens:,} are listens"
        " of Spotify extended streaming history, only 5 hours 45 minutes later."
    )
    (warning,) = warnings(listens, in_account(listens, -HOUR))
    assert warning.text.endswith("1 hour earlier.")


def test_a_zone_with_summer_time_has_two_differences() -> None:
    winter, summer = lived(3, days=20), lived(4, days=20)
    summer = later(summer, 3000 * HOUR)
    found = warnings(winter, summer, in_account(winter, HOUR), in_account(summer, 2 * HOUR))  # fmt: skip
    assert {warning.offset_minutes for warning in found} == {60, 120}


def test_a_shift_is_found_although_most_names_differ() -> None:
    """The log renames two of three tracks; the others are enough."""
    listens = lived(5)
    renamed: list[Listen] = [
        (start, ms, track if track % 3 else track + 1000, artist, log)
        for start, ms, track, artist, log in in_account(listens, 2 * HOUR)
    ]
    assert [w.offset_minutes for w in warnings(listens, renamed)] == [120]


@pytest.mark.parametrize("seed", range(3))
def test_logs_that_are_not_shifted(seed: int) -> None:
    listens, others = lived(seed), lived(seed + 100)
    assert warnings(listens) == []
    assert warnings(listens, in_account(listens)) == []
    assert warnings(listens, in_api(listens, SECOND)) == []
    # Two devices that play the same favourites, each in its own log.
    assert warnings(listens, in_account(others)) == []
    # A clock that is seven minutes off is no time zone.
    assert warnings(listens, in_account(listens, 7 * MINUTE)) == []


def test_loops_are_not_shifted() -> None:
    """Songs of five minutes, each all day long: every difference fits somewhere."""
    looped: list[Listen] = [
        (BEGIN + n * 5 * MINUTE, 300_000, n // 200, n // 200, EXTENDED)
        for n in range(12 * 200)
    ]
    others = later(looped, 2 * MINUTE)
    assert warnings(looped, in_account(others)) == []


def test_an_album_in_a_loop_is_not_shifted() -> None:
    """Half an hour of ten songs, all day for a week: each second difference fits."""
    album: list[Listen] = [
        (BEGIN + day * 24 * HOUR + n * 3 * MINUTE, 180_000, n % 10, 1, EXTENDED)
        for day in range(7)
        for n in range(12 * 20)
    ]
    assert warnings(album, in_account(later(album, 15 * MINUTE))) == []


def test_a_playlist_twice_a_day_is_not_shifted() -> None:
    """It is played in the morning on one device and nine hours later on another, for thirty days."""
    rng = random.Random(7)  # noqa: S311 - a history, no secret
    mornings: list[Listen] = []
    evenings: list[Listen] = []
    for day in range(30):
        at = BEGIN + day * 24 * HOUR + rng.randint(-1800, 1800) * SECOND
        late = 9 * HOUR + rng.randint(-1800, 1800) * SECOND
        for track in range(20):
            start = at + track * 200 * SECOND
            mornings.append((start, 200_000, track, track, EXTENDED))
            evenings.append((start + late, 200_000, track, track, EXTENDED))
    assert warnings(mornings, in_account(evenings)) == []


def test_only_a_part_of_a_long_log_is_compared() -> None:
    listens = lived(8, days=200)
    assert len(listens) > COMPARED
    (warning,) = warnings(listens, in_account(listens, 3 * HOUR))
    assert warning.listens is not None
    assert 0.9 * COMPARED / 2 < warning.listens <= COMPARED


def scrobbled(gaps: list[timedelta], artists: int = 30) -> list[Listen]:
    at = BEGIN
    listens: list[Listen] = []
    for number, gap in enumerate(gaps):
        listens.append((at, None, number, number % artists, API))
        at += gap
    return listens


@pytest.mark.parametrize(
    "gaps",
    [
        [timedelta(0)] * 70,
        [timedelta(seconds=2)] * 40,
        [timedelta(seconds=29)] * 30,
        [timedelta(minutes=3)] * 40,
        [timedelta(seconds=31)] * 40,
    ],
)
def test_listens_seconds_apart_or_in_a_steady_beat_are_back_filled(
    gaps: list[timedelta],
) -> None:
    filled = scrobbled(gaps)
    (warning,) = warnings(lived(1), filled)
    assert warning.code == WarningCode.BACK_FILLED
    assert warning.logs == [API]
    assert warning.listens is not None
    assert len(filled) - 3 <= warning.listens <= len(filled)
    assert warning.text == (
        f"Spotify, recently played looks back-filled: {warning.listens} listens of"
        " 1 January 2023 are seconds apart or in one steady beat, which is not how people listen."
    )
    (span,) = warning.spans
    assert BEGIN <= span.first < BEGIN + 7 * MINUTE
    assert span.last == filled[-1][0]


def test_listens_of_known_length_that_were_sent_together() -> None:
    together: list[Listen] = [
        (BEGIN - n * SECOND, 60_000 + n * 1000, n, n, EXTENDED) for n in range(30)
    ]
    (warning,) = warnings(together)
    assert (warning.code, warning.listens) == (WarningCode.BACK_FILLED, 29)


def test_listens_that_are_not_back_filled() -> None:
    skipped: list[Listen] = [
        (BEGIN + n * SECOND, 900, n, n, EXTENDED) for n in range(500)
    ]
    device: list[Listen] = [  # a device logged the same track every nine seconds
        (BEGIN + n * 9 * SECOND, 149_000, 1, 1, EXTENDED) for n in range(60)
    ]
    rain: list[Listen] = [  # tracks that are equally long
        (BEGIN + n * 90 * SECOND, 90_000, n, n, EXTENDED) for n in range(200)
    ]
    record = scrobbled([3 * MINUTE] * 40, artists=1)  # scrobbled by hand
    few = scrobbled([SECOND] * 20)
    unsteady = scrobbled([(150 + n % 7) * SECOND for n in range(200)])
    loop: list[Listen] = [
        (start, ms, 5, 5, log) for start, ms, _, _, log in scrobbled([SECOND] * 99)
    ]
    minutes: list[Listen] = [(start.replace(second=0), ms, track, track, ACCOUNT)
               for start, ms, track, *_ in rain]  # fmt: skip
    unknown: list[Listen] = [  # of a log that has skipped tracks, too
        (start, None, track, artist, EXTENDED)
        for start, _, track, artist, _ in scrobbled([SECOND] * 99)
    ]
    for listens in (skipped, device, rain, record, few, unsteady, loop, minutes, unknown):  # fmt: skip
        assert warnings(listens) == []


def test_the_longest_of_many_runs_are_listed() -> None:
    gaps = [24 * HOUR if n % 30 == 29 else SECOND for n in range(30 * (MOST_SPANS + 5))]
    gaps[3:3] = [SECOND] * 5  # the first run is the longest
    (warning,) = warnings(scrobbled(gaps))
    assert len(warning.spans) == MOST_SPANS
    assert warning.listens == 29 * (MOST_SPANS + 5) + 5
    assert warning.spans[0] == Span(BEGIN + SECOND, BEGIN + 34 * SECOND)
    assert warning.spans == sorted(warning.spans, key=lambda span: span.first)


MIXED = [
    *lived(1, days=12),
    *in_account(lived(1, days=12), HOUR),
    *scrobbled([SECOND] * 50),
]


@settings(max_examples=5)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rng: random.Random) -> None:
    shuffled = MIXED.copy()
    rng.shuffle(shuffled)
    found = warnings(shuffled)
    assert found == warnings(MIXED)
    assert [w.code for w in found] == [WarningCode.SHIFTED, WarningCode.BACK_FILLED]


def test_a_history_without_listens_has_no_warning() -> None:
    assert warnings([]) == []
    short: list[Listen] = [(BEGIN, 1_000, 1, 1, ACCOUNT)]
    assert warnings(lived(1), short) == []
    assert warnings(short) == []
    assert warnings(lived(1)[:1], in_account(lived(1)[:1])) == []
