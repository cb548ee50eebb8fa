"""Listed turns of phrase are found, with what to write instead."""

from pathlib import Path

import pytest

from tools.english import Allowed, Turn, WordList, faults, read_list, tracked_files


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.py"
    path.write_text(
        '"""Begin it\n# anew."""\nroman = "Anew, by E. Raimund"\nbegin_it_anew()\n',
        "utf-8",
    )
    return path


def words(*allowed: Allowed) -> WordList:
    turn = Turn(pattern=r"(it )?\banew\b", why="archaic", better="again")
    return WordList(skip=[], turn=[turn], exception=list(allowed))


def test_a_turn_is_found_in_any_case_across_lines_and_in_names(page: Path) -> None:
    assert list(faults([page], words())) == [
        f"{page}:1: “it # anew”: again (archaic)",
        f"{page}:3: “Anew”: again (archaic)",
        f"{page}:4: “it-anew”: again (archaic)",
    ]


def test_an_exception_allows_its_line_alone(page: Path) -> None:
    title = Allowed(file=page.as_posix(), text="E. Raimund", why="a title")
    assert list(faults([page], words(title))) == [
        f"{page}:1: “it # anew”: again (archaic)",
        f"{page}:4: “it-anew”: again (archaic)",
    ]


def test_an_exception_that_nothing_needs_is_a_fault(page: Path) -> None:
    page.write_text("", "utf-8")
    title = Allowed(file=page.as_posix(), text="E. Raimund", why="a title")
    assert list(faults([page], words(title))) == [
        f"english.toml: nothing needs the exception “E. Raimund” ({page.as_posix()})"
    ]


def test_tracked_files_leave_out_what_is_skipped() -> None:
    names = [path.as_posix() for path in tracked_files(read_list().skip)]
    assert "pyproject.toml" in names
    assert not [name for name in names if "/critic/stock/" in name]
