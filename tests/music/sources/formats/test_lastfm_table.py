"""Traps of Last.fm's tables: each tool's own, written by hand."""

from pathlib import Path

import pytest

from tests.exports import Played, history_at, played
from unwrapped.music.sources.format import DamagedHistory
from unwrapped.music.sources.head import Head
from unwrapped.music.sources.recognition import format_of
from unwrapped.music.sources.upload_reading import NoHistory, read_upload

EIGHT = """\
"uts","utc_time","artist","artist_mbid","album","album_mbid","track","track_mbid"
"1720000000","03 Jul 2024, 09:46","Artist","","LP","","Song",""
"1719999700","03 Jul 2024, 09:41","Artist","","","","Other Song",""
"""
FOUR = """\
utc_time,artist,album,track
"24 Jan 2023, 09:42",Artist,LP,Song
"24 Jan 2023, 09:38","A, B",,"7"" Single"
"""
WITHOUT_HEADER = """\
Artist,LP,Song,15 Aug 2017 21:19
"One; Two; Three; Four; Five",,Other Song,15 Aug 2017 21:15
"""
OWN_SCRIPT = "artist,album,track,uts\nArtist,LP,Song,1720000000\n"
R_SCRIPT = """\
"","date","artist","track","album"
"1",2020-04-13 05:01:31,"Artist","Song","LP"
"2",2020-04-13 04:57:02,"Artist","Other Song",""
"""
STATS = (
    "\ufeffArtist;Album;AlbumId;Track;Date#somebody\r\n"
    '"Artist";"LP";"";"Song";"1720000000000"\r\n'
)
EXPORT = "artist_name,track_name,album_name,timestamp_unix,mbid\nArtist,Song,LP,1720000000,\n"
ARCHIVE = (
    '"ISO time"\t"unixtime"\t"track name"\t"track mbid"\t"artist name"\t"artist mbid"'
    '\t"uncorrected track name"\t"uncorrected artist name"\t"album name"\n'
    '"2013-12-31T23:59:59"\t"1388534399"\t"Song"\t""\t"Artist"\t""\t"Sogn"\t"Artsit"'
    '\t"LP"\n'
)

SECOND, MINUTE = "lastfm", "lastfm_minute"


@pytest.mark.parametrize(
    ("table", "source", "listens"),
    [
        (
            EIGHT,
            SECOND,
            [
                ("2024-07-03 09:41:40", None, "Artist", "Other Song"),
                ("2024-07-03 09:46:40", None, "Artist", "Song"),
            ],
        ),
        (
            FOUR,
            MINUTE,
            [
                ("2023-01-24 09:38:00", None, "A, B", '7" Single'),
                ("2023-01-24 09:42:00", None, "Artist", "Song"),
            ],
        ),
        (
            WITHOUT_HEADER,
            MINUTE,
            [
                (
                    "2017-08-15 21:15:00",
                    None,
                    "One; Two; Three; Four; Five",
                    "Other Song",
                ),
                ("2017-08-15 21:19:00", None, "Artist", "Song"),
            ],
        ),
        (OWN_SCRIPT, SECOND, [("2024-07-03 09:46:40", None, "Artist", "Song")]),
        (
            R_SCRIPT,
            SECOND,
            [
                ("2020-04-13 04:57:02", None, "Artist", "Other Song"),
                ("2020-04-13 05:01:31", None, "Artist", "Song"),
            ],
        ),
        (STATS, SECOND, [("2024-07-03 09:46:40", None, "Artist", "Song")]),
        (EXPORT, SECOND, [("2024-07-03 09:46:40", None, "Artist", "Song")]),
        (ARCHIVE, SECOND, [("2013-12-31 23:59:59", None, "Artist", "Song")]),
    ],
    ids=["eight", "four", "no header", "own", "R", "stats", "export", "archive"],
)
def test_the_table_of_each_tool_is_read(
    tmp_path: Path, table: str, source: str, listens: list[Played]
) -> None:
    (tmp_path / "scrobbles").write_text(table, encoding="utf-8")
    history = history_at(tmp_path)
    assert played(history) == listens
    assert history.listens["source"].unique().to_list() == [source]
    assert history.books.total.rows_read == history.books.total.stored == len(listens)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_columns_may_be_in_any_order_with_any_delimiter(
    tmp_path: Path, delimiter: str, encoding: str
) -> None:
    rows = [
        ["Track", "Loved", " UTS ", "Artist"],
        ["Söng", "1", "1720000000", '"A, B; C | D"'],
        ["Song", "", "1720000300", '"Ar""tist"'],
    ]
    text = "\r\n".join(delimiter.join(row) for row in rows)
    (tmp_path / "x").write_bytes(text.encode(encoding))
    assert played(history_at(tmp_path)) == [
        ("2024-07-03 09:46:40", None, "A, B; C | D", "Söng"),
        ("2024-07-03 09:51:40", None, 'Ar"tist', "Song"),
    ]


def test_rows_are_set_aside_with_the_reason(tmp_path: Path) -> None:
    rows = [
        "uts,artist,album,track",
        ",Artist,,Playing Now",
        "0,Artist,,Of a player without a clock",
        "949363200,Artist,,In the year 2000",
        "nonsense,Artist,,Song",
        "1720000000,Artist,,",
        "1720000000,Artist",
        "",
        "1720000300,,,Without an Artist",
        "1720000300.0,Artist,LP,Song,and,more",
    ]
    (tmp_path / "x.csv").write_text("\n".join(rows))
    history = history_at(tmp_path)
    assert history.books.total.set_aside == {
        "now_playing": 1,
        "wrong_clock": 2,
        "no_track": 2,
        "bad_date": 1,
    }
    assert played(history) == [
        ("2024-07-03 09:51:40", None, "Artist", "Song"),
        ("2024-07-03 09:51:40", None, "Unknown Artist", "Without an Artist"),
    ]


def test_a_file_of_minutes_is_one_log_with_the_rows_that_have_no_time(
    tmp_path: Path,
) -> None:
    rows = ['"",A,,Playing Now', "nonsense,A,,Song", '"24 Jan 2023, 09:42",A,,Song']
    (tmp_path / "x.csv").write_text("\n".join(["utc_time,artist,album,track", *rows]))
    (file,) = history_at(tmp_path).books.files
    assert (file.source, file.account.rows_read) == (MINUTE, 3)


def test_a_clock_that_is_wrong_by_years_is_not_damage(tmp_path: Path) -> None:
    rows = [f"{1_000 * n},Artist,,Song {n}" for n in range(200)]
    (tmp_path / "x.csv").write_text("\n".join(["uts,artist,album,track", *rows]))
    assert history_at(tmp_path).books.total.set_aside == {"wrong_clock": 200}


def test_listens_in_the_same_second_are_kept_and_an_exact_repeat_is_known(
    tmp_path: Path,
) -> None:
    rows = ["1720000000,A,LP,One", "1720000000,A,,One", "1720000000,A,LP,Two"]
    (tmp_path / "x.csv").write_text("\n".join(["uts,artist,album,track", *rows]))
    history = history_at(tmp_path)
    assert [title for *_, title in played(history)] == ["One", "Two"]
    assert history.books.total.known == 1


def test_the_track_that_is_playing_may_come_first_without_a_header(
    tmp_path: Path,
) -> None:
    (tmp_path / "x.csv").write_text("Artist,LP,Playing Now,\n" + WITHOUT_HEADER)
    assert history_at(tmp_path).books.total.set_aside == {"now_playing": 1}


LOCAL = "artist,track,album,played_at\nArtist,Song,LP,2024-07-03 09:46\n"


def test_a_table_with_times_of_an_unknown_zone_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text(LOCAL)
    with pytest.raises(
        NoHistory, match=r"mine\.csv \(a table of plays whose times do not"
    ):
        read_upload([tmp_path])
    (tmp_path / "other.csv").write_text(EIGHT)
    (skipped,) = read_upload([tmp_path]).skipped
    assert skipped.warning
    assert "uts" in skipped.looks_like


@pytest.mark.parametrize(
    "table",
    [
        LOCAL,
        "artist,track,timestamp\nArtist,Song,2024-07-03 09:46:40\n",
        "artist,track,timestamp\n",
        "artist,track,loved\nArtist,Song,1\n",
        "uts,artist\n1720000000,Artist\n",
        "a,b,c,d\n1,2,3,4\n",
        "Artist,LP,Song,2017\n",
    ],
)
def test_other_tables_are_not_recognised(table: str) -> None:
    assert format_of(Head(table.encode())) is None


@pytest.mark.parametrize(
    "time", ["1720000000", "2024-07-03T09:46:40Z", "2024-07-03T11:46:40+02:00"]
)
def test_a_timestamp_with_a_zone_is_read(tmp_path: Path, time: str) -> None:
    (tmp_path / "x").write_text(f"timestamp,artist,track\n{time},Artist,Song\n")
    assert played(history_at(tmp_path)) == [
        ("2024-07-03 09:46:40", None, "Artist", "Song")
    ]


def test_a_quote_that_is_never_closed_is_damage(tmp_path: Path) -> None:
    rows = [f"172000{n:04},Artist,LP,Song" for n in range(9_000)]
    table = ["uts,artist,album,track", '1720000000,"Artist,LP,Song', *rows]
    (tmp_path / "x.csv").write_text("\n".join(table))
    with pytest.raises(DamagedHistory, match=r"x\.csv is cut off or damaged after row"):
        read_upload([tmp_path])
