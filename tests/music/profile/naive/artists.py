"""Diversity, novelty, loyalty, turnover and axes, row by row."""

import math
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from tests.music.profile.naive.frames import Cut
from unwrapped.music.profile.artists.novelty import Loyalty, Novelty
from unwrapped.music.profile.axes import Axes
from unwrapped.music.profile.diversity import Diversity
from unwrapped.music.profile.most_played.turnover import Turnover

PAST = timedelta(days=730)


def diversity(kinds: Iterable[object]) -> Diversity:
    """The diversity of plays; each play is given by its kind."""
    counts = sorted(Counter(kinds).values(), reverse=True)
    total, richness = sum(counts), len(counts)
    shares = [count / total for count in counts]
    shannon = -math.fsum(p * math.log(p) for p in shares)
    # Half the relative mean absolute difference, over all ordered pairs of kinds.
    apart = sum(abs(one - other) for one in counts for other in counts)
    return Diversity(
        richness=richness,
        effective=math.exp(shannon),
        dominant=1 / math.fsum(p**2 for p in shares),
        shannon=shannon,
        gini=apart / (2 * richness**2 * (total / richness)),
        top_share=counts[0] / total,
        top10_share=sum(counts[:10]) / total,
        half=next(n for n in range(1, richness + 1) if 2 * sum(counts[:n]) >= total),
        once_share=counts.count(1) / richness,
    )


def novelty(cut: Cut) -> Novelty | None:
    days = timedelta(days=90)
    begin = min(play.start for play in cut.history)
    met = _met(cut)
    judged = [play for play in cut.plays if play.start - begin >= PAST]
    if not judged:
        return None
    new = {p.artist: p.day for p in reversed(judged) if p.start == met[p.artist]}
    plays = Counter(play.artist for play in cut.plays if play.artist in new)
    found = min(new, key=lambda artist: (-plays[artist], artist), default="")
    return Novelty(
        share=sum(p.start - met[p.artist] < days for p in judged) / len(judged),
        judged_plays=len(judged),
        new_artists=len(new),
        discovery=found,
        discovery_plays=plays[found],
        discovery_day=new.get(found),
    )


def loyalty(cut: Cut) -> Loyalty | None:
    days = timedelta(days=365)
    begin = min(play.start for play in cut.history)
    met = _met(cut)
    judged = [play for play in cut.plays if play.start - begin >= PAST]
    if not judged:
        return None
    return Loyalty(
        share=sum(p.start - met[p.artist] > days for p in judged) / len(judged),
        judged_plays=len(judged),
    )


def _met(cut: Cut) -> dict[str, datetime]:
    met: dict[str, datetime] = {}
    for play in cut.history:
        met[play.artist] = min(play.start, met.get(play.artist, play.start))
    return met


def turnover(cut: Cut) -> list[Turnover] | None:
    found = []
    for year in range(cut.first_day.year, cut.last_day.year + 1):
        now, before = _favourites(cut, year), _favourites(cut, year - 1)
        if len(now) < 10 or len(before) < 10:
            continue
        found.append(
            Turnover(
                year=year,
                previous=year - 1,
                distance=len(now ^ before) / len(now | before),
                kept=len(now & before),
                compared=len(now),
            )
        )
    return found or None


def _favourites(cut: Cut, year: int) -> set[str]:
    plays = Counter(play.artist for play in cut.history if play.day.year == year)
    return set(sorted(plays, key=lambda artist: (-plays[artist], artist))[:50])


def axes(artists: Diversity, new: Novelty | None) -> Axes:
    """The position on the log scale, on which 18 artists are at -1, 187 at 0, 1,000 at
    1."""
    far = 1_000 / 187 if artists.effective >= 187 else 187 / 18
    breadth = math.log(artists.effective / 187) / math.log(far)
    share = new.share - 0.2 if new is not None else 0
    novelty = share / 0.3 if share > 0 else share / 0.2
    return Axes(
        breadth=min(1.0, max(-1.0, breadth)),
        novelty=None if new is None else min(1.0, novelty),
    )
