"""Sessions, repetition and album runs, row by row."""

import statistics
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from tests.music.profile.naive.frames import Cut, Placed, Track, runs, split
from unwrapped.music.profile.albums import AlbumRuns
from unwrapped.music.profile.repetition import (
    Habit,
    Obsession,
    Repetition,
    Solo,
    TrackComeback,
)
from unwrapped.music.profile.times.sessions import Sessions

MINUTE = timedelta(minutes=1)


def sessions(cut: Cut) -> Sessions:
    found = split(cut.plays)
    lengths = [max(one.end for one in plays) - plays[0].start for plays in found]
    longest = lengths.index(max(lengths))
    marathons = [
        len(plays)
        for plays, length in zip(found, lengths, strict=True)
        if length >= 180 * MINUTE
    ]
    return Sessions(
        count=len(found),
        median_minutes=statistics.median(length / MINUTE for length in lengths),
        longest_hours=lengths[longest] / (60 * MINUTE),
        longest_plays=len(found[longest]),
        longest_day=found[longest][0].day,
        dip_share=sum(len(plays) <= 2 for plays in found) / len(found),
        marathon_share=sum(marathons) / len(cut.plays),
    )


def repetition(cut: Cut) -> Repetition:
    loops = [run for plays in cut.awake_sessions for run in runs(plays, "track")]
    loop = max(loops, key=len, default=[])
    first_of_day = {play.day: play.track for play in reversed(cut.awake_plays)}
    opener = _habit(first_of_day.values())
    obsessions = _obsessions(cut)
    crushes = [one for one in obsessions if one.plays >= 25]
    awake = cut.awake_plays
    last = {play.track for play in cut.plays[-1000:]}
    return Repetition(
        obsessions=obsessions[:5],
        crushes=len(crushes),
        mildest=crushes[-1] if crushes else None,
        again_share=sum(len(plays) - 1 for plays in loops) / len(awake)
        if awake
        else 0.0,
        longest_loop=len(loop),
        loop_artist=loop[0].artist if loop else "",
        loop_title=loop[0].title if loop else "",
        loop_day=loop[0].day if loop else None,
        opener_artist=opener.artist if opener else "",
        opener_title=opener.title if opener else "",
        opener_days=opener.times if opener else 0,
        session_opener=_habit(plays[0].track for plays in cut.awake_sessions),
        session_closer=_habit(plays[-1].track for plays in cut.awake_sessions),
        solo=_solo(cut),
        track_comeback=_comeback(cut),
        last_1000_tracks=len(last) if len(cut.plays) >= 1000 else None,
    )


def _habit(tracks: Iterable[Track]) -> Habit | None:
    times = Counter(tracks)
    for (artist, title), count in sorted(times.items(), key=lambda o: (-o[1], o[0])):
        return Habit(artist=artist, title=title, times=count)
    return None


def _solo(cut: Cut) -> Solo | None:
    found = [run for plays in cut.awake_sessions for run in runs(plays, "artist")]
    if not found:
        return None
    longest = max(found, key=len)
    return Solo(
        artist=longest[0].artist,
        plays=len(longest),
        tracks=len({play.track for play in longest}),
        day=longest[0].day,
    )


def _comeback(cut: Cut) -> TrackComeback | None:
    best: TrackComeback | None = None
    longest = timedelta(0)
    for track in sorted({play.track for play in cut.awake_plays}):
        own = [play for play in cut.awake_history if play.track == track]
        for i in range(1, len(own)):
            left, returned = own[i - 1], own[i]
            away = returned.start - left.start
            if returned.day < cut.first_day or away <= longest:
                continue
            longest = away
            best = TrackComeback(
                artist=track[0],
                title=track[1],
                away_days=(returned.day - left.day).days,
                left_day=left.day,
                returned_day=returned.day,
                plays_since=len(own) - i,
            )
    return best


def _obsessions(cut: Cut) -> list[Obsession]:
    found = []
    for track in {play.track for play in cut.awake_plays}:
        own = [play for play in cut.plays if play.track == track]
        best: list[Placed] = []
        for first in own:
            window = [
                p
                for p in own
                if timedelta(0) <= p.start - first.start < 7 * 24 * 60 * MINUTE
            ]
            best = max(best, window, key=len)
        if len(best) >= 3:
            begin, end = best[0].start, best[-1].start
            around = [play for play in cut.plays if begin <= play.start <= end]
            found.append(
                Obsession(
                    artist=track[0],
                    title=track[1],
                    plays=len(best),
                    first_day=best[0].day,
                    last_day=best[-1].day,
                    share=len(best) / len(around),
                )
            )
    return sorted(found, key=lambda one: (-one.plays, one.artist, one.title))


def albums(cut: Cut) -> AlbumRuns | None:
    known = [play for play in cut.plays if play.row.album is not None]
    if not known:
        return None
    whole = [run for run in _album_runs(cut) if len(run) >= 5]
    through: Counter[tuple[str, str]] = Counter()
    for run in whole:
        artist, album = run[0].artist, run[0].row.album or ""
        ever = {
            play.track
            for play in cut.history
            if (play.artist, play.row.album) == (artist, album)
        }
        if 5 * len(run) >= 4 * len(ever):
            through[artist, album] += 1
    most = min(through, key=lambda one: (-through[one], one), default=("", ""))
    return AlbumRuns(
        known_plays=len(known),
        run_share=sum(len(run) for run in whole) / len(known),
        played_through=through.total(),
        artist=most[0],
        album=most[1],
        times=through[most],
    )


def _album_runs(cut: Cut) -> list[list[Placed]]:
    """Runs of plays of one album in one session; a repeated track, or a play of
    anything else, ends a run."""
    found: list[list[Placed]] = []
    for session in split(cut.plays):
        run: list[Placed] = []
        for play in session:
            same = run and (play.artist, play.row.album) == (
                run[0].artist,
                run[0].row.album,
            )
            if not same or play.track in {one.track for one in run}:
                run = []
                found.append(run)
            run.append(play)
    return [run for run in found if run[0].row.album is not None]
