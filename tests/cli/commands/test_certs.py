"""`unwrapped certs` as a user runs it."""

import os
import shlex
from pathlib import Path

import pytest

from tests.cli.running import Outcome, assert_refused, unwrapped


def certs(*args: str | Path, **env: str) -> Outcome:
    return unwrapped("certs", *args, env=env)


def test_the_files_and_the_ways_to_trust_the_ca_are_printed(tmp_path: Path) -> None:
    outcome = certs("nas.lan", "192.168.1.5", "--out", tmp_path / "new" / "certs")
    assert outcome.code == 0, outcome.err
    assert outcome.err == ""
    assert "for localhost, 127.0.0.1, ::1, nas.lan, 192.168.1.5, valid" in outcome.out
    assert "is new, since there was none" in outcome.out
    for name in ("ca.crt", "server.crt", "server.key"):
        assert str(tmp_path / "new" / "certs" / name) in outcome.out
        assert (tmp_path / "new" / "certs" / name).is_file()
    for system in ("update-ca-certificates", "certutil -d sql:", "security add-trusted-cert", "-addstore", "Firefox"):  # fmt: skip
        assert system in outcome.out
    assert "Chromium accepts no wildcard" not in outcome.out


def test_a_second_run_says_that_the_ca_is_kept(tmp_path: Path) -> None:
    certs("*.home.arpa", "--out", tmp_path)
    again = certs("*.home.arpa", "--out", tmp_path).out
    assert "is kept: browsers that trust it need no change" in again
    assert "Chromium accepts no wildcard directly below home.arpa" in again
    other = certs("pi.lan", "--out", tmp_path).out
    assert "is new, since the old one is not for pi.lan" in other


def test_the_home_is_the_default_folder(tmp_path: Path) -> None:
    outcome = certs(UNWRAPPED_HOME=str(tmp_path / "home"))
    assert outcome.code == 0, outcome.err
    assert (tmp_path / "home" / "certs" / "server.key").stat().st_mode & 0o777 == 0o600


def test_the_path_of_a_relative_folder_is_printed_in_full(tmp_path: Path) -> None:
    folder = Path(os.path.relpath(tmp_path / "certs"))
    output = certs("--out", folder).out
    assert str(Path.cwd() / folder / "ca.crt") in output
    assert (tmp_path / "certs" / "ca.crt").is_file()


@pytest.mark.parametrize("name", ["my certs", "$(touch x)", "a'b", "é"])
def test_commands_to_copy_hold_any_path(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    outcome = certs("--out", folder)
    line = next(line for line in outcome.out.splitlines() if "certutil -d" in line)
    assert shlex.split(line)[-1] == str(folder / "ca.crt")


def test_a_locale_without_the_letters_of_a_path(tmp_path: Path) -> None:
    outcome = certs("--out", tmp_path / "日", PYTHONIOENCODING="latin-1")
    assert outcome.code == 0, outcome.err
    assert "?/ca.crt" in outcome.out


@pytest.mark.parametrize("name", ["https://nas.lan", "*.lan", "\x1b[31m", "224.0.0.1"])
def test_an_invalid_name_is_refused_in_one_line(tmp_path: Path, name: str) -> None:
    assert_refused(certs(name, "--out", tmp_path), "is no")
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_place_of_the_folder_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "certs").touch()
    assert_refused(certs("--out", tmp_path / "certs"), "cannot be created: File exists")


def test_the_help_has_examples_of_names() -> None:
    outcome = certs("--help")
    assert outcome.code == 0
    assert "*.nas.lan" in outcome.out
    assert "--out FOLDER" in outcome.out
