"""Stored portraits are read back unchanged, including those of earlier versions."""

import json
from pathlib import Path

import msgspec
import pytest

from tests.music.factories import STORED_PORTRAIT
from tests.web.portraits import one_play, sixteen_years
from unwrapped.music.analysis.portrait_versions import read_stored
from unwrapped.music.profile.basis.listening_time import Timed
from unwrapped.web.portrait_page import render_portrait

EVERYTHING = (
    Path(__file__).with_name("portrait_v1_full.json").read_text(encoding="utf-8")
)
"""A portrait of the first version with every measure, as its owner sees it."""


LATER = (
    *("known_share", "half", "plays_after", "days_after", "long_are_tracks", "crushes"),
    *(
        "mildest",
        "session_opener",
        "session_closer",
        "solo",
        "track_comeback",
        "last_1000_tracks",
    ),
    *("gaps", "warnings", "echoes", "double_scrobbles", "first", "last"),
    *("charts", "moments", "encounters", "company", "sleep", "doubts"),
    *("thesis", "beats", "critic", "model", "replaced"),
    *("dayparts", "titled_time", "dossiers"),
    *("most_broken_off", "least_broken_off", "last_play"),
)
"""Members that later versions added."""


def test_a_stored_portrait_is_read_unchanged(tmp_path: Path) -> None:
    for name, make in {"short": one_play, "long": sixteen_years}.items():
        folder = tmp_path / name
        folder.mkdir()
        stored = msgspec.json.encode(make(folder)).decode()
        assert msgspec.json.encode(read_stored(stored)).decode() == stored


def test_a_portrait_of_the_first_version() -> None:
    stored = json.loads(STORED_PORTRAIT)
    portrait = read_stored(STORED_PORTRAIT)
    assert portrait.schema_version == stored["schema_version"] == 1
    assert portrait.verdict.title == stored["verdict"]["title"]
    assert portrait.profile.clock.hours == stored["profile"]["clock"]["hours"]
    assert [month.plays for month in portrait.profile.months] == [
        month["plays"] for month in stored["profile"]["months"]
    ]


def test_a_portrait_of_the_first_version_with_everything_in_it() -> None:
    stored = json.loads(EVERYTHING)
    portrait = read_stored(EVERYTHING)
    profile = portrait.profile
    assert not profile.absent
    assert portrait.books.files
    assert portrait.books.skipped
    timed: list[Timed] = [
        profile.volume,
        *profile.months,
        *profile.years,
        *profile.favourites.artists,
        *profile.favourites.tracks,
        *profile.favourites.albums,
    ]
    assert {part.known_share for part in timed} == {1.0}
    now = json.loads(msgspec.json.encode(portrait))
    for member in LATER:
        now = _without(now, member)
    assert now == stored
    page = render_portrait(portrait)
    assert portrait.verdict.title.split()[-1] in page
    assert f"{profile.volume.plays:,} plays" in page


def _without(value: object, member: str) -> object:
    """JSON without a member, at any depth."""
    if isinstance(value, dict):
        kept = ((name, part) for name, part in value.items() if name != member)
        return {name: _without(part, member) for name, part in kept}
    if isinstance(value, list):
        return [_without(part, member) for part in value]
    return value


@pytest.mark.parametrize("stored", ["", "{}", "[]", '{"books": "secret"}'])
def test_anything_else_is_refused(stored: str) -> None:
    with pytest.raises(ValueError, match="Portrait"):
        read_stored(stored)
