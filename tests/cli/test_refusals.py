"""Bad input, given to the real command: one clear line, code 2, never a verdict."""

import json
import os
import resource
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.running import EXAMPLE, analyze, assert_refused, unwrapped
from tests.exports import (
    account_row,
    as_json,
    extended_row,
    make_zip,
    nested_zip,
    varied_rows,
    write_json,
)
from tests.processes import PIPE, UNWRAPPED, environment, start

NOBODY = 65_534
HISTORY = "Streaming_History_Audio_2023_1.json"


def rows(count: int = 40) -> list[dict[str, object]]:
    return [
        extended_row(ts=f"2023-05-01T{n // 60:02}:{n % 60:02}:00Z")
        for n in range(count)
    ]


def locked_zip() -> bytes:
    """A zip whose only entry is marked as encrypted."""
    packed = bytearray(make_zip({HISTORY: as_json(rows())}))
    packed[6] |= 1
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    return bytes(packed)


def bomb() -> bytes:
    return make_zip({HISTORY: b"[" + b" " * (60 << 20) + b"]"})


def crowd() -> bytes:
    """A zip with one entry too many."""
    return make_zip({f"{n}.json": b"[]" for n in range(10_001)}, zipfile.ZIP_STORED)


WHOLE = as_json(rows(), indent=2)
DEEP = b"[" + WHOLE[1:-1] + b"," + b'{"x":' * 100_000

# Content that takes a while to make is made by a test, not when tests are collected.
REFUSED: dict[str, tuple[str, bytes | Callable[[], bytes], str]] = {
    "zip bomb by ratio": ("a.zip", bomb, "zip bomb"),
    "zip with a password": ("a.zip", locked_zip(), "password"),
    "zip cut off": ("a.zip", make_zip({HISTORY: WHOLE})[:-200], "damaged"),
    "zip nested too deep": (
        "a.zip",
        nested_zip({HISTORY: WHOLE}, 4),
        "nested in too many zips",
    ),
    "too many entries": ("a.zip", crowd, "10,000"),
    "empty zip": ("a.zip", make_zip({}), "no file in it"),
    "cut in a row": (HISTORY, WHOLE[: len(WHOLE) // 2], "cut off or damaged after row"),
    "cut after a row": (HISTORY, WHOLE[:-1], "after row 40"),
    "cut in a zip": ("a.zip", make_zip({HISTORY: WHOLE[:-300]}), HISTORY),
    "garbage after the end": (HISTORY, WHOLE + b"<html>", "damaged"),
    "nested too deep": (HISTORY, DEEP, "damaged"),
    "web page": (HISTORY, b"<!DOCTYPE html><html>", "a web page"),
    "empty file": (HISTORY, b"", "an empty file"),
    "empty list": (HISTORY, b"[]", "an empty list"),
    "personal file": (
        "Userdata.json",
        b'{"username": "x"}',
        "without listening history",
    ),
    "list of other things": (
        "a.json",
        b'[{"query": "x"}]',
        "without listening history",
    ),
    "pdf": ("ReadMe.pdf", b"%PDF-1.7", "a PDF"),
    "not UTF-8": (HISTORY, WHOLE.replace(b"Artist", b"Art\xffst"), "damaged"),
    "wrong dates": (
        HISTORY,
        as_json([extended_row(ts="yesterday") for _ in range(30)]),
        "30 of 30 rows",
    ),
    "wrong types": (
        HISTORY,
        as_json([extended_row(ms_played=[{}], ts={}) for _ in range(30)]),
        "have no readable duration",
    ),
    "huge numbers": (
        HISTORY,
        as_json(rows()).replace(b"30000", b"1e400"),
        "have no readable date, or",
    ),
    "only podcasts": (
        HISTORY,
        as_json([extended_row(master_metadata_track_name=None, episode_name="E")] * 20),
        "There is no music in it: 20 podcast episodes, which are not judged.",
    ),
    "unknown keys": (
        HISTORY,
        b'[{"ts": "2023-05-01T10:00:00Z", "ms_played": 30000, "song": "x"}]',
        "There is no music in it: 1 row without the name of a track.",
    ),
    "not UTF-8 in the first row": (
        HISTORY,
        WHOLE.replace(b"Artist", b"Bj\xf6rk", 1),
        "damaged in row 1, which is not UTF-8 text",
    ),
    "only short listens": (HISTORY, as_json([extended_row(ms_played=1)]), "no play"),
}


@pytest.mark.parametrize(("name", "content", "said"), REFUSED.values(), ids=REFUSED)
def test_refused(
    name: str, content: bytes | Callable[[], bytes], said: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content())
    assert_refused(analyze(path), said)
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_one_damaged_file_refuses_the_whole_upload(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", rows())
    (tmp_path / "b.json").write_bytes(WHOLE[:-300])
    assert_refused(analyze(tmp_path), "b.json")


def test_a_path_that_does_not_exist(tmp_path: Path) -> None:
    assert_refused(analyze(tmp_path / "no.zip"), "no.zip does not exist")


def test_a_mistyped_path_is_answered_with_a_similar_one(tmp_path: Path) -> None:
    folder = tmp_path / "Downloads"
    folder.mkdir()
    export = write_json(folder / "my_spotify_data.zip", rows())
    for path in (folder / "my_spotfy_data.zip", tmp_path / "downloads" / export.name):
        assert_refused(analyze(path), f"does not exist. Did you mean {export}?")


def test_an_empty_folder(tmp_path: Path) -> None:
    assert_refused(analyze(tmp_path), "no file in it")


def test_no_permission_to_read(tmp_path: Path) -> None:
    path = write_json(tmp_path / "locked.json", rows())
    assert analyze(path).code == 0  # which loads what not everybody may read
    path.chmod(0)
    for parent in [tmp_path, *tmp_path.parents][:4]:
        parent.chmod(parent.stat().st_mode | 0o055)
    user = os.geteuid()
    os.seteuid(user or NOBODY)  # root reads everything
    try:
        outcome = analyze(path)
    finally:
        os.seteuid(user)
    assert_refused(outcome, "locked.json", "permission denied")


def test_hostile_names_do_not_reach_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(make_zip({"\x1b[2J\x1b]0;evil\x07.json": WHOLE[:-300]}))
    assert_refused(analyze(path), "damaged")


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Europe/Berln", "Did you mean Europe/Berlin"),
        ("New York", "America/New_York"),
        ("Mars/Olympus", "not a time zone"),
        ("../../etc/passwd", "not a time zone"),
    ],
)
def test_an_unknown_time_zone(zone: str, said: str) -> None:
    assert_refused(analyze(EXAMPLE, "--tz", zone), said)


def test_a_machine_without_a_known_time_zone() -> None:
    assert_refused(analyze(EXAMPLE, TZ="Mars/Olympus"), "--tz")


@pytest.mark.parametrize("period", ["2025-13", "yesterday", "2025-02-30..2025-03-01"])
def test_an_unknown_period(period: str) -> None:
    assert_refused(analyze(EXAMPLE, "--period", period), "is not a period")


def test_a_period_without_plays_says_which_years_have_some(tmp_path: Path) -> None:
    export = write_json(tmp_path / "a.json", varied_rows())
    outcome = analyze(export, "--period", "1999")
    assert_refused(outcome, "no play in 1999", "2022, 2023, 2024, 2025, 2026")


@pytest.mark.parametrize(
    "args", [["analyze"], ["analyse", "x"], ["analyze", "x", "--top", "0"], ["--nope"]]
)
def test_wrong_usage_ends_with_code_2(args: list[str]) -> None:
    outcome = unwrapped(*args)
    assert outcome.code == 2
    assert outcome.out == ""
    assert "Error: " in outcome.err
    assert "Traceback" not in outcome.err


def test_a_full_disk_leaves_no_half_page(tmp_path: Path) -> None:
    export = write_json(tmp_path / "a.json", rows())
    page = tmp_path / "page.html"
    page.write_text("the page of last year", encoding="utf-8")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, before[1]))
    try:
        outcome = analyze(export, "--html", page)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert_refused(outcome, "page.html cannot be written: File too large")
    assert page.read_text(encoding="utf-8") == "the page of last year"
    assert {file.name for file in tmp_path.iterdir()} == {"a.json", "page.html"}


def test_a_folder_for_the_page_that_does_not_exist(tmp_path: Path) -> None:
    export = write_json(tmp_path / "a.json", rows())
    outcome = analyze(export, "--html", tmp_path / "no" / "page.html")
    assert_refused(outcome, "page.html cannot be written: No such file or directory")


def test_a_file_that_is_only_named_like_history_gets_a_warning(tmp_path: Path) -> None:
    account = [account_row(endTime=f"2023-05-01 10:{n:02}") for n in range(20)]
    write_json(tmp_path / "history.json", account)
    (tmp_path / HISTORY).write_bytes(b"<html></html>")
    outcome = analyze(tmp_path, "--json")
    assert outcome.code == 0
    assert json.loads(outcome.out)["books"]["total"]["rows_read"] == 20
    assert HISTORY in outcome.err
    assert "a web page" in outcome.err


def test_a_closed_pipe_is_no_traceback(tmp_path: Path) -> None:
    export = write_json(tmp_path / "a.json", rows())
    command = (*UNWRAPPED, "analyze", str(export))
    process = start(command, env=environment(), stdout=PIPE, stderr=PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    with process.stderr:
        assert process.stderr.read() == b""
    assert process.wait() == 1
