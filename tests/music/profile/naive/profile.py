"""Computes the whole profile by plain loops, and finds where a profile differs from it.

It follows the definitions (the docstrings of `music/profile/` and the design), not the code:
it uses no frames and no vectors, only what the rows contain.
"""

from dataclasses import asdict, replace
from zoneinfo import ZoneInfo

import pytest

from tests.music.profile.histories import Listen
from tests.music.profile.naive import (
    artists,
    bonds,
    dossiers,
    leaders_by_time,
    liking,
    rhythm,
    sessions,
    volume,
)
from tests.music.profile.naive.frames import cut
from unwrapped.music.history.period import Period
from unwrapped.music.profile.taste_profile import (
    ABSENT,
    PODCASTS,
    TasteProfile,
    named_in,
)


def naive_profile(
    rows: list[Listen], period: Period, zone: ZoneInfo, top: int = 10
) -> TasteProfile | None:
    """The profile of `rows`, in order; None when the period has no play."""
    cutting = cut(rows, period, zone)
    if cutting is None:
        return None
    spread = artists.diversity(play.artist for play in cutting.plays)
    optional = {
        "novelty": (novelty := artists.novelty(cutting)),
        "loyalty": (loyalty := artists.loyalty(cutting)),
        "turnover": (turnover := artists.turnover(cutting)),
        "endings": (endings := rhythm.endings(cutting)),
        "lengths": (lengths := rhythm.lengths(cutting)),
        "shuffle": (shuffle := rhythm.shuffle(cutting)),
        "albums": (albums := sessions.albums(cutting)),
    }
    profile = TasteProfile(
        volume=volume.volume(cutting),
        months=volume.months(cutting),
        years=volume.years(cutting),
        artists=spread,
        tracks=artists.diversity(play.track for play in cutting.plays),
        novelty=novelty,
        loyalty=loyalty,
        turnover=turnover,
        repetition=sessions.repetition(cutting),
        sessions=sessions.sessions(cutting),
        clock=rhythm.clock(cutting),
        days=rhythm.days(cutting),
        endings=endings,
        lengths=lengths,
        shuffle=shuffle,
        albums=albums,
        bonds=bonds.bonds(cutting),
        charts=liking.charts(cutting),
        moments=liking.moments(cutting),
        encounters=liking.encounters(cutting),
        company=liking.company(cutting),
        dayparts=leaders_by_time.dayparts(cutting),
        titled_time=leaders_by_time.titled_time(cutting),
        sleep=liking.sleep(cutting),
        favourites=volume.favourites(cutting, top),
        axes=artists.axes(spread, novelty),
        absent={
            name: ABSENT[name] for name, value in optional.items() if value is None
        },
        doubts=[
            PODCASTS
            for play in cutting.plays
            if play.row.source == "spotify_account" and play.day.year < 2024
        ][:1],
    )
    return replace(profile, dossiers=dossiers.dossiers(cutting, *named_in(profile)))


def differences(expected: TasteProfile, got: TasteProfile) -> list[str]:
    """Every field in which `got` has another value, or a value of another type."""
    return _differences("profile", asdict(expected), asdict(got))


def _differences(path: str, expected: object, got: object) -> list[str]:
    if isinstance(expected, dict) and isinstance(got, dict):
        if expected.keys() != got.keys():
            return [f"{path}: expected {sorted(expected)}, got {sorted(got)}"]
        parts = [(f"{path}.{key}", expected[key], got[key]) for key in expected]
    elif isinstance(expected, list) and isinstance(got, list):
        if len(expected) != len(got):
            return [f"{path}: expected {expected}, got {got}"]
        parts = [
            (f"{path}[{i}]", one, other)
            for i, (one, other) in enumerate(zip(expected, got, strict=True))
        ]
    elif type(expected) is not type(got) or not _same(expected, got):
        return [f"{path}: expected {expected!r}, got {got!r}"]
    else:
        return []
    return [line for part in parts for line in _differences(*part)]


def _same(expected: object, got: object) -> bool:
    if isinstance(expected, float):
        return bool(got == pytest.approx(expected, rel=1e-9))
    return expected == got
