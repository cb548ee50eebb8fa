"""Clock, days, endings, lengths and shuffle, row by row."""

import math
import statistics
from collections import Counter
from datetime import date, timedelta

from tests.music.profile.naive.frames import Cut
from unwrapped.music.profile.playback import ArtistEndings, Endings, Lengths, Shuffle
from unwrapped.music.profile.times.rhythm import Clock, Days

DAY = timedelta(days=1)
BUTTONS = {"fwdbtn", "backbtn", "endplay", "clickrow", "playbtn"}


def clock(cut: Cut) -> Clock:
    times = [(play.local.hour, play.local.isoweekday()) for play in cut.plays]
    hours = [sum(hour == h for hour, _ in times) for h in range(24)]
    shares = [count / len(times) for count in hours if count]
    return Clock(
        hours=hours,
        weekdays=[sum(weekday == w for _, weekday in times) for w in range(1, 8)],
        night_share=sum(hour < 5 for hour, _ in times) / len(times),
        morning_share=sum(5 <= hour < 9 for hour, _ in times) / len(times),
        office_share=sum(9 <= h < 17 and w <= 5 for h, w in times) / len(times),
        evening_share=sum(hour >= 18 for hour, _ in times) / len(times),
        weekend_share=sum(w in {6, 7} for _, w in times) / len(times),
        peak_hour=min(range(24), key=lambda hour: (-hours[hour], hour)),
        peak_share=max(hours) / len(times),
        effective_hours=math.prod(share**-share for share in shares),
    )


def days(cut: Cut) -> Days:
    plays = Counter(play.day for play in cut.plays)
    streaks = [(-_streak(plays, day), day) for day in plays if day - DAY not in plays]
    streak, first = min(streaks)
    busiest = min(plays, key=lambda day: (-plays[day], day))
    silence, before, after = _silence(cut)
    return Days(
        active_share=len(plays) / ((cut.last_day - cut.first_day).days + 1),
        streak_days=-streak,
        streak_first=first,
        streak_last=first + (-streak - 1) * DAY,
        silence_days=silence / DAY,
        silence_first=before,
        silence_last=after,
        busiest_day=busiest,
        busiest_plays=plays[busiest],
    )


def _streak(active: Counter[date], day: date) -> int:
    length = 1
    while day + length * DAY in active:
        length += 1
    return length


def _silence(cut: Cut) -> tuple[timedelta, date | None, date | None]:
    """The silence, and the days of the plays before and after it; the earliest of
    equals."""
    if len(cut.plays) == 1:
        return timedelta(0), None, None
    silences = []
    latest = cut.plays[0].end
    for before, after in zip(cut.plays, cut.plays[1:], strict=False):
        latest = max(latest, before.end)
        silences.append((after.start - latest, before.day, after.day))
    longest = max(silences, key=lambda silence: silence[0])
    return max(timedelta(0), longest[0]), longest[1], longest[2]


def endings(cut: Cut) -> Endings | None:
    known = [o.row.reason_end for o in cut.listens if o.row.reason_end is not None]
    if not known:
        return None
    broken_off = [
        one for one in cut.listens if one.row.reason_end in BUTTONS and not one.is_play
    ]
    listens = Counter(o.artist for o in cut.listens if o.row.reason_end is not None)
    broken = Counter(one.artist for one in broken_off)
    enough = [
        ArtistEndings(artist=artist, listens=count, broken_off=broken[artist])
        for artist, count in listens.items()
        if count >= 30
    ]
    most = sorted(
        enough, key=lambda o: (-o.broken_off / o.listens, -o.listens, o.artist)
    )
    least = sorted(
        enough, key=lambda o: (o.broken_off / o.listens, -o.listens, o.artist)
    )
    return Endings(
        most_broken_off=most[0] if len(enough) > 1 else None,
        least_broken_off=least[0] if len(enough) > 1 else None,
        known_listens=len(known),
        skip_share=len(broken_off) / len(known),
        finished_share=known.count("trackdone") / len(known),
    )


def lengths(cut: Cut) -> Lengths | None:
    known = [o.row.ms_played for o in cut.listens if o.row.ms_played is not None]
    plays = sorted(
        (-p.row.ms_played, p.artist, p.title)
        for p in cut.plays
        if p.row.ms_played is not None
    )
    if not plays:
        return None
    played = [-play[0] for play in plays]
    return Lengths(
        known_listens=len(known),
        under_30s_share=sum(ms < 30_000 for ms in known) / len(known),
        median_play_minutes=statistics.median(played) / 60_000,
        longest_play_minutes=played[0] / 60_000,
        longest_play_artist=plays[0][1],
        longest_play_title=plays[0][2],
        long_are_tracks=all(
            p.row.source != "spotify_account"
            for p in cut.plays
            if p.row.ms_played is not None and p.row.ms_played >= 600_000
        ),
        long_share=sum(ms for ms in played if ms >= 600_000) / sum(played),
    )


def shuffle(cut: Cut) -> Shuffle | None:
    known = [play.row.shuffle for play in cut.plays if play.row.shuffle is not None]
    if not known:
        return None
    return Shuffle(known_plays=len(known), share=known.count(True) / len(known))
