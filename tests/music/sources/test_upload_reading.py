"""Whole uploads: which files are read, skipped or refused."""

import gzip
import os
import re
import zipfile
from pathlib import Path

import pytest

from tests.exports import (
    Row,
    account_row,
    as_json,
    extended_row,
    history_at,
    history_of,
    make_zip,
    played,
    track,
    write_json,
    write_zip,
)
from unwrapped.core.exceptions import Invalid
from unwrapped.music.sources.format import DamagedHistory
from unwrapped.music.sources.limits import (
    Limits,
    TooLarge,
    TooManyBadRows,
    TooManyNames,
    TooManyRows,
)
from unwrapped.music.sources.reading import UPLOAD_SCHEMA, HistoryFile
from unwrapped.music.sources.upload_reading import (
    NoHistory,
    SkippedFile,
    read_upload,
)

HISTORY = as_json([extended_row()])
WEB_PAGE = b"<!DOCTYPE html><html><body>Sign in</body></html>"


def test_rows_come_as_they_were_read(tmp_path: Path) -> None:
    extended = [extended_row(reason_end=None), extended_row(ts="x", ms_played=-5)]
    write_json(tmp_path / "a.json", extended)
    write_json(tmp_path / "b.json", [account_row(trackName="")])
    upload = read_upload([tmp_path])
    assert upload.rows.schema == UPLOAD_SCHEMA
    shown = upload.rows.select("ms_played", "spelling", "reason_end", "log", "file")
    assert shown.rows() == [
        (30_000, 0, None, "spotify_extended", 0),
        (-1, 0, "trackdone", "spotify_extended", 0),
    ]
    assert upload.rows["logged_at"].is_null().to_list() == [False, True]
    assert upload.aside == {1: {"no_track": 1}}
    assert upload.spellings.rows() == [
        ("spotify:track:1", "Artist", "Song", "Album"),
        (None, "Artist", None, None),
    ]
    assert upload.files == [
        HistoryFile(f"{tmp_path.name}/a.json", "spotify_extended", 2),
        HistoryFile(f"{tmp_path.name}/b.json", "spotify_account", 1),
    ]


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"],
)
def test_every_unicode_is_read(tmp_path: Path, encoding: str) -> None:
    text = as_json([track("Sigur Rós", "Ágætis 😀", "u")]).decode()
    (tmp_path / "a.json").write_bytes(text.encode(encoding))
    assert played(history_at(tmp_path)) == [
        ("2023-05-01 09:59:30", 30_000, "Sigur Rós", "Ágætis 😀")
    ]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r'"a\u0000b"', "a\ufffdb"),
        (r'"a\ud800b"', "a\ufffdb"),
        (r'"\udc00"', "\ufffd"),
        (r'"\ud83d\ude00"', "😀"),
        ('"\x01"', "\x01"),
        ("1989", "1989"),
        ("0", "0"),
    ],
)
@pytest.mark.parametrize("source", ["extended", "account"])
def test_odd_names_are_read(
    tmp_path: Path, written: str, read: str, source: str
) -> None:
    row = extended_row(
        master_metadata_track_name="#", master_metadata_album_artist_name="#"
    )
    if source == "account":
        row = account_row(trackName="#", artistName="#")
    text = as_json([row]).decode().replace('"#"', written)
    (tmp_path / "a.json").write_bytes(text.encode())
    history = history_at(tmp_path)
    assert [shown[2:] for shown in played(history)] == [(read, read)]


def test_surrogates_as_raw_bytes_are_read(tmp_path: Path) -> None:
    """Some programs write each UTF-16 unit of a name as a character."""
    data = as_json([track("#", "%", "u")])
    data = data.replace(b"#", "\ud83d\ude00".encode("utf-8", "surrogatepass"))
    data = data.replace(b"%", "\ud83d".encode("utf-8", "surrogatepass"))
    (tmp_path / "a.json").write_bytes(data)
    assert [shown[2:] for shown in played(history_at(tmp_path))] == [("😀", "\ufffd")]


def test_a_lone_surrogate_in_utf_16_is_read(tmp_path: Path) -> None:
    text = as_json([track("A", "#", "u")]).decode().replace("#", "\ud83d")
    (tmp_path / "a.json").write_bytes(text.encode("utf-16", "surrogatepass"))
    assert [shown[2:] for shown in played(history_at(tmp_path))] == [("A", "\ufffd")]


def test_a_row_that_is_not_an_object_is_set_aside(tmp_path: Path) -> None:
    rows = [None, extended_row(), [extended_row()], "row", 5]
    write_json(tmp_path / "a.json", rows)
    history = history_at(tmp_path)
    assert history.books.total.rows_read == 5
    assert history.books.total.set_aside == {"no_object": 3}
    assert history.books.total.stored == 1
    assert history.books.total.known == 1


def test_an_empty_list_beside_history_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"[]")
    (tmp_path / "b.json").write_bytes(HISTORY)
    upload = read_upload([tmp_path])
    assert upload.files == [
        HistoryFile(f"{tmp_path.name}/b.json", "spotify_extended", 1),
        HistoryFile(f"{tmp_path.name}/a.json", None, 0),
    ]
    assert upload.skipped == []


def test_files_that_are_not_history_are_skipped_with_a_warning_if_they_are_named_like_it(
    tmp_path: Path,
) -> None:
    files = {
        "StreamingHistory0.json": WEB_PAGE,
        "endsong_3.json": b"",
        "ReadMeFirst.pdf": b"%PDF-1.7",
        "d/history.json": HISTORY,
        "__MACOSX/d/._history.json": b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X",
        "d/._endsong_0.json": b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X",
    }
    upload = read_upload([write_zip(tmp_path / "a.zip", files)])
    assert upload.skipped == [
        SkippedFile("a.zip/ReadMeFirst.pdf", "a PDF", warning=False),
        SkippedFile("a.zip/StreamingHistory0.json", "a web page", warning=True),
        SkippedFile("a.zip/__MACOSX/d/._history.json", "not text", warning=False),
        SkippedFile("a.zip/d/._endsong_0.json", "not text", warning=False),
        SkippedFile("a.zip/endsong_3.json", "an empty file", warning=True),
    ]
    assert [file.path for file in upload.files] == ["a.zip/d/history.json"]


def test_a_web_page_alone_is_refused_and_named_as_one(tmp_path: Path) -> None:
    (tmp_path / "endsong_0.json").write_bytes(WEB_PAGE)
    with pytest.raises(NoHistory, match=r"endsong_0\.json \(a web page\)"):
        read_upload([tmp_path / "endsong_0.json"])


def test_a_zip_without_history_is_refused_with_the_files_seen(tmp_path: Path) -> None:
    files = {f"{n}.json": b'{"a": 1}' for n in range(5)}
    with pytest.raises(NoHistory) as caught:
        read_upload([write_zip(tmp_path / "a.zip", files)])
    assert caught.value.message.startswith(
        "No listening history found. Seen: a.zip/0.json (JSON without listening"
        " history), a.zip/1.json (JSON without listening history), a.zip/2.json (JSON"
        " without listening history) and 2 more."
    )


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(NoHistory, match=rf"^{tmp_path.name}: there is no file in it"):
        read_upload([tmp_path])


def test_an_empty_list_alone(tmp_path: Path) -> None:
    (tmp_path / "endsong_0.json").write_bytes(b"[]")
    with pytest.raises(NoHistory, match=r"endsong_0\.json.* empty list"):
        read_upload([tmp_path / "endsong_0.json"])


TWO_ROWS = as_json([extended_row(), extended_row(ms_played=1)])

DAMAGE = {
    "in a key": TWO_ROWS[: TWO_ROWS.rindex(b"ms_played") + 3],
    "in a string": TWO_ROWS[: TWO_ROWS.rindex(b"trackdone") + 3],
    "in a number": TWO_ROWS[: TWO_ROWS.rindex(b"1682935170") + 3],
    "after a colon": TWO_ROWS[: TWO_ROWS.rindex(b":") + 1],
    "after a comma in a row": TWO_ROWS[: TWO_ROWS.rindex(b",") + 1],
    "after a row": TWO_ROWS[: TWO_ROWS.index(b"}") + 1],
    "after the comma behind a row": TWO_ROWS[: TWO_ROWS.index(b"}") + 2],
    "before the closing bracket": TWO_ROWS[:-1],
    "garbage behind the end": TWO_ROWS + b"garbage",
    "zeros behind the end": TWO_ROWS + bytes(512),
    "two arrays": TWO_ROWS + TWO_ROWS,
    "a comma too many": TWO_ROWS[:-1] + b",]",
    "a comma too few": TWO_ROWS.replace(b"}, {", b"} {"),
    "zeros inside": TWO_ROWS[:-300] + bytes(200) + TWO_ROWS[-100:],
    "no text inside": TWO_ROWS.replace(b"Artist", b"Art\xffist"),
    "deep nesting": TWO_ROWS[:-1] + b"," + b"[" * 100_000 + b"]" * 100_000 + b"]",
}


@pytest.mark.parametrize("how", DAMAGE)
def test_damaged_history_refuses_the_whole_upload(tmp_path: Path, how: str) -> None:
    (tmp_path / "a.json").write_bytes(HISTORY)
    (tmp_path / "b.json").write_bytes(DAMAGE[how])
    with pytest.raises(DamagedHistory, match=r"/b\.json is .*Nothing was kept"):
        read_upload([tmp_path])
    packed = write_zip(tmp_path / "c.zip", {"x/b.json": DAMAGE[how]})
    with pytest.raises(DamagedHistory, match=r"^c\.zip/x/b\.json is "):
        read_upload([packed])


LIST_OF_LISTS = [
    [extended_row(), extended_row(ts="2023-05-01T10:01:00Z")],
    [extended_row(ts="2023-05-01T10:02:00Z")],
]


def test_a_list_of_lists_is_read(tmp_path: Path) -> None:
    """Arrays in an array, as `jq -s .` joins the files of an export."""
    write_json(tmp_path / "a.json", LIST_OF_LISTS)
    assert history_at(tmp_path).books.total.stored == 3


def test_both_formats_in_one_list_are_read_each_by_its_form(tmp_path: Path) -> None:
    rows: list[object] = [
        extended_row(),
        account_row(endTime="2023-05-01 11:00"),
        {"unknown": 1},
        None,
        account_row(endTime="2023-05-01 12:00", trackName=None, podcastName="P"),
        extended_row(ts="2023-05-01T13:00:00Z"),
    ]
    write_json(tmp_path / "a.json", rows)
    history = history_at(tmp_path / "a.json")
    shown = [
        (file.path, file.source, file.account.rows_read, file.account.set_aside)
        for file in history.books.files
    ]
    assert shown == [
        ("a.json", "spotify_extended", 4, {"no_track": 1, "no_object": 1}),
        ("a.json", "spotify_account", 2, {"podcast": 1}),
    ]
    assert len(played(history)) == 3


def test_rows_without_a_form_are_counted(tmp_path: Path) -> None:
    data = HISTORY[:-1] + b",{}" * 1_000 + b"]"
    (tmp_path / "a.json").write_bytes(data)
    upload = read_upload([tmp_path])
    assert (len(upload.rows), upload.aside) == (1, {0: {"no_track": 1_000}})
    assert [file.rows_read for file in upload.files] == [1_001]


def test_rows_over_the_limit_refuse_the_upload(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(HISTORY[:-1] + b",{}" * 9 + b"]")
    (tmp_path / "b.json").write_bytes(HISTORY)
    assert read_upload([tmp_path / "a.json"], Limits(rows=10)).aside
    with pytest.raises(TooManyRows, match=r"/b\.json: .* more than 10 rows"):
        read_upload([tmp_path], Limits(rows=10))


@pytest.mark.parametrize("over", [{"ts": 1}, {"ms_played": "long"}])
def test_bad_rows_end_the_reading_where_no_later_row_can_help(
    tmp_path: Path, over: Row
) -> None:
    write_json(tmp_path / "a.json", [extended_row(**over)] * 30)
    (tmp_path / "b.json").write_bytes(HISTORY[:-1] + b", cut off")
    with pytest.raises(DamagedHistory, match=r"b\.json"):
        read_upload([tmp_path], Limits(rows=3_000))
    with pytest.raises(TooManyBadRows, match=r"a\.json: 30 rows .* so far"):
        read_upload([tmp_path], Limits(rows=2_999))


def test_rows_without_a_track_do_not_end_the_reading(tmp_path: Path) -> None:
    nameless = extended_row(
        ts="x",
        master_metadata_track_name="Unknown Track",
        master_metadata_album_artist_name=" ",
    )
    write_json(tmp_path / "a.json", [nameless] * 30)
    assert len(read_upload([tmp_path], Limits(rows=100)).rows) == 30


def test_names_over_the_limit_refuse_the_upload(tmp_path: Path) -> None:
    names = ["A" * 900, "B" * 900]
    rows = [extended_row(master_metadata_track_name=name) for name in names]
    write_json(tmp_path / "a.json", rows)
    assert read_upload([tmp_path], Limits(names_characters=2_500)).files
    with pytest.raises(TooManyNames, match=r"more than 1,800 characters"):
        read_upload([tmp_path], Limits(names_characters=1_800))


def test_many_rows_that_are_not_objects_are_damage(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", [extended_row(), *["text"] * 30])
    with pytest.raises(Invalid, match=r"30 of 31 rows .* not objects"):
        history_at(tmp_path)


def _locked(name: str) -> bytes:
    packed = bytearray(make_zip({name: HISTORY}))
    packed[6] |= 1
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    return bytes(packed)


UNRELATED = {
    "locked": (_locked("letters.txt"), "a zip that is locked with a password"),
    "cut off": (make_zip({"letters.txt": HISTORY})[:-30], "a damaged zip"),
    "damaged": (
        make_zip({"letters.txt": HISTORY}, zipfile.ZIP_STORED).replace(b"ts", b"xx"),
        "a damaged zip",
    ),
    "of too many files": (
        make_zip({f"{n}.txt": b"" for n in range(20)}),
        "a zip of too many files",
    ),
}


@pytest.mark.parametrize("how", UNRELATED)
def test_an_unrelated_zip_in_a_folder_is_set_aside(tmp_path: Path, how: str) -> None:
    packed, seen = UNRELATED[how]
    (tmp_path / "a.json").write_bytes(HISTORY)
    (tmp_path / "other.zip").write_bytes(packed)
    upload = read_upload([tmp_path], Limits(entries=10))
    path = f"{tmp_path.name}/other.zip"
    assert upload.skipped == [SkippedFile(path, seen, warning=True)]
    assert len(upload.rows) == 1
    with pytest.raises(Invalid, match=r"^other\.zip"):
        read_upload([tmp_path / "other.zip", tmp_path / "a.json"], Limits(entries=10))


HOLDING = {
    "locked": ("other.zip", _locked("d/Streaming_History_Audio_2020.json")),
    "cut off": ("other.zip", make_zip({"MyData/endsong_0.json": HISTORY})[:-30]),
    "named as one": ("my_spotify_data (1).zip", make_zip({"a.txt": HISTORY})[:-30]),
    "named as another": (
        "listenbrainz_somebody_1720000000.zip",
        make_zip({"a.txt": HISTORY})[:-30],
    ),
    "read before": (
        "other.zip",
        make_zip({"a.json": HISTORY, "b.txt": b"xyz" * 9}, zipfile.ZIP_STORED).replace(
            b"xyzxyz", b"xyzzyx", 1
        ),
    ),
}


@pytest.mark.parametrize("how", HOLDING)
def test_a_damaged_zip_with_history_is_refused(tmp_path: Path, how: str) -> None:
    name, packed = HOLDING[how]
    (tmp_path / "a.json").write_bytes(HISTORY)
    (tmp_path / name).write_bytes(packed)
    with pytest.raises(Invalid, match=rf"/{re.escape(name)}"):
        read_upload([tmp_path])


def test_the_entries_of_office_documents_are_not_read(tmp_path: Path) -> None:
    parts = {"[Content_Types].xml": b"<a/>"} | {f"word/{n}": b"" for n in range(15)}
    for number in range(40):
        write_zip(tmp_path / f"{number}.docx", parts)
    write_zip(tmp_path / "z.zip", {"endsong.json": HISTORY})
    upload = read_upload([tmp_path], Limits(entries=20))
    assert len(upload.rows) == 1
    assert {file.looks_like for file in upload.skipped} == {"an office document"}
    assert not any(file.warning for file in upload.skipped)


def test_files_that_are_left_out_are_named(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (tmp_path / "elsewhere").mkdir()
    write_json(folder / "a.json", [extended_row()])
    (folder / "endsong_1.json.gz").write_bytes(gzip.compress(HISTORY))
    (folder / "linked").symlink_to(tmp_path / "elsewhere")
    assert read_upload([folder]).skipped == [
        SkippedFile("folder/endsong_1.json.gz", "a gzip archive", warning=True),
        SkippedFile("folder/linked", "a link to a folder", warning=True),
    ]


def test_books_list_a_hundred_skipped_files_and_count_the_others(
    tmp_path: Path,
) -> None:
    files = {f"{n:03}.txt": b"x" for n in range(130)} | {"endsong.json": b"x"}
    packed = write_zip(tmp_path / "a.zip", files | {"history.json": HISTORY})
    books = history_at(packed).books
    assert (len(books.skipped), books.more_skipped) == (100, 31)
    assert books.skipped[0].path == "a.zip/endsong.json"


def test_long_names_are_cut_marked_and_counted(tmp_path: Path) -> None:
    long = {
        "master_metadata_track_name": "t" * 5_000,
        "master_metadata_album_artist_name": " " + "a" * 5_000,
        "spotify_track_uri": "u" * 5_000,
    }
    rows = [
        extended_row(**long),
        extended_row(ts="2023-05-01T11:00:00Z", **long),
        extended_row(ts="2023-05-01T12:00:00Z", reason_end="r" * 5_000),
        extended_row(ms_played=-1, **long),
    ]
    history = history_of(tmp_path, rows)
    assert (history.books.total.stored, history.books.total.shortened) == (3, 2)
    title, artist = "t" * 999 + "…", "a" * 999 + "…"
    assert {shown[2:] for shown in played(history)} == {
        (artist, title),
        ("Artist", "Song"),
    }
    assert history.listens["reason_end"].cast(str).str.len_chars().max() == 100


def test_utf_16_cut_inside_a_character(tmp_path: Path) -> None:
    data = as_json([track("A", "é", "u")]).decode().encode("utf-16-le")
    (tmp_path / "a.json").write_bytes(data[:-1])
    with pytest.raises(DamagedHistory, match=r"^a\.json is cut off .* after row 1\."):
        read_upload([tmp_path / "a.json"])


PERSONAL = as_json({"name": "x" * 200_000})


def test_a_personal_file_is_read_no_further_than_its_head(tmp_path: Path) -> None:
    """Reading it to the end would show that its checksum is wrong."""
    packed = make_zip({"Userdata.json": PERSONAL}, zipfile.ZIP_STORED)
    damaged = packed[:150_000] + b"y" + packed[150_001:]
    (tmp_path / "a.zip").write_bytes(damaged)
    (tmp_path / "b.json").write_bytes(HISTORY)
    assert len(read_upload([tmp_path]).rows) == 1


def test_the_damage_of_a_file_of_history_is_found(tmp_path: Path) -> None:
    rows = [extended_row(ms_played=ms) for ms in range(300)]
    packed = make_zip({"a.json": as_json(rows)}, zipfile.ZIP_STORED)
    assert len(packed) > 150_001
    (tmp_path / "a.zip").write_bytes(packed[:150_000] + b"y" + packed[150_001:])
    with pytest.raises(Invalid, match=r"^a\.zip/a\.json is "):
        read_upload([tmp_path / "a.zip"])


def test_a_huge_personal_file_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "Userdata.json").open("wb") as file:
        file.write(b'{"email": "')
        file.truncate(1 << 36)
    (tmp_path / "b.json").write_bytes(HISTORY)
    assert len(read_upload([tmp_path]).rows) == 1


def test_limits_can_be_given(tmp_path: Path) -> None:
    packed = write_zip(tmp_path / "a.zip", {"a.json": HISTORY})
    assert len(read_upload([packed], Limits(total_bytes=len(HISTORY))).rows) == 1
    with pytest.raises(TooLarge, match=r"^a\.zip/a\.json"):
        read_upload([packed], Limits(total_bytes=len(HISTORY) - 1))


def test_progress_goes_from_nothing_to_all_over_history_alone(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", [extended_row()] * 3)
    write_json(tmp_path / "b.json", {"personal": "x" * 1_000})
    write_zip(tmp_path / "c.zip", {"c.json": HISTORY})
    size = (tmp_path / "a.json").stat().st_size + len(HISTORY)
    seen: list[tuple[int, int]] = []
    read_upload([tmp_path], on_progress=lambda *step: seen.append(step))
    assert seen == sorted(seen)
    assert {total for _, total in seen} == {size}
    assert seen[-1] == (size, size)


@pytest.mark.skipif(os.name != "posix", reason="names are bytes on POSIX alone")
def test_a_file_whose_name_is_not_text_is_read_and_can_be_shown(tmp_path: Path) -> None:
    """A name from a zip that another system has packed."""
    name = os.fsdecode(b"M\xfcller.json")
    (tmp_path / name).write_bytes(HISTORY)
    [file] = read_upload([tmp_path]).files
    assert file.path.encode("utf-8")
