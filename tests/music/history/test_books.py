"""Whole books, written out: they balance for each file and in total."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from tests.exports import (
    account_row,
    extended_row,
    history_at,
    history_of,
    write_json,
)
from unwrapped.music.history.books import (
    UNCOUNTED,
    Account,
    Books,
    FileBooks,
    StoredCount,
    Tally,
    count_stored,
    keep_books,
)
from unwrapped.music.sources.reading import HistoryFile
from unwrapped.music.sources.reasons import AsideReason
from unwrapped.music.sources.upload_reading import SkippedFile

NO_TRACK = {"master_metadata_track_name": None}


def test_books_of_overlapping_files_of_both_formats(tmp_path: Path) -> None:
    twice = extended_row(ms_played=1)
    write_json(tmp_path / "0.json", [])
    write_json(
        tmp_path / "1.json",
        [extended_row(), twice, twice, extended_row(**NO_TRACK, episode_name="E")],
    )
    write_json(
        tmp_path / "2.json",
        [
            twice,
            extended_row(),
            extended_row(ms_played=2),
            extended_row(ts="x"),
            extended_row(**NO_TRACK),
            extended_row(ms_played=-1),
            extended_row(**NO_TRACK, audiobook_title="B"),
        ],
    )
    write_json(
        tmp_path / "3.json",
        [
            account_row(),
            account_row(),
            account_row(endTime="2021-01-01 10:00"),
            account_row(trackName="Unknown Track", artistName="Unknown Artist"),
        ],
    )
    write_json(tmp_path / "4.json", [account_row(), account_row(msPlayed=3)])
    write_json(tmp_path / "endsong.json", {"not": "history"})

    books = history_at(tmp_path).books
    assert [replace(file, first=None, last=None) for file in books.files] == [
        FileBooks(
            path=f"{tmp_path.name}/1.json",
            source="spotify_extended",
            account=Account(
                rows_read=4, stored=2, known=1, set_aside={"podcast": 1}, shadowed=0
            ),
        ),
        FileBooks(
            path=f"{tmp_path.name}/2.json",
            source="spotify_extended",
            account=Account(
                rows_read=7,
                stored=1,
                known=2,
                set_aside={
                    "audiobook": 1,
                    "no_track": 1,
                    "bad_date": 1,
                    "bad_duration": 1,
                },
                shadowed=0,
            ),
        ),
        FileBooks(
            path=f"{tmp_path.name}/3.json",
            source="spotify_account",
            account=Account(
                rows_read=4, stored=2, known=1, set_aside={"no_track": 1}, shadowed=1
            ),
        ),
        FileBooks(
            path=f"{tmp_path.name}/4.json",
            source="spotify_account",
            account=Account(rows_read=2, stored=1, known=1, set_aside={}, shadowed=1),
        ),
        FileBooks(
            path=f"{tmp_path.name}/0.json",
            source=None,
            account=Account(rows_read=0, stored=0, known=0, set_aside={}, shadowed=0),
        ),
    ]
    assert books.total == Account(
        rows_read=17,
        stored=6,
        known=5,
        set_aside={
            "podcast": 1,
            "audiobook": 1,
            "no_track": 2,
            "bad_date": 1,
            "bad_duration": 1,
        },
        shadowed=2,
    )
    assert list(books.total.set_aside) == [
        "podcast",
        "audiobook",
        "no_track",
        "bad_date",
        "bad_duration",
    ]
    assert books.skipped == [
        SkippedFile(
            f"{tmp_path.name}/endsong.json",
            "JSON without listening history",
            warning=True,
        )
    ]


def test_books_of_a_file_given_twice(tmp_path: Path) -> None:
    file = write_json(tmp_path / "a.json", [extended_row(), extended_row(ts="x")])
    first, second = history_at(file, file).books.files
    assert first.account == Account(
        rows_read=2, stored=1, known=0, set_aside={"bad_date": 1}, shadowed=0
    )
    assert second.account == Account(
        rows_read=2, stored=0, known=1, set_aside={"bad_date": 1}, shadowed=0
    )


def test_books_of_an_upload_without_a_listen(tmp_path: Path) -> None:
    history = history_of(tmp_path, [extended_row(**NO_TRACK, episode_name="E")] * 30)
    assert history.books.total == Account(
        rows_read=30, stored=0, known=0, set_aside={"podcast": 30}, shadowed=0
    )
    assert history.listens.is_empty()


def test_every_reason_can_be_shown() -> None:
    account = Account(
        rows_read=1_005,
        stored=0,
        known=0,
        set_aside=dict.fromkeys(AsideReason, 1) | {"podcast": 1_001},
        shadowed=0,
    )
    assert len(account.reasons()) == len(AsideReason)
    assert account.reasons()[0] == "1,001 podcast episodes"


def test_files_have_the_first_and_the_last_start_of_their_listens(
    tmp_path: Path,
) -> None:
    """Known listens count as well, and rows that are set aside do not."""
    listens = [extended_row(ts=f"2023-05-0{day}T10:00:00Z", ms_played=0)
               for day in (3, 1, 2)]  # fmt: skip
    early = extended_row(ts="2020-01-01T00:00:00Z", **NO_TRACK, episode_name="E")
    books = history_of(tmp_path, listens, [early, *listens[:2]], [early]).books
    span = tuple(datetime(2023, 5, day, 10, tzinfo=UTC) for day in (1, 3))
    assert [(file.first, file.last) for file in books.files] == [
        span, span, (None, None),
    ]  # fmt: skip


def test_every_mark_is_counted_by_file() -> None:
    marks = [None, "richer_source", "echo", "echo", "double_scrobble", None]
    listens = pl.DataFrame(
        {"file": [0, 0, 0, 0, 0, 1], "mark": marks},
        schema={"file": pl.UInt32(), "mark": pl.Enum(list(UNCOUNTED))},
    )
    stored = count_stored(listens)
    assert stored == {
        0: StoredCount(5, {"richer_source": 1, "echo": 2, "double_scrobble": 1}),
        1: StoredCount(1, dict.fromkeys(UNCOUNTED, 0)),
    }
    files = [HistoryFile(f"{n}.json", "spotify_extended", rows) for n, rows in ((0, 9), (1, 1))]  # fmt: skip
    books: Books = keep_books(
        files, [], Tally(aside={}, shortened={}, spans={}), stored
    )
    for account in (books.files[0].account, books.total):
        parts = (account.shadowed, account.echoes, account.double_scrobbles)
        assert parts == (1, 2, 1)
    assert books.total.known == 4
    assert books.total.uncounted() == [
        "1 was not counted: a richer source has the same listen",
        "2 were not counted: the same log has the same listen, begun shortly before",
        "1 was not counted: the same listen was reported twice within seconds",
    ]
    assert books.files[1].account.uncounted() == []
