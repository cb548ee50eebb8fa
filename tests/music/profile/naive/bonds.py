"""Bonds with single artists, row by row."""

from collections.abc import Iterable
from datetime import timedelta

from tests.music.profile.naive.frames import Cut, Placed
from unwrapped.music.profile.artists.bonds import (
    Arrival,
    Bonds,
    Comeback,
    Constant,
    DeepDive,
    Farewell,
    OneTrack,
)

DAY = timedelta(days=1)


def bonds(cut: Cut) -> Bonds:
    return Bonds(
        comeback=_comeback(cut),
        farewell=_farewell(cut),
        arrival=_arrival(cut),
        one_track=_one_track(cut),
        deep_dive=_deep_dive(cut),
        constant=_constant(cut),
    )


def _by_artist(plays: Iterable[Placed]) -> dict[str, list[Placed]]:
    """The plays of each artist, the most played artist first; ties are sorted
    alphabetically."""
    found: dict[str, list[Placed]] = {}
    for play in plays:
        found.setdefault(play.artist, []).append(play)
    return dict(sorted(found.items(), key=lambda one: (-len(one[1]), one[0])))


def _comeback(cut: Cut) -> Comeback | None:
    best: Comeback | None = None
    longest = timedelta(-1)
    for artist, plays in sorted(_by_artist(cut.awake_history).items()):
        for i in range(5, len(plays) - 4):
            left, returned = plays[i - 1], plays[i]
            away = returned.start - left.start
            if returned.day < cut.first_day or away <= longest:
                continue
            longest = away
            best = Comeback(
                artist=artist,
                away_days=(returned.day - left.day).days,
                left_day=left.day,
                returned_day=returned.day,
                plays_before=i,
                plays_since=len(plays) - i,
            )
    return best


def _farewell(cut: Cut) -> Farewell | None:
    last_days = {cut.last_day - i * DAY for i in range(180)}
    for rank, (artist, plays) in enumerate(
        _by_artist(cut.awake_history).items(), start=1
    ):
        if not any(play.day in last_days for play in plays):
            last_day = max(play.day for play in plays)
            after = [play for play in cut.plays if play.day > last_day]
            return Farewell(
                plays_after=len(after),
                days_after=len({play.day for play in after}),
                artist=artist,
                plays=len(plays),
                share=len(plays) / len(cut.history),
                last_day=last_day,
                rank=rank,
            )
    return None


def _arrival(cut: Cut) -> Arrival | None:
    """The arrival; None also when the whole history lies in the last 60 days, so that
    all are new."""
    last_days = {cut.last_day - i * DAY for i in range(60)}
    if cut.history[0].day in last_days:
        return None
    for artist, plays in _by_artist(cut.awake_history).items():
        first = min(play.day for play in plays)
        if first in last_days:
            return Arrival(artist=artist, plays=len(plays), first_day=first)
    return None


def _one_track(cut: Cut) -> OneTrack | None:
    ever = _by_artist(cut.awake_history)
    for artist, plays in _by_artist(cut.awake_plays).items():
        titles = {play.title for play in ever[artist]}
        if len(titles) == 1 and len(plays) >= 20:
            return OneTrack(artist=artist, title=titles.pop(), plays=len(plays))
    return None


def _deep_dive(cut: Cut) -> DeepDive | None:
    tracks = {
        artist: len({play.track for play in plays})
        for artist, plays in _by_artist(cut.awake_plays).items()
    }
    for artist in sorted(tracks, key=lambda name: (-tracks[name], name)):
        return DeepDive(artist=artist, tracks=tracks[artist])
    return None


def _constant(cut: Cut) -> Constant | None:
    of_months = len({play.month for play in cut.plays})
    if of_months < 6 or not cut.awake_plays:
        return None
    artists = _by_artist(cut.awake_plays)
    months = {
        artist: len({play.month for play in plays}) for artist, plays in artists.items()
    }
    artist = min(months, key=lambda name: (-months[name], -len(artists[name]), name))
    return Constant(
        artist=artist,
        months=months[artist],
        of_months=of_months,
        every_month=list(months.values()).count(of_months),
    )
