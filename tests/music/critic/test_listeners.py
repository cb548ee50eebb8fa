"""The made-up listeners resemble real ones."""

import math
import statistics
from collections.abc import Callable
from pathlib import Path

import pytest

from examples.make_export import make_listens
from tests.music.critic.listeners import LISTENERS, profiles_of_all
from unwrapped.music.critic.base_rate import BaseRateCurve, place
from unwrapped.music.critic.base_rates import (
    clock,
    presence,
    repeats,
    sessions,
    shuffle_and_albums,
    skipping,
    spread,
    weekdays,
)
from unwrapped.music.profile.taste_profile import TasteProfile

type Measure = Callable[[TasteProfile], float | None]

SURVEYED: dict[str, tuple[BaseRateCurve, Measure]] = {
    "night": (clock.NIGHT, lambda p: p.clock.night_share),
    "morning": (clock.MORNING, lambda p: p.clock.morning_share),
    "office": (clock.OFFICE, lambda p: p.clock.office_share),
    "evening": (clock.EVENING, lambda p: p.clock.evening_share),
    "peak hour": (clock.PEAK_HOUR, lambda p: p.clock.peak_share),
    "weekend": (weekdays.WEEKEND, lambda p: p.clock.weekend_share),
    "active days": (presence.ACTIVE_DAYS, lambda p: p.days.active_share),
    "streak": (presence.STREAK, lambda p: p.days.streak_days),
    "silence": (presence.SILENCE, lambda p: p.days.silence_days or None),
    "plays a day": (
        presence.PLAYS_A_DAY,
        lambda p: p.volume.plays / p.volume.active_days,
    ),
    "visits": (sessions.VISITS, lambda p: p.sessions.count / p.volume.active_days),
    "dips": (sessions.DIPS, lambda p: p.sessions.dip_share),
    "breadth": (spread.BREADTH, lambda p: p.artists.effective),
    "top artist": (spread.TOP_ARTIST, lambda p: p.artists.top_share),
    "gini": (spread.GINI, lambda p: p.artists.gini),
    "tracks once": (spread.TRACKS_ONCE, lambda p: p.tracks.once_share),
    "artists once": (spread.ARTISTS_ONCE, lambda p: p.artists.once_share),
    "top track": (spread.TOP_TRACK, lambda p: p.tracks.top_share),
    "week of a track": (
        repeats.WEEK_OF_TRACK,
        lambda p: p.repetition.obsessions[0].plays if p.repetition.obsessions else None,
    ),
    "again": (repeats.AGAIN, lambda p: p.repetition.again_share),
    "short listens": (
        skipping.SHORT_LISTENS,
        lambda p: p.lengths.under_30s_share if p.lengths else None,
    ),
    "finished": (
        skipping.FINISHED,
        lambda p: p.endings.finished_share if p.endings else None,
    ),
    "shuffle": (
        shuffle_and_albums.SHUFFLE,
        lambda p: p.shuffle.share if p.shuffle else None,
    ),
    "median play": (
        shuffle_and_albums.MEDIAN_PLAY,
        lambda p: p.lengths.median_play_minutes if p.lengths else None,
    ),
}
"""Measures that have a surveyed base rate."""


@pytest.fixture(scope="module")
def profiles(run_folder: Path) -> list[TasteProfile]:
    return profiles_of_all(run_folder)


@pytest.mark.parametrize("name", SURVEYED)
def test_the_median_is_within_a_spread_of_the_surveyed_one(
    name: str, profiles: list[TasteProfile]
) -> None:
    base_rate, measure = SURVEYED[name]
    away = [
        place(value, base_rate.scale) - place(at.typical, base_rate.scale)
        for profile in profiles
        for at in (base_rate.at(profile.volume.days),)
        if (value := measure(profile)) is not None
    ]
    assert -base_rate.below < statistics.median(away) < base_rate.above


def test_histories_last_from_a_month_to_twelve_years() -> None:
    days = [(one.last - one.first).days + 1 for one in LISTENERS]
    assert min(days) < 60
    assert max(days) > 8 * 365
    assert 300 <= statistics.median(days) <= 400
    assert math.isclose(days.count(365) / len(days), 1 / 3, abs_tol=0.12)


def test_a_long_history_has_enough_artists() -> None:
    assert next(make_listens("omnivore", rows=200_000, years=(2012, 2025))).artist
