"""Dossiers, row by row."""

from collections import Counter
from collections.abc import Collection
from datetime import date, timedelta
from itertools import pairwise

from tests.music.profile.naive.frames import Cut, Placed, Track
from tests.music.profile.naive.liking import ranked
from unwrapped.music.profile.dossiers import DayDossier, Dossier, Dossiers

DAY = timedelta(days=1)


def dossiers(
    cut: Cut,
    artists: Collection[str],
    tracks: Collection[Track],
    days: Collection[date],
) -> Dossiers:
    plays = cut.awake_plays
    return Dossiers(
        artists=[
            _dossier(cut, own, "")
            for name in sorted(artists)
            if (own := [play for play in plays if play.artist == name])
        ],
        tracks=[
            _dossier(cut, own, title)
            for artist, title in _in_order(cut, tracks)
            if (own := [play for play in plays if play.track == (artist, title)])
        ],
        days=[
            _day(cut, own)
            for day in sorted(days)
            if (own := [play for play in plays if play.day == day])
        ],
    )


def _in_order(cut: Cut, tracks: Collection[Track]) -> list[Track]:
    """The most played tracks first; ties are sorted by title and artist."""
    counts = Counter(play.track for play in cut.awake_plays)
    return sorted(tracks, key=lambda one: (-counts[one], one[1], one[0]))


def _dossier(cut: Cut, own: list[Placed], title: str) -> Dossier:
    artist, days = own[0].artist, sorted({play.day for play in own})
    by_day = Counter(play.day for play in own)
    by_hour = Counter(play.local.hour for play in own)
    away = max((after - day for day, after in pairwise(days)), default=timedelta(0))
    left, returned = next(
        (pair for pair in pairwise(days) if pair[1] - pair[0] == away), (days[0],) * 2
    )
    busiest = min(by_day, key=lambda day: (-by_day[day], day))
    peak = min(by_hour, key=lambda hour: (-by_hour[hour], hour))
    of_artist = [play for play in cut.awake_plays if play.artist == artist]
    beside = ranked(play.title for play in of_artist if play.title != title)[:2]
    return Dossier(
        artist=artist,
        title=title,
        plays=len(own),
        days=len(days),
        led=_led(cut, own, title),
        first_day=(first := _first(cut, own[0], title)),
        history_before=(first - cut.awake_history[0].day).days,
        last_day=days[-1],
        busiest_day=busiest,
        busiest_plays=by_day[busiest],
        away_days=away.days,
        left_day=left,
        returned_day=returned,
        peak_hour=peak,
        peak_hour_plays=by_hour[peak],
        weekend_plays=sum(play.day.weekday() >= 5 for play in own),
        titles=[name for name, _ in beside],
        titles_plays=[plays for _, plays in beside],
        artist_plays=len(of_artist),
        artist_tracks=len({play.title for play in of_artist}),
    )


def _first(cut: Cut, one: Placed, title: str) -> date:
    return min(
        play.day
        for play in cut.awake_history
        if play.artist == one.artist and title in ("", play.title)
    )


def _led(cut: Cut, own: list[Placed], title: str) -> int:
    led = 0
    for month in {play.month for play in own}:
        counts = Counter(
            play.track if title else play.artist
            for play in cut.awake_plays
            if play.month == month
        )
        key = own[0].track if title else own[0].artist
        led += all(n < counts[key] for name, n in counts.items() if name != key)
    return led


def _day(cut: Cut, own: list[Placed]) -> DayDossier:
    day, every = own[0].day, Counter(play.day for play in cut.plays)
    artists = ranked(play.artist for play in own)
    tracks = ranked(play.track for play in own)
    (artist, artist_plays), ((by, title), title_plays) = artists[0], tracks[0]
    return DayDossier(
        day=day,
        plays=len(own),
        artists=len(artists),
        tracks=len(tracks),
        artist=artist,
        artist_plays=artist_plays,
        title=title,
        title_artist=by,
        title_plays=title_plays,
        first_hour=own[0].local.hour,
        last_hour=own[-1].local.hour,
        before=every[day - DAY],
        after=every[day + DAY],
    )
