"""`unwrapped analyze` as a user runs it, on the example export."""

import json
import re
from pathlib import Path

import jsonschema
import pytest

from tests.cli.running import EXAMPLE, analyze, run, unwrapped
from tests.exports import extended_row, varied_rows, write_json
from tests.processes import UNWRAPPED

DOCS = Path(__file__).parents[3] / "docs"
ANSI = "\x1b["


def few_rows(folder: Path) -> Path:
    """A small export, for what does not depend on the size."""
    rows = [extended_row(ts=f"2023-05-01T10:{n:02}:00Z") for n in range(20)]
    return write_json(folder / "a.json", rows)


def test_the_example_in_plain_words_with_all_its_parts() -> None:
    outcome = analyze(EXAMPLE, "--tz", "Etc/UTC")
    assert outcome.code == 0
    assert outcome.err == ""
    assert ANSI not in outcome.out
    for part in ("Where you stand", "Listening clock", "Hours per month", "Artist", "Track", "The books"):  # fmt: skip
        assert part in outcome.out
    assert re.search(r"([\d,]+) rows read = ([\d,]+) stored", outcome.out)
    assert re.search(r"28 December 2025, UTC ", outcome.out)
    text = " ".join(outcome.out.split())
    assert "168 hours" not in text
    assert "effective" not in text


def test_no_line_is_wider_than_the_terminal_and_wide_ones_are_used(
    tmp_path: Path,
) -> None:
    from rich.cells import cell_len

    export = write_json(tmp_path / "a.json", varied_rows())
    args = ("--top", "30", "--books")
    narrow, wide = (
        analyze(export, *args, COLUMNS=columns).out.splitlines()
        for columns in ("80", "200")
    )
    assert max(map(cell_len, narrow)) <= 80
    assert max(map(cell_len, wide)) <= 200
    assert len(wide) < len(narrow)


def test_colours_are_printed_only_where_they_are_wanted(tmp_path: Path) -> None:
    export = few_rows(tmp_path)
    assert ANSI in analyze(export, FORCE_COLOR="1", TERM="xterm-256color").out
    bare = analyze(export, NO_COLOR="1", FORCE_COLOR="1", TERM="xterm-256color").out
    assert not re.search(r"\x1b\[[\d;]*(3\d|4\d|9\d)m", bare)


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "cp1252"])
def test_a_locale_without_utf8_gets_plain_characters(
    tmp_path: Path, encoding: str
) -> None:
    outcome = analyze(few_rows(tmp_path), PYTHONIOENCODING=encoding)
    assert outcome.code == 0
    assert "Unwrapped" in outcome.out
    assert "#" in outcome.out


def test_quiet_prints_the_title_and_the_line_only(tmp_path: Path) -> None:
    lines = analyze(few_rows(tmp_path), "--quiet").out.splitlines()
    assert len(lines) == 2
    assert 2 <= len(lines[0].split()) <= 8


def test_the_example_in_json() -> None:
    # Neither the locale matters nor the order of sets, which differs between processes.
    env = {"PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONHASHSEED": "1"}
    started = run([*UNWRAPPED, "analyze", str(EXAMPLE), "--json"], env)
    document = json.loads(analyze(EXAMPLE, "--json").out)
    assert document == json.loads(started.out)
    assert_fits_the_published_schema(document)
    assert "(88 public histories" in json.dumps(document["verdict"])
    books = document["books"]
    for account in [books["total"], *(file["account"] for file in books["files"])]:
        aside = sum(account["set_aside"].values())
        assert account["rows_read"] == account["stored"] + account["known"] + aside
    assert books["total"]["shadowed"] > 0
    assert books["total"]["known"] > 0


def assert_fits_the_published_schema(document: object) -> None:
    schema = json.loads((DOCS / "verdict.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(document, schema)


def test_json_contains_no_control_characters(tmp_path: Path) -> None:
    name = "\x9b31m\u202eevil\u2069\u061c\u200e\u200f"
    rows = [extended_row(master_metadata_album_artist_name=name)]
    export = write_json(tmp_path / "endsong.json", rows)
    outcome = analyze(export, "--json")
    assert outcome.code == 0
    assert not set("\x9b\u202e\u2069\u061c\u200e\u200f") & set(outcome.out)
    [artist] = json.loads(outcome.out)["profile"]["favourites"]["artists"]
    assert artist["artist"] == name


def test_a_period_a_zone_and_the_length_of_the_lists(tmp_path: Path) -> None:
    export = write_json(tmp_path / "a.json", varied_rows())
    args = ("--period", "2024-06", "--top", "3", "--tz", "America/Indianapolis")
    portrait = json.loads(analyze(export, "--json", *args).out)
    assert_fits_the_published_schema(portrait)
    assert portrait["zone"] == "America/Indianapolis"
    assert portrait["period"]["text"] == "2024-06"
    assert [year["year"] for year in portrait["profile"]["years"]] == [2024]
    favourites = portrait["profile"]["favourites"]
    kinds = ("artists", "tracks", "albums")
    assert [len(favourites[kind]) for kind in kinds] == [3, 3, 3]


def test_the_zone_is_the_machines_unless_given(tmp_path: Path) -> None:
    export = few_rows(tmp_path)
    for args, zone in (([], "Asia/Tokyo"), (["--tz", "Etc/UTC"], "Etc/UTC")):
        outcome = analyze(export, "--json", *args, TZ="Asia/Tokyo")
        assert json.loads(outcome.out)["zone"] == zone


def test_the_page_is_written_beside_the_verdict(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    outcome = analyze(few_rows(tmp_path / "few"), "--html", page)
    assert outcome.code == 0
    assert "The books" in outcome.out
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert {file.name for file in tmp_path.iterdir()} == {"few", "page.html"}
    size = f"{page.stat().st_size / 1024:,.0f}"
    assert outcome.err == f"The page is {page} ({size} KiB).\n"


def test_the_page_is_opened_in_the_browser(tmp_path: Path) -> None:
    page, seen = tmp_path / "a page.html", tmp_path / "seen"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {seen}\n')
    browser.chmod(0o755)
    args = (str(few_rows(tmp_path)), "--quiet", "--html", str(page), "--open")
    command = [*UNWRAPPED, "analyze", *args]
    outcome = run(command, {"BROWSER": str(browser)})
    assert (outcome.code, outcome.err) == (0, "")
    assert seen.read_text() == page.as_uri()
    unfound = run(command, {"BROWSER": "/nowhere/browser", "PATH": "/nowhere"})
    assert unfound.code == 0
    assert "open" in unfound.err
    assert "yourself" in unfound.err


def test_open_needs_a_page() -> None:
    outcome = analyze(EXAMPLE, "--open")
    assert outcome.code == 2
    assert "--html" in outcome.err


def test_help_and_version() -> None:
    for args in (["--help"], ["analyze", "--help"], ["-h"]):
        outcome = unwrapped(*args)
        assert outcome.code == 0
        assert "Usage: unwrapped" in outcome.out
    version = run([*UNWRAPPED, "--version"], {})
    assert re.fullmatch(r"unwrapped \d+\.\d+\.\d+\n", version.out)


def test_a_single_file_has_no_hint_at_the_option_books(tmp_path: Path) -> None:
    outcome = analyze(few_rows(tmp_path))
    assert "20 rows read = 20 stored + 0 known already + 0 set aside" in outcome.out
    assert "1 files read" not in outcome.out
    assert "--books" not in outcome.out
