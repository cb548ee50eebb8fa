"""The logs of Spotify, Last.fm and ListenBrainz of one made-up life are one history."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from examples.listen import Listen
from examples.make_export import make_listens, write_export
from examples.make_scrobbles import scrobbled, write_lastfm, write_listenbrainz
from tests.exports import history_at, played

MOST_HIDDEN = 0.05
"""The largest share of a scrobbler's own plays that may be hidden: loops of one track
(decision 0046).
"""

MARGIN = timedelta(seconds=34)
"""The margin of the rule, three seconds of clock error and one of rounding."""


@pytest.fixture(scope="module")
def life() -> list[Listen]:
    return list(make_listens("nostalgic", seed=20, rows=700))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, life: list[Listen]) -> list[Path]:
    folder = tmp_path_factory.mktemp("life")
    paths = [
        folder / name for name in ("extended.zip", "account.zip", "l.csv", "lb.zip")
    ]
    write_export(paths[0], life, "extended")
    write_export(paths[1], life, "account")
    write_lastfm(paths[2], life)
    write_listenbrainz(paths[3], life)
    return paths


@pytest.mark.long
def test_the_history_is_the_known_one_in_any_order_of_imports(
    files: list[Path], life: list[Listen]
) -> None:
    alone, whole = history_at(files[0]), history_at(*files)
    music = {
        (listen.ended_at, listen.ms_played, listen.uri)
        for listen in life
        if listen.medium in {"track", "video"}
    }
    assert len(whole.listens) == len(music)
    assert_frame_equal(whole.listens, alone.listens)
    assert_frame_equal(history_at(*files[2:], *files[1::-1]).listens, whole.listens)


def test_two_scrobblers_of_one_life_are_one_history(files: list[Path]) -> None:
    _, _, lastfm, listenbrainz = files
    both = history_at(lastfm, listenbrainz)
    assert set(played(both)) == set(played(history_at(listenbrainz)))


def _began(listen: Listen) -> datetime:
    return listen.ended_at - timedelta(milliseconds=listen.ms_played)


def _is_repeated(listen: Listen, exported: Sequence[Listen]) -> bool:
    """Whether the export has a listen to the same track during which this one began."""
    return any(
        other.title == listen.title
        and _began(other) - MARGIN <= _began(listen) <= other.ended_at + MARGIN
        for other in exported
    )


@pytest.mark.parametrize(
    ("kind", "late"), [("nostalgic", -3), ("nostalgic", 3), ("obsessive", 0)]
)
def test_listens_that_only_a_scrobbler_has_count_and_none_counts_twice(
    tmp_path: Path, kind: str, late: int
) -> None:
    """Only the scrobbler, whose clock is off, has a fifth of the listens."""
    export, scrobbles = tmp_path / "extended.zip", tmp_path / "scrobbles.csv"
    life = list(make_listens(kind, seed=20, rows=1_000))
    exported = [listen for number, listen in enumerate(life) if number % 5]
    off = timedelta(seconds=late)
    write_export(export, exported, "extended")
    write_lastfm(scrobbles, (replace(one, ended_at=one.ended_at + off) for one in life))
    listens = history_at(export, scrobbles).listens
    own = {(began + off, one.title): one for began, one in scrobbled(life[::5])}
    of_scrobbler = listens.filter(pl.col("source") == "lastfm")
    counted = set(of_scrobbler.select("started_at", "title").iter_rows())
    assert counted <= own.keys()
    hidden = [one for key, one in own.items() if key not in counted]
    assert all(_is_repeated(one, exported) for one in hidden)
    if kind == "nostalgic":  # who repeats a track as rarely as most people do
        assert len(hidden) <= MOST_HIDDEN * len(own)
