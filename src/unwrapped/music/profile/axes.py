"""Two axes in -1..1, drawn as a quadrant."""

import math
from dataclasses import dataclass

from unwrapped.music.profile.diversity import Diversity
from unwrapped.music.profile.novelty import Novelty

DEVOTED_ARTISTS, OMNIVOROUS_ARTISTS = 10, 500
EXPLORING_SHARE = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """Where a listener stands."""

    breadth: float
    """-1 devoted .. 1 omnivorous: the effective number of artists on a log scale, 10 or
    fewer at -1, about 71 at 0, 500 or more at 1."""

    novelty: float | None
    """-1 nostalgic .. 1 exploring: the share of plays of new artists, none at -1, 20 % at
    0, 40 % or more at 1. None when novelty cannot be measured."""


def place_on_axes(artists: Diversity, novelty: Novelty | None) -> Axes:
    """The axes of a profile with these measures."""
    span = math.log(OMNIVOROUS_ARTISTS / DEVOTED_ARTISTS)
    breadth = 2 * math.log(artists.effective / DEVOTED_ARTISTS) / span - 1
    return Axes(
        breadth=_clamped(breadth),
        novelty=None
        if novelty is None
        else _clamped(2 * novelty.share / EXPLORING_SHARE - 1),
    )


def _clamped(value: float) -> float:
    return max(-1.0, min(1.0, value))
