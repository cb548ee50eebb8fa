"""How plays are spread over artists and tracks."""

import math
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True, kw_only=True)
class Diversity:
    """Diversity of plays over kinds (artists, or tracks); p = a kind's share of plays.

    Hill numbers after M. O. Hill, "Diversity and Evenness" (Ecology, 1973): the number
    of equally played kinds that would be as diverse.
    """

    richness: int
    """Hill number of order 0: kinds with a play."""

    effective: float
    """Hill number of order 1, exp(Shannon entropy): "effective number"."""

    dominant: float
    """Hill number of order 2, 1 / sum(p²): the number of kinds that dominate."""

    shannon: float
    """Shannon entropy in nats, -sum(p ln p) (C. E. Shannon, 1948)."""

    gini: float
    """Gini coefficient of plays per kind, population formula: 0 = all the same, near 1 =
    one has nearly all (C. Gini, 1912)."""

    top_share: float
    """Share of plays of the most played kind (Berger-Parker index, 1970)."""

    top10_share: float
    """Share of plays of the ten most played kinds."""

    half: int = 0
    """The smallest number of kinds that together have at least half of the plays."""

    once_share: float
    """Share of the kinds that were played exactly once."""


def measure_diversity(plays: pl.Series) -> Diversity:
    """Diversity of plays over kinds; `plays` has the number of plays of each kind."""
    counts = plays.sort().cast(pl.Int64)
    total, richness = int(counts.sum()), len(counts)
    p = counts / total
    shannon = -float((p * p.log()).sum())
    rank = pl.int_range(1, richness + 1, eager=True)
    ranked = float((rank * counts).sum())
    return Diversity(
        richness=richness,
        effective=math.exp(shannon),
        dominant=1 / float((p * p).sum()),
        shannon=max(0.0, shannon),
        gini=2 * ranked / (richness * total) - (richness + 1) / richness,
        top_share=float(p[-1]),
        top10_share=int(counts.tail(10).sum()) / total,
        # From the least played on: the kind that brings the sum above half, and the rest.
        half=int((2 * counts.cum_sum() > total).sum()),
        once_share=int((counts == 1).sum()) / richness,
    )
