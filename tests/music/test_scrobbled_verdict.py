"""A verdict over what scrobblers saw: nothing is guessed, and nothing lasts 0 hours."""

import io
import itertools
import re
from datetime import timedelta
from pathlib import Path

import pytest
from rich.console import Console

from examples.listen import Listen
from examples.make_export import make_listens, write_export
from examples.make_scrobbles import WRITERS, scrobbled
from tests.exports import Played, history_at, played
from tests.web.portraits import portrait_of
from unwrapped.cli.display.portrait import draw_portrait
from unwrapped.music.analysis.portrait import Portrait
from unwrapped.web.portrait_page import render_portrait

NAMES = {"lastfm": "scrobbles.csv", "listenbrainz": "listens.zip"}
NO_TIME = "The source does not log how long a listen lasted."
NOTHING_LASTS = re.compile(r"(?<![\d.,:])0(\.0)? (hours|minutes|h|min)\b")


@pytest.fixture(scope="module")
def life() -> list[Listen]:
    return list(make_listens("nostalgic", seed=20, rows=900))


def _written(folder: Path, life: list[Listen], *services: str) -> Path:
    for service in services:
        WRITERS[service](folder / NAMES[service], life)
    return folder


def _shown(portrait: Portrait) -> str:
    """Terminal and page, as their listener reads them."""
    text = io.StringIO()
    draw_portrait(Console(file=text, width=100), portrait, with_books=True)
    page = re.sub(r"<[^>]+>", " ", render_portrait(portrait))
    return re.sub(r"\s+", " ", f"{text.getvalue()} {page}")


@pytest.mark.parametrize("service", WRITERS)
def test_both_forms_of_a_made_up_life_say_what_its_maker_knows(
    tmp_path: Path, life: list[Listen], service: str
) -> None:
    history = history_at(_written(tmp_path, life, service))
    rows = sorted(
        {(began, listen.artist, listen.title) for began, listen in scrobbled(life)}
    )
    # The maker's two devices play one track at once: that is one listen, reported twice.
    twice = {
        later
        for one, later in itertools.pairwise(rows)
        if later[0] - one[0] < timedelta(seconds=15) and one[1:] == later[1:]
    }
    truth: set[Played] = {
        (f"{began:%Y-%m-%d %H:%M:%S}", None, artist, title)
        for began, artist, title in set(rows) - twice
    }
    assert set(played(history)) == truth
    assert history.books.total.double_scrobbles == len(twice) == 1
    assert history.listens["source"].unique().to_list() == [service]
    assert history.books.total.set_aside == {}


def test_what_needs_a_played_time_is_absent_with_its_reason(
    tmp_path: Path, life: list[Listen]
) -> None:
    portrait = portrait_of(_written(tmp_path, life, *WRITERS))
    assert portrait.profile.volume.hours is None
    assert portrait.profile.lengths is None
    assert NO_TIME in portrait.verdict.unsaid
    shown = _shown(portrait)
    assert NO_TIME in shown
    assert not NOTHING_LASTS.search(shown)


def test_all_services_are_read_together(tmp_path: Path, life: list[Listen]) -> None:
    folder = _written(tmp_path, life, *WRITERS)
    write_export(folder / "my_spotify_data.zip", life, "both")
    portrait = portrait_of(folder)
    assert {file.source for file in portrait.books.files} == {
        "spotify_extended",
        "spotify_account",
        *WRITERS,
    }
    assert not NOTHING_LASTS.search(_shown(portrait))


def test_sessions_of_one_play_have_no_length(tmp_path: Path) -> None:
    """They begin and end with the play, whose end nobody knows."""
    rows = [
        f"{1_600_000_000 + day * 86_400},Artist {day % 7},,Song {day % 11}"
        for day in range(400)
    ]
    file = tmp_path / "scrobbles.csv"
    file.write_text("\n".join(["uts,artist,album,track", *rows]))
    assert not NOTHING_LASTS.search(_shown(portrait_of(file)))
