"""Portraits are read back as they were, also those of earlier versions."""

import json
from pathlib import Path

import msgspec
import pytest

from tests.music.factories import STORED_PORTRAIT
from tests.web.portraits import one_play, sixteen_years
from unwrapped.music.analysis.stored import read_stored


def test_what_is_read_is_what_was_stored(tmp_path: Path) -> None:
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


@pytest.mark.parametrize("stored", ["", "{}", "[]", '{"books": "secret"}'])
def test_what_is_no_portrait(stored: str) -> None:
    with pytest.raises(ValueError, match="Portrait"):
        read_stored(stored)
