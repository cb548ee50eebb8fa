"""Base rates for pairs of artists."""

from unwrapped.music.critic.base_rate import amount, share
from unwrapped.music.critic.base_rates.source_labels import HOUSE

APART = amount(
    3.6,
    0.45,
    0.9,
    "days",
    "Two of the top ten artists without a shared day would share {typical} by chance",
    HOUSE,
)
TOGETHER = share(
    0.46,
    1.0,
    1.0,
    "Of the days with either of the two closest artists of the top ten, {typical} have both",
    HOUSE,
)
