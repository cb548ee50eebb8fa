"""The listener's place on two axes, breadth and novelty, each from -1 to 1."""

import math
from dataclasses import dataclass

from unwrapped.music.profile.artists.novelty import Novelty
from unwrapped.music.profile.diversity import Diversity

ARTISTS = (18, 187, 1_000)
"""The effective number of artists at -1, 0 and 1: the middle is the median of 88 public
histories, and a quarter of them lies beyond a third of the axis on either side."""

NEW_SHARE = (0.0, 0.2, 0.5)
"""The share of plays of new artists at -1, 0 and 1: the middle is typical of long histories
whose whole past is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """The position of a listener."""

    breadth: float
    """-1 devoted .. 1 omnivorous: the effective number of artists on a log scale, 18 or
    fewer at -1, 187 at 0, 1,000 or more at 1."""

    novelty: float | None
    """-1 nostalgic .. 1 exploring: the share of plays of new artists, none at -1, 20 % at
    0, 50 % or more at 1. Null when novelty cannot be measured."""


def place_on_axes(artists: Diversity, novelty: Novelty | None) -> Axes:
    """The axes of a profile with these measures."""
    low, middle, high = map(math.log, ARTISTS)
    return Axes(
        breadth=_place(math.log(artists.effective), low, middle, high),
        novelty=None if novelty is None else _place(novelty.share, *NEW_SHARE),
    )


def _place(value: float, low: float, middle: float, high: float) -> float:
    span = middle - low if value < middle else high - middle
    return max(-1.0, min(1.0, (value - middle) / span))
