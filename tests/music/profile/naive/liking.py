"""Charts, moments, encounters, company and sleep machines, row by row."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import cache
from itertools import combinations

from tests.music.profile.naive.frames import Cut, Placed, Track
from unwrapped.music.profile.artists.brief_encounters import (
    Encounters,
    Fling,
    OneDayArtist,
    OneDayTrack,
    OnePlay,
)
from unwrapped.music.profile.artists.own_times import DayOfOne, Haunt, MonthOfOne
from unwrapped.music.profile.artists.pairs import Pair
from unwrapped.music.profile.artists.pairs_and_times import Company
from unwrapped.music.profile.milestones import Moment, Moments
from unwrapped.music.profile.most_played.title_words import VOCABULARY, TitleWord
from unwrapped.music.profile.most_played.top_ten import ChartArtist, Charts, ChartTrack
from unwrapped.music.profile.times.sleep_machines import SleepMachine

DAY = timedelta(days=1)


def ranked[T: (str, Track)](plays: Iterable[T]) -> list[tuple[T, int]]:
    """What was played and how often, the most played first; ties are sorted
    alphabetically."""
    return sorted(Counter(plays).items(), key=lambda one: (-one[1], one[0]))


def days_of(plays: Iterable[Placed]) -> set[date]:
    return {play.day for play in plays}


def charts(cut: Cut) -> Charts:
    tracks = ranked(play.track for play in cut.awake_plays)
    artist, plays = [*ranked(play.artist for play in cut.awake_plays)[10:], ("", 0)][0]
    (by, title), of_track = [*tracks[10:], (("", ""), 0)][0]
    return Charts(
        next_artist=artist,
        next_artist_plays=plays,
        next_title=title,
        next_track_artist=by,
        next_track_plays=of_track,
        artists=[
            _chart_artist(cut, artist)
            for artist, _ in ranked(play.artist for play in cut.awake_plays)[:10]
        ],
        tracks=[_chart_track(cut, track) for track, _ in tracks[:10]],
        words=_words(tracks[:100]),
    )


def _chart_artist(cut: Cut, artist: str) -> ChartArtist:
    own = [play for play in cut.awake_plays if play.artist == artist]
    titles = [*ranked(play.title for play in own), ("", 0)]
    known = [play.row.ms_played for play in own if play.row.ms_played is not None]
    return ChartArtist(
        artist=artist,
        plays=len(own),
        share=len(own) / len(cut.plays),
        hours=sum(known) / 3_600_000 if len(known) == len(own) else None,
        days=len(days_of(own)),
        tracks=len({play.title for play in own}),
        best_title=titles[0][0],
        best_plays=titles[0][1],
        second_title=titles[1][0],
        second_plays=titles[1][1],
        first_day=min(play.day for play in cut.awake_history if play.artist == artist),
    )


def _chart_track(cut: Cut, track: Track) -> ChartTrack:
    own = [play for play in cut.awake_plays if play.track == track]
    return ChartTrack(
        artist=track[0],
        title=track[1],
        plays=len(own),
        share=len(own) / len(cut.plays),
        days=len(days_of(own)),
        first_day=min(play.day for play in cut.awake_history if play.track == track),
    )


def _words(tracks: list[tuple[Track, int]]) -> list[TitleWord]:
    found: dict[str, TitleWord] = {}
    read_titles = [(track, plays, read(track[1].lower())) for track, plays in tracks]
    for word, forms in VOCABULARY.items():
        having = [
            (track, plays)
            for track, plays, words in read_titles
            if {word, *forms} & words
        ]
        for (artist, title), plays in having[:1]:
            found[word] = TitleWord(
                word=word, tracks=len(having), artist=artist, title=title, plays=plays
            )
    order = [track for track, _ in tracks]
    return sorted(
        found.values(), key=lambda one: (order.index((one.artist, one.title)), one.word)
    )


@cache
def read(title: str) -> set[str]:
    """The words of a title in lower case; none if it contains a negation."""
    words = re.findall(r"\w+", title)
    denying = {"no", "not", "never", "nothing", "nobody", "none", "without", "ain"}
    if denying & {*words, *(["no"] if "cannot" in words else [])}:
        return set()
    if re.search(r"\w['’]t\b", title):
        return set()
    title = title.split(" - ")[0]
    title = re.split(r"[(\[]?\b(?:feat|ft|featuring)\b", title)[0]
    title = re.sub(r"[(\[]with\b[^)\]]*[)\]]", "", title)
    return set(re.findall(r"[^\W\d_]+", title))


def moments(cut: Cut) -> Moments:
    reached = [10**power for power in range(2, 7) if 10**power <= len(cut.plays)]
    return Moments(
        first=_moment(cut, 1),
        last=_moment(cut, len(cut.plays)),
        milestone=_moment(cut, max(reached)) if reached else None,
    )


def _moment(cut: Cut, number: int) -> Moment:
    play = cut.plays[number - 1]
    return Moment(
        number=number,
        artist=play.artist,
        title=play.title,
        day=play.day,
        plays=sum(other.track == play.track for other in cut.plays),
    )


def encounters(cut: Cut) -> Encounters:
    return Encounters(
        one_play=once[0] if (once := _one_play(cut)) else None,
        last_play=once[-1] if len(once) > 1 else None,
        one_day_artist=_one_day_artist(cut),
        one_day_track=_one_day_track(cut),
        fling=_fling(cut),
    )


def _of(
    cut: Cut, kind: Callable[[Placed], str | Track], fewest: int
) -> list[list[Placed]]:
    """The plays of each artist or track with a play in the period, the most played
    first; ties are sorted alphabetically."""
    found: dict[str | Track, list[Placed]] = {}
    for play in cut.awake_history:
        found.setdefault(kind(play), []).append(play)
    ordered = sorted(found.items(), key=lambda one: (-len(one[1]), one[0]))
    return [
        plays
        for _, plays in ordered
        if plays[-1].day >= cut.first_day and len(plays) >= fewest
    ]


def _one_play(cut: Cut) -> list[OnePlay]:
    once = [
        plays[0] for plays in _of(cut, lambda play: play.artist, 1) if len(plays) == 1
    ]
    return [
        OnePlay(artist=play.artist, title=play.title, day=play.day)
        for play in sorted(once, key=lambda play: (play.start, play.artist))
    ]


def _one_day_artist(cut: Cut) -> OneDayArtist | None:
    for plays in _of(cut, lambda play: play.artist, 5):
        if len(days_of(plays)) == 1:
            return OneDayArtist(
                artist=plays[0].artist,
                plays=len(plays),
                tracks=len({play.track for play in plays}),
                day=plays[0].day,
            )
    return None


def _one_day_track(cut: Cut) -> OneDayTrack | None:
    for plays in _of(cut, lambda play: play.track, 5):
        if len(days_of(plays)) == 1:
            first = plays[0]
            return OneDayTrack(
                artist=first.artist, title=first.title, plays=len(plays), day=first.day
            )
    return None


def _fling(cut: Cut) -> Fling | None:
    for plays in _of(cut, lambda play: play.artist, 20):
        first, last = plays[0].day, plays[-1].day
        before = first - cut.awake_history[0].day
        after = cut.awake_history[-1].day - last
        if DAY <= last - first <= 30 * DAY and min(before, after) >= 60 * DAY:
            if first < cut.first_day:
                continue
            return Fling(
                artist=plays[0].artist,
                plays=len(plays),
                first_day=first,
                last_day=last,
            )
    return None


def company(cut: Cut) -> Company:
    pairs = _pairs(cut)
    apart = [pair for pair in pairs if not pair.shared_days]
    return Company(
        strangers=min(
            apart, key=lambda p: (-p.expected_days, p.one, p.other), default=None
        ),
        inseparable=min(
            pairs,
            key=lambda p: (
                -p.shared_days / (p.one_days + p.other_days - p.shared_days),
                p.one,
                p.other,
            ),
            default=None,
        ),
        night=_haunt(cut, lambda play: play.local.hour < 5),
        morning=_haunt(cut, lambda play: 5 <= play.local.hour < 9),
        weekend=_haunt(cut, lambda play: play.local.isoweekday() >= 6),
        day_of_one=_day_of_one(cut),
        month_of_one=_month_of_one(cut),
    )


def _pairs(cut: Cut) -> list[Pair]:
    top = sorted(a for a, _ in ranked(play.artist for play in cut.awake_plays)[:10])
    days = {
        artist: days_of(play for play in cut.awake_plays if play.artist == artist)
        for artist in top
    }
    active = len(days_of(cut.plays))
    return [
        Pair(
            one=one,
            other=other,
            one_days=len(days[one]),
            other_days=len(days[other]),
            shared_days=len(days[one] & days[other]),
            expected_days=len(days[one]) * len(days[other]) / active,
        )
        for one, other in combinations(top, 2)
    ]


def _court(cut: Cut) -> list[str]:
    return [a for a, _ in ranked(play.artist for play in cut.awake_plays)[:50]]


def _haunt(cut: Cut, inside: Callable[[Placed], bool]) -> Haunt | None:
    haunts = []
    for artist in _court(cut):
        own = [play for play in cut.awake_plays if play.artist == artist]
        if len(own) >= 50:
            haunts.append(
                Haunt(artist=artist, plays=len(own), inside=sum(map(inside, own)))
            )
    return min(haunts, key=lambda h: (-h.inside / h.plays, h.artist), default=None)


def _day_of_one(cut: Cut) -> DayOfOne | None:
    court = set(_court(cut))
    counts = Counter(
        (play.day, play.artist) for play in cut.awake_plays if play.artist in court
    )
    for (day, artist), plays in sorted(
        counts.items(), key=lambda one: (-one[1], one[0])
    ):
        of_plays = sum(play.day == day for play in cut.plays)
        return DayOfOne(artist=artist, day=day, plays=plays, of_plays=of_plays)
    return None


def _month_of_one(cut: Cut) -> MonthOfOne | None:
    whole = Counter(play.month for play in cut.plays)
    counts = Counter((play.month, play.artist) for play in cut.awake_plays)
    found = [
        (-plays / whole[month], month, artist)
        for (month, artist), plays in counts.items()
        if whole[month] >= 100
    ]
    for _, month, artist in sorted(found)[:1]:
        return MonthOfOne(
            artist=artist,
            month=month,
            plays=counts[month, artist],
            of_plays=whole[month],
        )
    return None


def sleep(cut: Cut) -> SleepMachine | None:
    machines = ranked(play.track for play in cut.plays if play.track in cut.asleep)
    for (artist, title), plays in machines[:1]:
        own = [run for run in cut.sleep_runs if run[0].track == (artist, title)]
        longest = max(own, key=len)
        return SleepMachine(
            tracks=len(machines),
            share=sum(count for _, count in machines) / len(cut.plays),
            artist=artist,
            title=title,
            plays=plays,
            longest_run=len(longest),
            longest_day=longest[0].day,
            nights=len({run[0].day for run in own}),
        )
    return None
