"""Volume, months, years and top lists, row by row."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from tests.music.profile.histories import at
from tests.music.profile.naive.frames import Cut, Placed
from unwrapped.music.profile.most_played.top_lists import (
    Favourites,
    TopAlbum,
    TopArtist,
    TopTrack,
)
from unwrapped.music.profile.volume import Month, Volume, Year

HOUR = timedelta(hours=1)


def union(listens: Iterable[Placed]) -> timedelta:
    """The length of the union of the listens' intervals."""
    total, until = timedelta(0), at("0001-01-01")
    for start, end in sorted((one.start, one.end) for one in listens):
        total += max(timedelta(0), end - max(start, until))
        until = max(until, end)
    return total


def volume(cut: Cut) -> Volume:
    albums = {(p.artist, p.row.album) for p in cut.plays if p.row.album is not None}
    return Volume(
        listens=len(cut.listens),
        plays=len(cut.plays),
        hours=union(cut.listens) / HOUR if _share(cut.plays) else None,
        known_share=_share(cut.plays),
        artists=len({play.artist for play in cut.plays}),
        tracks=len({play.track for play in cut.plays}),
        albums=len(albums) or None,
        first_day=cut.first_day,
        last_day=cut.last_day,
        days=(cut.last_day - cut.first_day).days + 1,
        active_days=len({play.day for play in cut.plays}),
    )


def months(cut: Cut) -> list[Month]:
    found, month = [], cut.first_day.replace(day=1)
    while month <= cut.last_day:
        following = (month + timedelta(days=31)).replace(day=1)
        plays = [play for play in cut.plays if month <= play.day < following]
        found.append(
            Month(
                month=month,
                plays=len(plays),
                hours=_hours(cut, month, following) if _share(plays) else None,
                known_share=_share(plays),
            )
        )
        month = following
    return found


def years(cut: Cut) -> list[Year]:
    found = []
    for year in range(cut.first_day.year, cut.last_day.year + 1):
        plays = Counter(play.artist for play in cut.plays if play.day.year == year)
        if not plays:
            continue
        mine = [play for play in cut.plays if play.day.year == year]
        top = min(plays, key=lambda artist: (-plays[artist], artist))
        found.append(
            Year(
                year=year,
                plays=plays.total(),
                hours=_hours(cut, date(year, 1, 1), date(year + 1, 1, 1))
                if _share(mine)
                else None,
                known_share=_share(mine),
                artists=len(plays),
                top_artist=top,
                top_artist_plays=plays[top],
            )
        )
    return found


def _hours(cut: Cut, first: date, following: date) -> float:
    """The time that the listens from `first` to before `following` add to the union of
    all before them, so that the parts of a period sum to the whole."""
    before = union(one for one in cut.listens if one.day < first)
    through = union(one for one in cut.listens if one.day < following)
    return (through - before) / HOUR


def favourites(cut: Cut, count: int) -> Favourites:
    return Favourites(
        artists=_artists(cut)[:count],
        tracks=_tracks(cut)[:count],
        albums=_albums(cut)[:count],
    )


def _artists(cut: Cut) -> list[TopArtist]:
    found = []
    for artist, plays in Counter(play.artist for play in cut.plays).items():
        found.append(
            TopArtist(
                artist=artist,
                plays=plays,
                share=plays / len(cut.plays),
                hours=_sum([one for one in cut.listens if one.artist == artist]),
                known_share=_share([p for p in cut.plays if p.artist == artist]),
                tracks=len({p.track for p in cut.plays if p.artist == artist}),
                first_day=min(p.day for p in cut.history if p.artist == artist),
            )
        )
    return sorted(found, key=lambda top: (-top.plays, top.artist))


def _tracks(cut: Cut) -> list[TopTrack]:
    found = []
    for track, plays in Counter(play.track for play in cut.plays).items():
        found.append(
            TopTrack(
                artist=track[0],
                title=track[1],
                plays=plays,
                hours=_sum([one for one in cut.listens if one.track == track]),
                known_share=_share([p for p in cut.plays if p.track == track]),
                first_day=min(p.day for p in cut.history if p.track == track),
            )
        )
    return sorted(found, key=lambda top: (-top.plays, top.artist, top.title))


def _albums(cut: Cut) -> list[TopAlbum]:
    counts = Counter((play.artist, play.row.album) for play in cut.plays)
    found = []
    for (artist, album), plays in counts.items():
        if album is None:
            continue
        listens = [o for o in cut.listens if (o.artist, o.row.album) == (artist, album)]
        found.append(
            TopAlbum(
                artist=artist,
                album=album,
                plays=plays,
                hours=_sum(listens),
                known_share=_share(listens),
            )
        )
    return sorted(found, key=lambda top: (-top.plays, top.artist, top.album))


def _sum(listens: Sequence[Placed]) -> float | None:
    ms = sum(one.row.ms_played or 0 for one in listens)
    return ms / 3_600_000 if _share(listens) else None


def _share(listens: Sequence[Placed]) -> float:
    """The share of the plays among them whose time is known."""
    ms = [one.row.ms_played for one in listens]
    plays = [played is not None for played in ms if played is None or played >= 30_000]
    return sum(plays) / len(plays) if plays else 1.0
