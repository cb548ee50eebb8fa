"""Similar paths are suggested for one that does not exist."""

from pathlib import Path

import pytest

from unwrapped.music.sources.path_suggestions import did_you_mean


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with exports in it."""
    for name in ("exports/spotify_2024.zip", "exports/spotify_2025.zip", "notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("exports/spotfy_2024.zip", "exports/spotify_2024.zip"),
        ("exprts/spotify_2024.zip", "exports/spotify_2024.zip"),
        ("Exports/spotify_2025.zip", "exports/spotify_2025.zip"),
        ("note.txt", "notes.txt"),
    ],
)
def test_the_nearest_comes_first(folder: Path, given: str, meant: str) -> None:
    assert did_you_mean(folder / given).startswith(f" Did you mean {folder / meant}")


def test_two_at_most_are_named(folder: Path) -> None:
    said = did_you_mean(folder / "exports/spotify_202.zip")
    assert said.count("spotify_") == 2
    assert " or " in said


@pytest.mark.parametrize(
    "given", ["quite/other", "exprts/nothing.zip", "xyz", "a\x00b", "notes.txt/a"]
)
def test_nothing_is_suggested_without_a_similar_name(folder: Path, given: str) -> None:
    assert did_you_mean(folder / given) == ""


def test_relative_paths_stay_relative(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    assert did_you_mean(Path("notes.tx")) == " Did you mean notes.txt?"
