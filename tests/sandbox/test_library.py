"""What made-up listeners play: the same for every request, and one track at a time."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sandbox.running import GRETA, ILKA, ODO
from unwrapped.sandbox.library import (
    LISTENERS,
    RECENT_PLAYS,
    recent_plays,
    top_artists,
    top_tracks,
)
from unwrapped.sandbox.words import ODD_TITLES

MOMENTS = st.integers(0, 1000 * 24 * 3600).map(
    lambda seconds: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


@given(MOMENTS, st.sampled_from([GRETA, ODO]))
@settings(max_examples=15)
def test_plays_end_one_after_the_other_and_none_in_the_future(
    moment: datetime, who: str
) -> None:
    plays = recent_plays(LISTENERS[who], moment)
    assert len(plays) == RECENT_PLAYS
    assert plays[0].played_at <= moment
    for later, earlier in pairwise(plays):
        between = (later.played_at - earlier.played_at) / timedelta(milliseconds=1)
        assert between >= min(later.track.duration_ms, 30_000)
        assert later.played_at.microsecond % 1000 == 0


@given(MOMENTS, st.integers(0, 3 * 3600))
@settings(max_examples=15)
def test_later_requests_add_plays_and_change_none(
    moment: datetime, seconds: int
) -> None:
    greta = LISTENERS[GRETA]
    before = recent_plays(greta, moment)
    after = recent_plays(greta, moment + timedelta(seconds=seconds))
    new = [play for play in after if play.played_at > moment]
    assert after == (new + before)[:RECENT_PLAYS]
    assert len(new) <= seconds / 30 + 1


def test_somebody_listens_day_and_night_and_somebody_in_the_evening() -> None:
    moment = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert moment - recent_plays(LISTENERS[GRETA], moment)[0].played_at < timedelta(minutes=10)  # fmt: skip
    hours = {play.played_at.hour for play in recent_plays(LISTENERS[ODO], moment)}
    assert hours <= {18, 19, 20, 21, 22}


@pytest.mark.parametrize("who", [GRETA, ODO])
def test_favourites_are_played_more_often(who: str) -> None:
    listener = LISTENERS[who]
    moments = [datetime(2026, month, 1, tzinfo=UTC) for month in range(1, 11)]
    played = [one.track for at in moments for one in recent_plays(listener, at)]
    favourites = top_tracks(listener, "medium_term")
    first, last = set(favourites[:60]), set(favourites[-60:])
    assert sum(one in first for one in played) > 3 * sum(one in last for one in played)


def test_two_listeners_share_nothing() -> None:
    greta, odo = (set(top_artists(LISTENERS[who], "long_term")) for who in (GRETA, ODO))
    assert len(greta) == len(odo) == 60
    assert not greta & odo
    assert recent_plays(LISTENERS[ILKA], datetime(2026, 1, 1, tzinfo=UTC)) == []
    assert top_artists(LISTENERS[ILKA], "long_term") == []


def test_a_few_titles_have_special_characters() -> None:
    titles = {track.name for track in top_tracks(LISTENERS[GRETA], "long_term")}
    assert set(ODD_TITLES) <= titles
    ordinary = titles - set(ODD_TITLES)
    assert all(re.fullmatch("[A-Z][a-z]+ [A-Z][a-z]+", title) for title in ordinary)
