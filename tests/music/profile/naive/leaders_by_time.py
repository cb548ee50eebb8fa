"""The artists of each part of the day and week, row by row."""

from collections import Counter
from collections.abc import Callable

from tests.music.profile.naive.frames import Cut, Placed
from tests.music.profile.naive.liking import days_of, ranked, read
from unwrapped.music.profile.most_played.title_times import TIMES, TitledTime
from unwrapped.music.profile.times.leaders_by_time import (
    Daypart,
    Dayparts,
    Lead,
    TrackTime,
)

type Inside = Callable[[Placed], bool]
type When = Callable[[Placed], int]


def hour_of(play: Placed) -> int:
    return play.local.hour


def weekday_of(play: Placed) -> int:
    return play.local.isoweekday()


def dayparts(cut: Cut) -> Dayparts:
    if not cut.awake_plays:
        return Dayparts()
    hours = Counter(map(hour_of, cut.plays))
    peak = min(range(24), key=lambda hour: (-hours[hour], hour))
    three = min(
        range(24), key=lambda h: (sum(hours[(h + i) % 24] for i in range(3)), h)
    )
    ten = [artist for artist, _ in ranked(p.artist for p in cut.awake_plays)[:10]]
    return Dayparts(
        night=_part(cut, lambda play: hour_of(play) < 5),
        morning=_part(cut, lambda play: 5 <= hour_of(play) < 9),
        office=_part(
            cut, lambda play: 9 <= hour_of(play) < 17 and weekday_of(play) < 6
        ),
        evening=_part(cut, lambda play: hour_of(play) >= 18),
        weekend=_part(cut, lambda play: weekday_of(play) >= 6),
        peak=_part(cut, lambda play: hour_of(play) == peak),
        quiet=_part(cut, lambda play: (hour_of(play) - three) % 24 < 3),
        hours=[_lead(cut, hour_of, hour) for hour in range(24)],
        weekdays=[_lead(cut, weekday_of, day) for day in range(1, 8)],
        artist_hours=[_counts(cut, artist, hour_of, range(24)) for artist in ten],
        artist_weekdays=[
            _counts(cut, artist, weekday_of, range(1, 8)) for artist in ten
        ],
        track_hour=_track_time(cut, hour_of, range(24)),
        track_weekday=_track_time(cut, weekday_of, range(1, 8)),
    )


def _part(cut: Cut, inside: Inside) -> Daypart | None:
    plays = [play for play in cut.awake_plays if inside(play)]
    if not plays:
        return None
    artists = [*ranked(play.artist for play in plays), ("", 0)]
    (by, title), of_track = ranked(play.track for play in plays)[0]
    first = ranked(play.artist for play in cut.awake_plays)[0][0]
    return Daypart(
        plays=sum(map(inside, cut.plays)),
        artist=artists[0][0],
        artist_plays=artists[0][1],
        next_artist=artists[1][0],
        next_plays=artists[1][1],
        first_plays=sum(play.artist == first for play in plays),
        track_artist=by,
        title=title,
        track_plays=of_track,
    )


def _lead(cut: Cut, when: When, time: int) -> Lead:
    artists = ranked(play.artist for play in cut.awake_plays if when(play) == time)
    artist, plays = [*artists, ("", 0)][0]
    return Lead(artist=artist, plays=plays)


def _counts(cut: Cut, artist: str, when: When, times: range) -> list[int]:
    own = Counter(when(play) for play in cut.awake_plays if play.artist == artist)
    return [own[time] for time in times]


def _track_time(cut: Cut, when: When, times: range) -> TrackTime | None:
    found = []
    for track, plays in ranked(play.track for play in cut.awake_plays)[:10]:
        own = [play for play in cut.awake_plays if play.track == track]
        if plays >= 20 and len(days_of(own)) >= 10:
            counts = Counter(map(when, own))
            time = min(times, key=lambda one: (-counts[one], one))
            found.append(
                TrackTime(
                    artist=track[0],
                    title=track[1],
                    plays=plays,
                    time=time,
                    inside=counts[time],
                )
            )
    return max(found, key=lambda one: one.inside / one.plays, default=None)


def titled_time(cut: Cut) -> TitledTime | None:
    for track, plays in ranked(play.track for play in cut.awake_plays)[:100]:
        for word in sorted(TIMES.keys() & read(track[1].lower())):
            if plays < 15:
                continue
            inside = [play for play in cut.awake_plays if _holds(word, play)]
            return TitledTime(
                word=word,
                artist=track[0],
                title=track[1],
                plays=plays,
                inside=sum(play.track == track for play in inside),
                usual=len(inside),
                of_plays=len(cut.awake_plays),
            )
    return None


def _holds(word: str, play: Placed) -> bool:
    time = TIMES[word]
    values = {
        "hour": hour_of(play),
        "weekday": weekday_of(play),
        "month": play.day.month,
    }
    value = values[time.unit]
    if time.first <= time.last:
        return time.first <= value <= time.last
    return value >= time.first or value <= time.last
