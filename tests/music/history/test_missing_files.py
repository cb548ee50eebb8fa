"""Missing files are found by the names, lengths and spans of all files."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unwrapped.music.history.books import Account, FileBooks
from unwrapped.music.history.missing_files import SERIES, warn_of_files
from unwrapped.music.history.warnings import Span, WarningCode, holes
from unwrapped.music.sources.logs import LogName

ZIP = "my_spotify_data.zip/Spotify Extended Streaming History"


def file(
    path: str,
    first: int | None = None,
    last: int | None = None,
    *,
    log: LogName | None = LogName.SPOTIFY_EXTENDED,
    rows: int = 100,
) -> FileBooks:
    """The books of a file with listens from one day of 2022 to another."""
    return FileBooks(
        path=path,
        source=log,
        account=Account(rows_read=rows, stored=rows, known=0, set_aside={}, shadowed=0),
        first=day(first),
        last=day(last),
    )


def span(first: int, last: int) -> Span:
    begin = datetime(2022, 1, 1, tzinfo=UTC)
    return Span(begin + timedelta(days=first), begin + timedelta(days=last))


def day(number: int | None) -> datetime | None:
    if number is None:
        return None
    return datetime(2022, 1, 1, tzinfo=UTC) + timedelta(days=number)


def account_file(path: str, *days: int, rows: int = 100) -> FileBooks:
    return file(path, *days, log=LogName.SPOTIFY_ACCOUNT, rows=rows)


def audio(number: int, *days: int) -> FileBooks:
    return file(f"Streaming_History_Audio_2022-2024_{number}.json", *days)


def texts(*files: FileBooks) -> list[str]:
    return [warning.text for warning in warn_of_files(files)]


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (
            ["Streaming_History_Audio_2022_0.json", "Streaming_History_Audio_2024_2.json"],
            "Streaming_History_Audio_..._1 is missing: files are numbered 0 and 2.",
        ),
        (
            [
                f"a.zip/{ZIP}/Streaming_History_Audio_2015-2018_0.json",
                "streaming_history_audio_2019_2 (1).json",
                "folder/Streaming_History_Audio_2020_6.json.gz",
            ],
            "Streaming_History_Audio_..._1 and 3 to 5 are missing: files are numbered"
            " 0, 2 and 6.",
        ),
        (
            ["Streaming_History_Audio_2024_2.json"],
            "Streaming_History_Audio_..._0 and 1 are missing: the only file is"
            " numbered 2.",
        ),
        (
            ["endsong_0.json", "MyData/endsong_2.json", "endsong_3.json"],
            "endsong_1 is missing: files are numbered 0, 2 and 3.",
        ),
        (
            ["StreamingHistory0.json", "StreamingHistory2.json"],
            "StreamingHistory1 is missing: files are numbered 0 and 2.",
        ),
        (
            ["StreamingHistory_music_1.json"],
            "StreamingHistory_music_0 is missing: the only file is numbered 1.",
        ),
    ],
)  # fmt: skip
def test_a_number_that_is_missing(paths: list[str], expected: str) -> None:
    (warning,) = warn_of_files([file(path) for path in paths])
    assert warning.text == expected
    assert warning.code == WarningCode.MISSING_FILE
    assert warning.advice.startswith("Look for ")
    assert [name.rpartition("_")[2].removeprefix("StreamingHistory")
            for name in warning.names] == [str(n) for n in warning.numbers]  # fmt: skip


@pytest.mark.parametrize(
    "paths",
    [
        [],
        ["Streaming_History_Audio_2022_0.json", "Streaming_History_Audio_2024_1.json"],
        # A single file has no number, and neither has the file of music videos.
        ["Streaming_History_Audio_2016.json", "Streaming_History_Audio_2017_1.json"],
        ["Streaming_History_Video_2018-2024.json"],
        # Numbers in other names mean nothing.
        ["2023_5.json", "Streaming3.json", "StreamingHistory_podcast_2.json"],
        ["Streaming_History_Audio_2022_4000.json", "endsong_1_of_3.json"],
        ["StreamingHistory0.json", "StreamingHistory_music_0.json", "endsong_0.json"],
    ],
)
def test_complete_files_give_no_warning(paths: list[str]) -> None:
    assert texts(*[file(path) for path in paths]) == []


def test_the_hole_is_between_the_neighbours() -> None:
    files = [
        audio(0, 0, 99),
        audio(1, 100, 199),
        audio(3, 300, 399),
        audio(6, 500, 599),
    ]
    (warning,) = warn_of_files(files)
    assert warning.numbers == [2, 4, 5]
    assert holes([warning]) == [span(199, 300), span(399, 500)]


def test_gaps_without_known_ends_have_no_span() -> None:
    for files in (
        [audio(0), audio(2)],
        [audio(0, 0, 99), audio(2)],
        [audio(1, 0, 99)],
        # The numbers of these files are not in the order of time.
        [file("endsong_0.json", 0, 50), file("endsong_2.json", 100, 150)],
    ):
        (warning,) = warn_of_files(files)
        assert warning.spans == []


def test_a_gap_that_other_files_cover_is_not_missing() -> None:
    first, last = audio(0, 0, 99), audio(2, 200, 299)
    assert texts(first, audio(1, 100, 199), last) == []
    assert texts(first, file("renamed.json", 102, 196), last) == []
    assert texts(audio(3, 200, 299), file("endsong_0.json", 0, 250)) == []
    # Only the last files of a newer export were given.
    assert texts(first, audio(1, 100, 220), audio(3, 210, 299)) == []
    account = [account_file("StreamingHistory0.json", 0, 99),
               account_file("StreamingHistory2.json", 200, 299)]  # fmt: skip
    assert texts(*account, file("all of it.json", 0, 400)) == []


def test_a_gap_that_other_files_cover_in_part_is_missing_in_part() -> None:
    first, last = audio(0, 0, 99), audio(2, 200, 299)
    (warning,) = warn_of_files([first, file("endsong_0.json", 0, 150), last])
    assert warning.spans == [span(150, 200)]
    for poorer in (
        file("Streaming_History_Video_2022.json", 0, 400),
        account_file("StreamingHistory0.json", 0, 400),
    ):
        (warning,) = warn_of_files([first, poorer, last])
        assert warning.spans == [span(99, 200)]


def test_a_full_file_of_account_data() -> None:
    full = account_file("a.zip/StreamingHistory0.json", 0, 99, rows=10_000)
    (warning,) = warn_of_files([full, account_file("b.json", 0, 50), full])
    assert warning.code == WarningCode.FULL_FILE
    assert warning.names == ["StreamingHistory0.json"]
    assert warning.text == (
        "StreamingHistory0.json is full, with 10,000 rows, and no file continues it."
    )
    for follower in (
        account_file("StreamingHistory1.json"),
        account_file("renamed.json", 99, 120),
        audio(0, 0, 300),
    ):
        assert texts(full, follower) == []
    assert texts(account_file("a.json", 0, 9, rows=9_999)) == []
    # Books of earlier versions have no first and last listen, so a number is needed.
    assert texts(account_file("a.json", rows=10_000)) == []
    (warning,) = warn_of_files([account_file("StreamingHistory0.json", rows=10_000)])
    assert warning.names == ["StreamingHistory0.json"]
    assert texts(audio(0, 0, 9), file("b.json", 0, 9, rows=10_000)) == []


NAMES = st.sampled_from(
    [
        *(f"Streaming_History_Audio_2022_{n}.json" for n in range(5)),
        *(f"x.zip/endsong_{n}.json" for n in range(4)),
        *(f"StreamingHistory{n}.json" for n in range(4)),
        *(f"StreamingHistory_music_{n}.json" for n in range(4)),
        "renamed.json",
    ]
)
FILES = st.builds(
    lambda name, start, length, log, rows: file(
        name, start, None if start is None else start + length, log=log, rows=rows
    ),
    NAMES,
    st.none() | st.integers(0, 50),
    st.integers(0, 20),
    st.sampled_from([None, LogName.SPOTIFY_EXTENDED, LogName.SPOTIFY_ACCOUNT]),
    st.sampled_from([0, 9_999, 10_000]),
)


@given(st.lists(FILES, max_size=12).flatmap(
    lambda files: st.tuples(st.just(files), st.permutations(files))
))  # fmt: skip
def test_the_order_of_files_does_not_matter(
    orders: tuple[list[FileBooks], list[FileBooks]],
) -> None:
    one, other = orders
    warnings = warn_of_files(one)
    assert warn_of_files(other) == warnings
    # Giving a file again changes nothing either.
    assert warn_of_files([*one, *one]) == warnings
    for hole in holes(warnings):
        assert hole.first < hole.last
    present = [
        {number for f in one if (number := series.number_of(f.path)) is not None}
        for series in SERIES
    ]
    missing = [w.numbers for w in warnings if w.code == WarningCode.MISSING_FILE]
    for numbers in missing:
        assert any(
            max(numbers) < max(there, default=-1) and not there & set(numbers)
            for there in present
        )
        assert all(a < b for a, b in pairwise(numbers))
