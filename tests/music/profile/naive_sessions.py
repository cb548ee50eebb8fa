"""Sessions, repetition and album runs, row by row."""

import statistics
from collections import Counter
from datetime import timedelta

from tests.music.profile.naive_frames import Cut, Placed, Track
from unwrapped.music.profile.albums import AlbumRuns
from unwrapped.music.profile.repetition import Obsession, Repetition
from unwrapped.music.profile.sessions import Sessions

MINUTE = timedelta(minutes=1)


def split(plays: list[Placed]) -> list[list[Placed]]:
    """The sessions of `plays`."""
    found: list[list[Placed]] = []
    for play in plays:
        ends = max((one.end for one in found[-1]), default=None) if found else None
        if ends is None or play.start - ends >= 30 * MINUTE:
            found.append([])
        found[-1].append(play)
    return found


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
    loops = _loops(cut)
    loop = max(loops, key=len)
    openers: Counter[Track] = Counter()
    for day in {play.day for play in cut.plays}:
        openers[next(play.track for play in cut.plays if play.day == day)] += 1
    opener = min(openers, key=lambda track: (-openers[track], track))
    return Repetition(
        obsessions=_obsessions(cut)[:5],
        again_share=sum(len(plays) - 1 for plays in loops) / len(cut.plays),
        longest_loop=len(loop),
        loop_artist=loop[0].artist,
        loop_title=loop[0].title,
        loop_day=loop[0].day,
        opener_artist=opener[0],
        opener_title=opener[1],
        opener_days=openers[opener],
    )


def _loops(cut: Cut) -> list[list[Placed]]:
    """Runs of plays of one track, each within its session."""
    found: list[list[Placed]] = []
    for session in split(cut.plays):
        previous: Track | None = None
        for play in session:
            if play.track != previous:
                found.append([])
            found[-1].append(play)
            previous = play.track
    return found


def _obsessions(cut: Cut) -> list[Obsession]:
    found = []
    for track in {play.track for play in cut.plays}:
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
    runs = [run for run in _album_runs(cut) if len(run) >= 5]
    through: Counter[tuple[str, str]] = Counter()
    for run in runs:
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
        run_share=sum(len(run) for run in runs) / len(known),
        played_through=through.total(),
        artist=most[0],
        album=most[1],
        times=through[most],
    )


def _album_runs(cut: Cut) -> list[list[Placed]]:
    """Runs of plays of one album in one session; a track that comes again, or a play of
    anything else, ends a run."""
    runs: list[list[Placed]] = []
    for session in split(cut.plays):
        run: list[Placed] = []
        for play in session:
            same = run and (play.artist, play.row.album) == (
                run[0].artist,
                run[0].row.album,
            )
            if not same or play.track in {one.track for one in run}:
                run = []
                runs.append(run)
            run.append(play)
    return [run for run in runs if run[0].row.album is not None]
